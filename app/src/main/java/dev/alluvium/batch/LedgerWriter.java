package dev.alluvium.batch;

/** Where a {@link PartitionLedger} puts what must outlive it: into the open transaction of its task. */
public interface LedgerWriter {
    void putPartition(PartitionEntry entry);

    void putGroup(String group, GroupEntry entry);

    void deleteGroup(String group);
}
