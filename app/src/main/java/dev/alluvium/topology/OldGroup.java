package dev.alluvium.topology;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/**
 * The consumer group of what archived a topic before: its offsets say what is archived already. They are final only when
 * nobody works for the group any more.
 *
 * @param setting that names the group, for messages
 */
record OldGroup(Admin admin, String id, String setting) {

    /**
     * The offset of the first record that the group has not finished.
     *
     * @throws ArchiveStoppedException if the group has members, or no offset of this partition
     */
    long offset(TopicPartition partition) {
        refuseMembers();
        // Stable: a transaction that is under way may still move it.
        Map<TopicPartition, OffsetAndMetadata> offsets = KafkaFutures.get(admin.listConsumerGroupOffsets(
                        Map.of(id, new ListConsumerGroupOffsetsSpec().topicPartitions(List.of(partition))),
                        new ListConsumerGroupOffsetsOptions().requireStable(true))
                .partitionsToOffsetAndMetadata(id));
        return Optional.ofNullable(offsets.get(partition))
                .map(OffsetAndMetadata::offset)
                .orElseThrow(() -> new ArchiveStoppedException(setting + ": group " + id + " has no offset of "
                        + partition + ": mend the name, or write the offsets into a file and name it with"
                        + " start: {offsets: FILE}"));
    }

    private void refuseMembers() {
        int members = description().map(group -> group.members().size()).orElse(0);
        if (members > 0) {
            throw new ArchiveStoppedException(setting + ": group " + id + " still has " + members
                    + " members, so its offsets may move on: stop what archived before, then start this");
        }
    }

    /** Empty if the broker knows no such group, which says nothing about its offsets. */
    private Optional<ConsumerGroupDescription> description() {
        try {
            return Optional.ofNullable(
                    admin.describeConsumerGroups(List.of(id)).all().get().get(id));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return Optional.empty();
            }
            throw KafkaFutures.unwrap(e);
        } catch (InterruptedException e) {
            throw KafkaFutures.interrupted(e);
        }
    }
}
