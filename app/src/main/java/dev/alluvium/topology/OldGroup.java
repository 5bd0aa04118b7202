package dev.alluvium.topology;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/**
 * The consumer group of what archived a topic before: its offsets say what is archived already. They are final only when
 * nobody works for the group any more.
 *
 * @param setting that names the group, for messages
 */
record OldGroup(Admin admin, String id, String setting) {
    private static final Set<GroupState> FINAL = Set.of(GroupState.EMPTY, GroupState.DEAD);
    private static final String STOP_IT = ", so its offsets may move on: stop what archived before, then start this";

    /**
     * The offsets of the first records that the group has not finished.
     *
     * @throws ArchiveStoppedException if the group is at work, is no group that has offsets, or lacks a partition
     */
    Map<TopicPartition, NamedStart> offsets(Collection<TopicPartition> partitions) {
        refuseActive();
        Map<TopicPartition, OffsetAndMetadata> before = fetch(partitions);
        // Who joined in between may have committed what is already fetched; who came and went has moved it.
        refuseActive();
        Map<TopicPartition, OffsetAndMetadata> offsets = fetch(partitions);
        if (!offsets.equals(before)) {
            throw new ArchiveStoppedException(
                    setting + ": somebody commits offsets of group " + id + " right now" + STOP_IT);
        }
        Map<TopicPartition, NamedStart> starts = new HashMap<>();
        for (TopicPartition partition : partitions) {
            OffsetAndMetadata offset = Optional.ofNullable(offsets.get(partition))
                    .orElseThrow(() -> new ArchiveStoppedException(setting + ": group " + id + " has no offset of "
                            + partition + ": mend the name, or write the offsets into a file and name it with"
                            + " start: {offsets: FILE}"));
            starts.put(
                    partition,
                    new NamedStart(
                            offset.offset(),
                            setting + ": group " + id,
                            "mend the name, reset that group's offset, or write the offsets into a file and name it with"
                                    + " start: {offsets: FILE}"));
        }
        return starts;
    }

    private Map<TopicPartition, OffsetAndMetadata> fetch(Collection<TopicPartition> partitions) {
        try {
            // Stable: a transaction that is under way may still move it.
            return KafkaFutures.get(admin.listConsumerGroupOffsets(
                            Map.of(id, new ListConsumerGroupOffsetsSpec().topicPartitions(List.copyOf(partitions))),
                            new ListConsumerGroupOffsetsOptions().requireStable(true))
                    .partitionsToOffsetAndMetadata(id));
        } catch (GroupIdNotFoundException e) {
            throw noConsumerGroup(e);
        }
    }

    private void refuseActive() {
        int members = description().map(group -> group.members().size()).orElse(0);
        if (members > 0) {
            throw new ArchiveStoppedException(
                    setting + ": group " + id + " still has " + members + " members" + STOP_IT);
        }
        // Only the listing knows groups of every protocol; brokers too old to tell the state know one protocol.
        for (GroupListing group : KafkaFutures.get(admin.listGroups().all())) {
            if (group.groupId().equals(id)) {
                group.groupState().filter(state -> !FINAL.contains(state)).ifPresent(state -> {
                    throw new ArchiveStoppedException(setting + ": group " + id + " is still at work ("
                            + group.type().map(type -> type + ", ").orElse("") + state + ")" + STOP_IT);
                });
            }
        }
    }

    /** Empty if the broker knows no such consumer group, which says nothing about its offsets. */
    private Optional<ConsumerGroupDescription> description() {
        try {
            return Optional.ofNullable(
                    admin.describeConsumerGroups(List.of(id)).all().get().get(id));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return Optional.empty();
            }
            if (e.getCause() instanceof IllegalArgumentException) { // a worker group of Kafka Connect, for one
                throw noConsumerGroup(e.getCause());
            }
            throw KafkaFutures.unwrap(e);
        } catch (InterruptedException e) {
            throw KafkaFutures.interrupted(e);
        }
    }

    private ArchiveStoppedException noConsumerGroup(Throwable cause) {
        return new ArchiveStoppedException(
                setting + ": group " + id + " is not a consumer group; name the one that archived before,"
                        + " connect-NAME for a connector",
                cause);
    }
}
