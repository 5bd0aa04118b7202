package dev.alluvium.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerTest {
    private static final TopicPartition PARTITION = new TopicPartition("letters", 0);

    @TempDir
    Path folder;

    @Test
    void keepsCommittedRecordsAndOffsetsOverARestartOnItsPort() throws Exception {
        int port;
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder)) {
            port = broker.port();
            createTopic(broker);
            try (KafkaProducer<byte[], byte[]> producer = producer(broker)) {
                producer.initTransactions();
                transaction(producer, "a", true);
                transaction(producer, "b", false);
                transaction(producer, "c", true);
            }
            assertThat(letters(broker)).containsExactly("a", "c");
        }
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder, port, Map.of())) {
            assertThat(broker.bootstrapServers()).isEqualTo("127.0.0.1:" + port);
            assertThat(letters(broker)).containsExactly("a", "c");
        }
    }

    @Test
    void offersTransactionsOfTheSecondVersionAndTheStreamsGroupProtocol() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder);
                Admin admin = admin(broker)) {
            var features = admin.describeFeatures().featureMetadata().get().finalizedFeatures();
            assertThat(features)
                    .containsEntry("transaction.version", new FinalizedVersionRange((short) 2, (short) 2))
                    .containsEntry("streams.version", new FinalizedVersionRange((short) 1, (short) 1));
        }
    }

    @Test
    void takesSettingsOverItsOwnAndCreatesNoTopicByItself() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder, Map.of("log.segment.bytes", "1048576"));
                Admin admin = admin(broker)) {
            createTopic(broker);
            ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, PARTITION.topic());
            Config config = admin.describeConfigs(List.of(topic))
                    .values()
                    .values()
                    .iterator()
                    .next()
                    .get();
            assertThat(config.get("segment.bytes").value()).isEqualTo("1048576");
            assertThatThrownBy(() -> admin.describeTopics(List.of("nowhere"))
                            .allTopicNames()
                            .get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
        }
    }

    private static void createTopic(EmbeddedBroker broker) throws InterruptedException {
        broker.createTopics(List.of(new NewTopic(PARTITION.topic(), 1, (short) 1)));
    }

    private static Admin admin(EmbeddedBroker broker) {
        return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    private static KafkaProducer<byte[], byte[]> producer(EmbeddedBroker broker) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", "letters"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private static void transaction(KafkaProducer<byte[], byte[]> producer, String letter, boolean commit)
            throws Exception {
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(PARTITION.topic(), 0, null, letter.getBytes(StandardCharsets.UTF_8)))
                .get();
        if (commit) {
            producer.commitTransaction();
        } else {
            producer.abortTransaction();
        }
    }

    private static List<String> letters(EmbeddedBroker broker) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            long end =
                    consumer.endOffsets(List.of(PARTITION)).values().iterator().next();
            List<String> letters = new ArrayList<>();
            while (consumer.position(PARTITION) < end) {
                consumer.poll(Duration.ofSeconds(1))
                        .forEach(record -> letters.add(new String(record.value(), StandardCharsets.UTF_8)));
            }
            return letters;
        }
    }
}
