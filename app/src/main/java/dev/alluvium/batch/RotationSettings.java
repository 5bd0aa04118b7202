package dev.alluvium.batch;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When an open batch is cut into a file. Each limit stands for itself; null means that it is off. Any of them may
 * change between two starts: a cut that is decided stays as it was decided.
 *
 * @param rows rows in the batch
 * @param bytes bytes of the file as it would be written
 * @param age wall-clock time since the batch opened
 * @param idle wall-clock time since its last row
 * @param streamTime span of record time: the partition's greatest record time seen less the batch's first record time
 */
public record RotationSettings(
        @Nullable Long rows,
        @Nullable Long bytes,
        @Nullable Duration age,
        @Nullable Duration idle,
        @Nullable Duration streamTime) {

    /** 128 MiB or ten minutes. */
    public static final RotationSettings DEFAULT =
            new RotationSettings(null, 128L << 20, Duration.ofMinutes(10), null, null);

    public RotationSettings {
        requirePositive("rows", rows);
        requirePositive("bytes", bytes);
        requirePositive("age", age);
        requirePositive("idle", idle);
        requirePositive("streamTime", streamTime);
        if (bytes == null && age == null && rows == null && idle == null && streamTime == null) {
            throw new IllegalArgumentException("rotation needs a limit: without one no file is ever finished");
        }
    }

    private static void requirePositive(String name, @Nullable Long limit) {
        if (limit != null && limit <= 0) {
            throw new IllegalArgumentException("rotation " + name + " must be positive, not " + limit);
        }
    }

    private static void requirePositive(String name, @Nullable Duration limit) {
        if (limit != null && (limit.isZero() || limit.isNegative())) {
            throw new IllegalArgumentException("rotation " + name + " must be positive, not " + limit);
        }
    }
}
