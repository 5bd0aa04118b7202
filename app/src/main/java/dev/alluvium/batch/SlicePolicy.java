package dev.alluvium.batch;

import org.jspecify.annotations.Nullable;

/**
 * When the batches of slices of time are cut: that of a complete slice, so that the slice is one file, and those of late
 * records. Decides nothing else: after a restart less time has passed than before, so the same record may be late or
 * not, and belongs to the same group in either case. The wall clock comes in with each question. Owned by the stream
 * thread of one partition.
 */
public final class SlicePolicy {
    /** The end of what is no slice of time. */
    public static final long NO_END = Long.MAX_VALUE;

    private final @Nullable LateSettings settings;
    private long sliceTime = Long.MIN_VALUE;

    /** @param settings null where slices are never complete */
    public SlicePolicy(@Nullable LateSettings settings) {
        this.settings = settings;
    }

    /**
     * Notes the time of a record. The greatest one counts, but none beyond the wall clock: one record from the far future
     * would make all later ones late.
     *
     * @param recordTime by which the record is sliced, epoch milliseconds
     * @param now wall clock, epoch milliseconds
     */
    public void read(long recordTime, long now) {
        sliceTime = Math.max(sliceTime, Math.min(recordTime, now));
    }

    /**
     * Whether a slice is complete by what was read.
     *
     * @param endMs where it ends, epoch milliseconds, exclusive
     */
    public boolean isComplete(long endMs) {
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
    public @Nullable RotationReason onClock(DataBatch batch, long now) {
        if (batch.isLate()) {
            boolean isKept =
                    settings != null && now - batch.openedAt() < settings.keep().toMillis();
            return isKept ? null : RotationReason.LATE;
        }
        return isComplete(batch.sliceEndMs()) ? RotationReason.SLICE_END : null;
    }
}
