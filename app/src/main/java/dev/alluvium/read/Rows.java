package dev.alluvium.read;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What a file holds, one after the other, read as it is asked for. Used by one thread, while its file is open. */
@FunctionalInterface
public interface Rows<T> {
    /**
     * The next one, or null when there is none.
     *
     * @throws IOException naming the file, if it cannot be read or does not hold what it is read as
     */
    @Nullable
    T next() throws IOException;
}
