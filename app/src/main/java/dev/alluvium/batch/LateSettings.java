package dev.alluvium.batch;

import java.time.Duration;

/**
 * When a slice of time is taken for complete, and what becomes of records that come for it afterwards.
 *
 * @param after how far the time by which records are sliced must have passed the slice's end
 * @param keep wall-clock time for which a batch that opens later than that stays open
 */
public record LateSettings(Duration after, Duration keep) {
    public LateSettings {
        if (after.isNegative() || keep.isNegative()) {
            throw new IllegalArgumentException("late after " + after + ", kept for " + keep + ": not a time to wait");
        }
    }
}
