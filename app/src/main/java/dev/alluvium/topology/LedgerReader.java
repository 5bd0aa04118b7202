package dev.alluvium.topology;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads a pipeline's committed ledger from its changelog, without being a member of anything. */
final class LedgerReader {
    private static final Duration POLL = Duration.ofMillis(500);
    /** Enough for a ledger of millions of entries; a broker that gives nothing for so long is a fault. */
    private static final int EMPTY_POLLS = 60;

    private LedgerReader() {}

    /**
     * @param client properties of a Kafka client
     * @throws org.apache.kafka.common.KafkaException if the broker does not answer
     */
    static Ledger read(Map<String, Object> client, String topic, int partitions) {
        Map<String, Object> properties = new HashMap<>(client);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> all = java.util.stream.IntStream.range(0, partitions)
                    .mapToObj(partition -> new TopicPartition(topic, partition))
                    .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            return readAll(consumer, consumer.endOffsets(all));
        }
    }

    private static Ledger readAll(KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
        Ledger ledger = new Ledger();
        int empty = 0;
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            var records = consumer.poll(POLL);
            empty = records.isEmpty() ? empty + 1 : 0;
            if (empty > EMPTY_POLLS) {
                throw new org.apache.kafka.common.errors.TimeoutException(
                        "the ledger's changelog cannot be read to its end: " + ends);
            }
            for (ConsumerRecord<byte[], byte[]> record : records) {
                ledger.put(record.key(), record.value());
            }
        }
        return ledger;
    }
}
