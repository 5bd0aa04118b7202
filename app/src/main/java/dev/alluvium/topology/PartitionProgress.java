package dev.alluvium.topology;

import java.time.Duration;
import java.time.Instant;

/**
 * How far partitions are, for meters.
 *
 * @param openBatches batches that hold records and are not cut
 * @param ledgerGroups groups that the ledger holds an entry of
 * @param oldestHeldMs time of the first record that is not archived, epoch milliseconds; {@link #ALL_ARCHIVED} if there
 *     is none
 */
record PartitionProgress(int openBatches, int ledgerGroups, long oldestHeldMs) {
    static final long ALL_ARCHIVED = Long.MAX_VALUE;
    static final PartitionProgress NONE = new PartitionProgress(0, 0, ALL_ARCHIVED);

    /** Both together. */
    PartitionProgress and(PartitionProgress other) {
        return new PartitionProgress(
                openBatches + other.openBatches,
                ledgerGroups + other.ledgerGroups,
                Math.min(oldestHeldMs, other.oldestHeldMs));
    }

    /** Age of the oldest record that is not archived; none if all are. */
    Duration lag(Instant now) {
        return oldestHeldMs == ALL_ARCHIVED
                ? Duration.ZERO
                : Duration.ofMillis(Math.max(0, now.toEpochMilli() - oldestHeldMs));
    }
}
