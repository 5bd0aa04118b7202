package dev.alluvium.topology;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * The offsets that a pipeline may commit: the low-water mark of each partition, told by the incarnation of the task that
 * owns it now. Thread safe; an entry is used by its own stream thread.
 */
final class HeldOffsets {
    private final Map<TopicPartition, Holder> holders = new ConcurrentHashMap<>();

    /** Of a partition whose task is open and has seen no record of it. */
    static final Holder UNTOUCHED = new Holder() {
        @Override
        public OptionalLong committable(long processed) {
            return OptionalLong.empty();
        }

        @Override
        public boolean isAtRest() {
            return true;
        }

        @Override
        public PartitionProgress progress() {
            return PartitionProgress.NONE;
        }
    };

    /** Knows what of a partition is archived. */
    interface Holder {
        /**
         * The offset to commit; none before this incarnation has processed a record.
         *
         * @param processed the offset of the next record, as Kafka Streams knows it
         */
        OptionalLong committable(long processed);

        /** Whether nothing of the partition is on its way. Any thread may ask. */
        boolean isAtRest();

        /** As of the last tick. Any thread may ask. */
        PartitionProgress progress();
    }

    void register(TopicPartition partition, Holder holder) {
        holders.put(partition, holder);
    }

    void remove(TopicPartition partition, Holder holder) {
        holders.remove(partition, holder);
    }

    /** Whether nothing of any partition is on its way. */
    boolean isAtRest() {
        return holders.values().stream().allMatch(Holder::isAtRest);
    }

    /** Of all partitions together. */
    PartitionProgress progress() {
        return holders.values().stream().map(Holder::progress).reduce(PartitionProgress.NONE, PartitionProgress::and);
    }

    /**
     * What to commit in place of what Kafka Streams would: the same partitions with their metadata, also where the offset
     * did not move, since a transaction without offsets is not fenced. Only a partition of which this incarnation has
     * processed nothing is left out: it has written nothing, and what Kafka Streams remembers of it may be another
     * incarnation's.
     */
    Map<TopicPartition, OffsetAndMetadata> hold(Map<TopicPartition, OffsetAndMetadata> processed) {
        Map<TopicPartition, OffsetAndMetadata> held = new HashMap<>();
        processed.forEach((partition, offset) -> {
            Holder holder = holders.get(partition);
            if (holder == null) {
                throw new IllegalStateException("no open task knows what of " + partition + " is archived");
            }
            holder.committable(offset.offset())
                    .ifPresent(archived ->
                            held.put(partition, new OffsetAndMetadata(archived, Optional.empty(), offset.metadata())));
        });
        return held;
    }
}
