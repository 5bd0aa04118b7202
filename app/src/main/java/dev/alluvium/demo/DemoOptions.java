package dev.alluvium.demo;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What the demo can be told.
 *
 * @param records to produce, half deltas and half telemetry
 * @param dir the demo's own folder; the files end up in its {@code archive}
 * @param json whether the result is one JSON object instead of a table
 * @param badEvery every so many records one that belongs in the dead letters; 0 for none
 * @param seed of the generated data
 * @param stallLimit how long nothing may be archived before the demo stops waiting and compares what there is
 */
public record DemoOptions(long records, Path dir, boolean json, long badEvery, long seed, Duration stallLimit) {
    public DemoOptions {
        if (records < 1) {
            throw new IllegalArgumentException("records must be at least 1, not " + records);
        }
        if (badEvery < 0) {
            throw new IllegalArgumentException("badEvery must not be negative, but is " + badEvery);
        }
    }

    /** Good records only, and two minutes of patience. */
    public static DemoOptions of(long records, Path dir, boolean json) {
        return new DemoOptions(records, dir, json, 0, 20_260_203, Duration.ofMinutes(2));
    }
}
