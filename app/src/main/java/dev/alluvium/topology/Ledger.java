package dev.alluvium.topology;

import dev.alluvium.batch.Cut;
import dev.alluvium.batch.GroupEntry;
import dev.alluvium.batch.PartitionEntry;
import dev.alluvium.proto.ledger.v1.LedgerKey;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Ledger entries of several partitions, gathered from a changelog or a store. A later value of a key replaces the
 * earlier one.
 */
final class Ledger {
    private final Map<TopicPartition, Entry> partitions = new HashMap<>();

    /** What the ledger holds of one partition. */
    static final class Entry {
        private LedgerCodec.Partition partition = new LedgerCodec.Partition(PartitionEntry.NONE, "", "");
        private final Map<String, GroupEntry> groups = new HashMap<>();

        LedgerCodec.Partition partition() {
            return partition;
        }

        Map<String, GroupEntry> groups() {
            return groups;
        }

        boolean isKnown() {
            return partition.entry().floor() != PartitionEntry.UNKNOWN;
        }

        /**
         * Whether anything was archived, cut or dead-lettered that the next start would read again.
         *
         * @param committed the committed offset, which may be ahead of the floor; null if there is none
         */
        boolean isPending(@Nullable Long committed) {
            long start = committed == null ? partition.entry().floor() : committed;
            return drainTarget() > Math.max(start, partition.entry().floor())
                    || groups.values().stream().anyMatch(group -> !group.cuts().isEmpty());
        }

        /** Where nothing is pending any more, once everything below it is archived. */
        long drainTarget() {
            long target = Math.max(partition.entry().floor(), partition.entry().sideOutputsUpTo());
            for (GroupEntry group : groups.values()) {
                target = Math.max(target, group.start());
                for (Cut cut : group.cuts()) {
                    target = Math.max(target, cut.endOffset());
                }
            }
            return target;
        }
    }

    /** Takes one record of the changelog; a null value deletes. */
    void put(byte[] keyBytes, byte @Nullable [] value) {
        LedgerKey key = LedgerCodec.key(keyBytes);
        Entry entry =
                partitions.computeIfAbsent(new TopicPartition(key.getTopic(), key.getPartition()), p -> new Entry());
        if (!key.hasGroup()) {
            entry.partition = value == null
                    ? new LedgerCodec.Partition(PartitionEntry.NONE, "", "")
                    : LedgerCodec.partition(value);
        } else if (value == null) {
            entry.groups.remove(key.getGroup());
        } else {
            entry.groups.put(key.getGroup(), LedgerCodec.group(value));
        }
    }

    /** The entry of a partition; an empty one if the ledger does not know it. */
    Entry of(TopicPartition partition) {
        Entry entry = partitions.get(partition);
        return entry == null ? new Entry() : entry;
    }

    /** Whether an archive has read the partition. */
    boolean knows(TopicPartition partition) {
        return of(partition).isKnown();
    }

    Map<TopicPartition, Entry> partitions() {
        return partitions;
    }
}
