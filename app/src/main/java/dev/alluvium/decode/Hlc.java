package dev.alluvium.decode;

/**
 * LakeSync's hybrid logical clock, one 64-bit number: the upper 48 bits are epoch milliseconds, the lower 16 a counter.
 * It is unsigned; a file's 64-bit column is signed, so only clocks with a clear top bit can be archived in order.
 */
public final class Hlc {
    private static final int COUNTER_BITS = 16;
    private static final int MAX_COUNTER = 0xFFFF;
    private static final long MAX_WALL_MS = 0xFFFF_FFFF_FFFFL;

    private Hlc() {}

    /** The clock of these parts; throws if one of them needs more than its 48 or 16 bits. */
    public static long of(long wallMs, int counter) {
        if (wallMs < 0 || wallMs > MAX_WALL_MS || counter < 0 || counter > MAX_COUNTER) {
            throw new IllegalArgumentException("no clock: wall " + wallMs + " ms, counter " + counter);
        }
        return wallMs << COUNTER_BITS | counter;
    }

    /** Epoch milliseconds, 0 to 2^48 - 1. */
    public static long wallMs(long hlc) {
        return hlc >>> COUNTER_BITS;
    }

    /** 0 to 65535. */
    public static int counter(long hlc) {
        return (int) hlc & MAX_COUNTER;
    }

    /** Whether a signed 64-bit column keeps its order: the case up to 6429-10-17T02:45:55.327Z. */
    public static boolean isStorable(long hlc) {
        return hlc >= 0;
    }

    /** The unsigned decimal that stands for it in JSON, object keys and delta ids. */
    public static String toText(long hlc) {
        return Long.toUnsignedString(hlc);
    }

    /** The inverse of {@link #toText}; throws a {@link NumberFormatException} for anything else. */
    public static long parse(String text) {
        return Long.parseUnsignedLong(text);
    }
}
