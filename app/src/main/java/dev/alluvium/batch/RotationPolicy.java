package dev.alluvium.batch;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** When a batch is full or old enough. Pure: time comes in with each question. Immutable. */
public final class RotationPolicy {
    private final long rows;
    private final long bytes;
    private final long ageMs;
    private final long idleMs;
    private final long streamTimeMs;

    public RotationPolicy(RotationSettings settings) {
        rows = orNever(settings.rows());
        bytes = orNever(settings.bytes());
        ageMs = orNever(settings.age());
        idleMs = orNever(settings.idle());
        streamTimeMs = orNever(settings.streamTime());
    }

    private static long orNever(@Nullable Long limit) {
        return limit == null ? Long.MAX_VALUE : limit;
    }

    private static long orNever(@Nullable Duration limit) {
        return limit == null ? Long.MAX_VALUE : limit.toMillis();
    }

    /**
     * Asked after each record.
     *
     * @param streamTime the greatest record time of the partition, epoch milliseconds
     * @return why the batch must be cut now, or null
     */
    public @Nullable RotationReason afterRecord(DataBatch batch, long batchRows, long streamTime) {
        if (batchRows >= rows) {
            return RotationReason.ROWS;
        }
        if (batch.fileBytes() >= bytes) {
            return RotationReason.BYTES;
        }
        return byStreamTime(batch, streamTime);
    }

    /**
     * Asked now and then, whether records come or not.
     *
     * @param now wall clock, epoch milliseconds
     * @return why the batch must be cut now, or null
     */
    public @Nullable RotationReason onClock(DataBatch batch, long streamTime, long now) {
        if (now - batch.openedAt() >= ageMs) {
            return RotationReason.AGE;
        }
        if (now - batch.lastRecordAt() >= idleMs) {
            return RotationReason.IDLE;
        }
        return byStreamTime(batch, streamTime);
    }

    private @Nullable RotationReason byStreamTime(DataBatch batch, long streamTime) {
        return streamTime - batch.firstTimestamp() >= streamTimeMs ? RotationReason.STREAM_TIME : null;
    }
}
