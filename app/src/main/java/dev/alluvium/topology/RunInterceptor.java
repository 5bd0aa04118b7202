package dev.alluvium.topology;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Makes one record of all that a poll brings of a partition, so that Kafka Streams does its work for each record once a
 * run. For the main consumer of a topology whose topics are all read by {@link ArchiveProcessor}; the offsets to go on
 * from stay what they were. Where it is missing or fails, the topology gets the records one by one. Made by the consumer,
 * and used by its thread.
 */
public final class RunInterceptor implements ConsumerInterceptor<byte[], byte[]> {
    /** For the consumer, which makes it by its name. */
    public RunInterceptor() {}

    @Override
    public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> polled) {
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> runs = new HashMap<>();
        for (TopicPartition partition : polled.partitions()) {
            List<ConsumerRecord<byte[], byte[]>> records = polled.records(partition);
            if (!records.isEmpty()) {
                runs.put(partition, List.of(RecordRun.carrier(records)));
            }
        }
        return new ConsumerRecords<>(runs, polled.nextOffsets());
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

    @Override
    public void configure(Map<String, ?> properties) {}

    @Override
    public void close() {}
}
