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
    /** A broker that gives nothing for so long is a fault, and so is a transaction that stays open. */
    private static final int EMPTY_POLLS = 60;

    private LedgerReader() {}

    /**
     * What is committed, as far as the changelog knows now: each partition learns of a commit by itself, so the group's
     * offsets may be seen before what the same transaction wrote here.
     *
     * @param client properties of a Kafka client
     * @throws org.apache.kafka.common.KafkaException if the broker does not answer
     */
    static Ledger read(Map<String, Object> client, String topic, int partitions) {
        List<TopicPartition> all = all(topic, partitions);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(client, all, "read_committed")) {
            return readAll(consumer, consumer.endOffsets(all));
        }
    }

    /**
     * What is committed once every transaction that has written here until now has ended: nothing that could be seen
     * anywhere before this call is missing. Waits for transactions that are under way.
     *
     * @param client properties of a Kafka client
     * @throws org.apache.kafka.common.KafkaException if the broker does not answer, or a transaction does not end in time
     */
    static Ledger readDecided(Map<String, Object> client, String topic, int partitions) {
        List<TopicPartition> all = all(topic, partitions);
        Map<TopicPartition, Long> ends;
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(client, all, "read_uncommitted")) {
            ends = consumer.endOffsets(all);
        }
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(client, all, "read_committed")) {
            return readAll(consumer, ends);
        }
    }

    private static List<TopicPartition> all(String topic, int partitions) {
        return java.util.stream.IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
    }

    /** One that reads these partitions from their beginning. */
    private static KafkaConsumer<byte[], byte[]> consumer(
            Map<String, Object> client, List<TopicPartition> partitions, String isolation) {
        Map<String, Object> properties = new HashMap<>(client);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return consumer;
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
