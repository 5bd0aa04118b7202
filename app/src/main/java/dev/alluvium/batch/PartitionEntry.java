package dev.alluvium.batch;

/**
 * What the ledger holds of a partition.
 *
 * @param floor everything below it is archived; {@link #UNKNOWN} before the first record
 * @param sideOutputsUpTo dead letters were sent for all bad records below it
 */
public record PartitionEntry(long floor, long sideOutputsUpTo) {
    /** The floor of a partition of which no record was processed yet. */
    public static final long UNKNOWN = -1;

    /** The entry of a partition that the ledger does not know. */
    public static final PartitionEntry NONE = new PartitionEntry(UNKNOWN, 0);
}
