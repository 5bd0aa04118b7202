package dev.alluvium.storage.local;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where the local store lies.
 *
 * @param directory the base of all keys, created when missing; the whole of it must be on one file system with hard links
 * @param leftoverAge temp files that nobody has written to for so long are taken for those of a dead writer and removed
 *     when a store opens; shorter than a stalled write lasts means that this write fails once and is repeated
 */
public record LocalStoreSettings(Path directory, Duration leftoverAge) {
    /** One day: longer than any writer stalls, short enough that crashes do not fill the disk. */
    public static final Duration DEFAULT_LEFTOVER_AGE = Duration.ofDays(1);

    public LocalStoreSettings {
        if (leftoverAge.isNegative()) {
            throw new IllegalArgumentException("leftoverAge is negative: " + leftoverAge);
        }
    }

    /** With the default age of left-over temp files. */
    public LocalStoreSettings(Path directory) {
        this(directory, DEFAULT_LEFTOVER_AGE);
    }
}
