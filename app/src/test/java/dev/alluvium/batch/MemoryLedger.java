package dev.alluvium.batch;

import java.util.HashMap;
import java.util.Map;

/** What a changelog would hold of one partition, every put being committed at once. */
final class MemoryLedger implements LedgerWriter {
    PartitionEntry entry = PartitionEntry.NONE;
    final Map<String, GroupEntry> groups = new HashMap<>();

    /** Takes the partition up where it was left. */
    PartitionLedger<String> open(long position) {
        return new PartitionLedger<>(position, entry, groups, this, Batch::group, Rule.all());
    }

    @Override
    public void putPartition(PartitionEntry next) {
        entry = next;
    }

    @Override
    public void putGroup(String group, GroupEntry next) {
        groups.put(group, next);
    }

    @Override
    public void deleteGroup(String group) {
        groups.remove(group);
    }
}
