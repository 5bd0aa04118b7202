package dev.alluvium.topology;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Makes one record of many that a poll brings of a partition, so that Kafka Streams does its work for each record once a
 * run. For the main consumer of a topology whose topics are all read by {@link ArchiveProcessor}; the offsets to go on
 * from stay what they were. Where it is missing or fails, the topology gets the records one by one. Made by the consumer,
 * and used by its thread.
 */
public final class RunInterceptor implements ConsumerInterceptor<byte[], byte[]> {
    /**
     * The longest run. Kafka Streams commits and pauses between runs only, so what one run decides (it may cut a file at
     * every record) must be small enough for one transaction.
     */
    static final int MAX_RECORDS = 500;

    /** For the consumer, which makes it by its name. */
    public RunInterceptor() {}

    @Override
    public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> polled) {
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> runs = new HashMap<>();
        for (TopicPartition partition : polled.partitions()) {
            runs.put(partition, carriers(polled.records(partition)));
        }
        return new ConsumerRecords<>(runs, polled.nextOffsets());
    }

    private static List<ConsumerRecord<byte[], byte[]>> carriers(List<ConsumerRecord<byte[], byte[]>> records) {
        List<ConsumerRecord<byte[], byte[]>> carriers = new ArrayList<>();
        for (int first = 0; first < records.size(); first += MAX_RECORDS) {
            carriers.add(RecordRun.carrier(records.subList(first, Math.min(records.size(), first + MAX_RECORDS))));
        }
        return carriers;
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

    @Override
    public void configure(Map<String, ?> properties) {}

    @Override
    public void close() {}
}
