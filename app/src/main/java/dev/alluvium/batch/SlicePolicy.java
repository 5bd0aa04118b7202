package dev.alluvium.batch;

import org.jspecify.annotations.Nullable;

/**
 * When the batches of slices of time are cut: that of a complete slice, so that the slice is one file, and those of late
 * records. Decides nothing else: after a restart less time has passed than before, so the same record may be late or
 * not, and belongs to the same group in either case. Pure: time comes in with each question. Immutable.
 */
public final class SlicePolicy {
    /** The end of what is no slice of time. */
    public static final long NO_END = Long.MAX_VALUE;

    private final @Nullable LateSettings settings;

    /** @param settings null where slices are never complete */
    public SlicePolicy(@Nullable LateSettings settings) {
        this.settings = settings;
    }

    /**
     * Whether a slice is complete.
     *
     * @param endMs where it ends, epoch milliseconds, exclusive
     * @param sliceTime the greatest time read of those by which records are sliced, epoch milliseconds
     */
    public boolean isComplete(long endMs, long sliceTime) {
        return settings != null
                && sliceTime >= endMs
                && sliceTime - endMs >= settings.after().toMillis();
    }

    /**
     * Asked now and then.
     *
     * @param now wall clock, epoch milliseconds
     * @return why the batch must be cut now, or null
     */
    public @Nullable RotationReason onClock(DataBatch batch, long sliceTime, long now) {
        if (batch.isLate()) {
            boolean isKept =
                    settings != null && now - batch.openedAt() < settings.keep().toMillis();
            return isKept ? null : RotationReason.LATE;
        }
        return isComplete(batch.sliceEndMs(), sliceTime) ? RotationReason.SLICE_END : null;
    }
}
