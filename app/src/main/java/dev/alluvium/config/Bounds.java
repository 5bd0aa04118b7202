package dev.alluvium.config;

import java.util.function.LongFunction;

/** How the reference writes bounds. */
final class Bounds {
    /** Nobody comes near an upper bound like this one; it only keeps arithmetic from overflowing. */
    private static final long UNBOUNDED = 1L << 50;

    private Bounds() {}

    /** Both bounds are allowed values. */
    static String of(long least, long most, LongFunction<String> write) {
        return most >= UNBOUNDED ? write.apply(least) + " or more" : write.apply(least) + " to " + write.apply(most);
    }
}
