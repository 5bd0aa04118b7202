package dev.alluvium.topology;

import dev.alluvium.decode.TableMessage;
import dev.alluvium.metrics.ArchiveMetrics;
import dev.alluvium.schema.TableVersion;
import dev.alluvium.schema.TableVersions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The compacted topic that a pipeline has its tables from: read to its end before records are, followed while it runs. A
 * version that is refused changes nothing; it is logged and counted once, and shown until its table has a good one.
 */
final class TablesTopic {
    private static final Logger log = LoggerFactory.getLogger(TablesTopic.class);
    private static final Duration POLL = Duration.ofMillis(500);
    /** A broker that gives nothing for so long is a fault. */
    private static final int EMPTY_POLLS = 60;

    private static final Duration PAUSE = Duration.ofSeconds(5);
    /** Of what is refused; a topic of something else has no end of it. */
    private static final int MAX_SHOWN = 10;

    private final String pipeline;
    private final String topic;
    private final KafkaProperties properties;
    private final TableVersions versions;
    private final ArchiveMetrics.Pipeline metrics;
    /** What is wrong with the last version of a table, by its key. */
    private final Map<String, String> refused = new ConcurrentHashMap<>();
    /** How far refusals are logged and counted. */
    private final Map<TopicPartition, Long> told = new ConcurrentHashMap<>();

    private volatile @Nullable String trouble;

    private TablesTopic(
            String pipeline,
            String topic,
            KafkaProperties properties,
            TableVersions versions,
            ArchiveMetrics.Pipeline metrics) {
        this.pipeline = pipeline;
        this.topic = topic;
        this.properties = properties;
        this.versions = versions;
        this.metrics = metrics;
    }

    /** The topic of a pipeline; empty if its tables come from its configuration alone. */
    static Optional<TablesTopic> of(
            PipelineSettings pipeline, KafkaProperties properties, DataSet data, ArchiveMetrics.Pipeline metrics) {
        TableVersions versions = data.tables();
        return versions != null && pipeline.data() instanceof DataSettings.Deltas deltas && deltas.tablesTopic() != null
                ? Optional.of(new TablesTopic(pipeline.name(), deltas.tablesTopic(), properties, versions, metrics))
                : Optional.empty();
    }

    String name() {
        return topic;
    }

    /** What is wrong, for whoever must act. */
    List<String> causes() {
        String now = trouble;
        return now != null
                ? List.of(now)
                : refused.values().stream().sorted().limit(MAX_SHOWN).toList();
    }

    // ---- reading ---------------------------------------------------------------------------------------------------

    /**
     * Reads all that is there.
     *
     * @throws TopicMissingException if the topic is not there
     * @throws KafkaException if Kafka does not let it read to the end now
     */
    void read() {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            readToEnd(consumer);
        }
    }

    /** Reads all that is there, as {@link #read}, and goes on reading until it is closed. */
    Following follow() {
        KafkaConsumer<byte[], byte[]> consumer = consumer();
        try {
            readToEnd(consumer);
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
        return new Following(consumer);
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        Map<String, Object> config = new HashMap<>(properties.client());
        config.put(ConsumerConfig.CLIENT_ID_CONFIG, properties.applicationId() + "-tables");
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        config.remove(ConsumerConfig.GROUP_ID_CONFIG);
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private void readToEnd(KafkaConsumer<byte[], byte[]> consumer) {
        List<TopicPartition> all = consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        if (all.isEmpty()) {
            throw new TopicMissingException("pipelines[" + pipeline + "].data.tablesTopic: topic " + topic
                    + " does not exist; create it, compacted, or mend the name");
        }
        consumer.assign(all);
        consumer.seekToBeginning(all);
        Map<TopicPartition, Long> ends = consumer.endOffsets(all);
        int empty = 0;
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            empty = poll(consumer) ? 0 : empty + 1;
            if (empty > EMPTY_POLLS) {
                throw new TimeoutException("pipelines[" + pipeline + "].data.tablesTopic: topic " + topic
                        + " cannot be read to its end " + ends);
            }
        }
        trouble = null;
    }

    /** Whether anything came. */
    private boolean poll(KafkaConsumer<byte[], byte[]> consumer) {
        var records = consumer.poll(POLL);
        records.forEach(this::take);
        return !records.isEmpty();
    }

    // ---- versions --------------------------------------------------------------------------------------------------

    private void take(ConsumerRecord<byte[], byte[]> record) {
        String table = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        if (record.value() == null) {
            return; // what was declared stays declared
        }
        try {
            TableVersion version = TableMessage.read(record.key(), record.value());
            Map<String, TableVersion> before = versions.inForce();
            Optional<String> refusal = versions.offer(version);
            if (refusal.isPresent()) {
                refuse(record, table, "version " + version.version() + ": " + refusal.get());
                return;
            }
            refused.remove(table);
            if (!versions.inForce().equals(before)) {
                log.atInfo()
                        .addKeyValue("pipeline", pipeline)
                        .addKeyValue("table", table)
                        .addKeyValue("version", version.version())
                        .addKeyValue("columns", version.table().columns().size())
                        .log("table has a new version");
            }
        } catch (IllegalArgumentException e) {
            refuse(record, table, String.valueOf(e.getMessage()));
        }
    }

    private void refuse(ConsumerRecord<byte[], byte[]> record, String table, String why) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        String line = partition + "@" + record.offset() + ": table " + table + " is refused, " + why
                + "; publish a version that adds columns at the end and changes nothing else";
        if (refused.size() < MAX_SHOWN || refused.containsKey(table)) {
            refused.put(table, line);
        }
        if (record.offset() >= told.getOrDefault(partition, 0L)) {
            told.put(partition, record.offset() + 1);
            metrics.tableVersionRefused();
            log.atWarn()
                    .addKeyValue("pipeline", pipeline)
                    .addKeyValue("cause", line)
                    .log("a version of a table is refused");
        }
    }

    /** The thread that reads on. */
    final class Following implements AutoCloseable {
        private final KafkaConsumer<byte[], byte[]> consumer;
        private final CountDownLatch stopped = new CountDownLatch(1);
        private final Thread thread = new Thread(this::run, "tables-" + pipeline);

        private Following(KafkaConsumer<byte[], byte[]> consumer) {
            this.consumer = consumer;
            thread.setDaemon(true);
            thread.start();
        }

        private void run() {
            try (consumer) {
                while (stopped.getCount() > 0) {
                    pollSafely();
                }
            } catch (WakeupException | InterruptException | InterruptedException e) {
                // As asked for.
            }
        }

        /** What is known stays in force while Kafka gives nothing. */
        private void pollSafely() throws InterruptedException {
            try {
                poll(consumer);
                trouble = null;
            } catch (WakeupException | InterruptException e) {
                throw e;
            } catch (KafkaException e) {
                String line = "pipelines[" + pipeline + "].data.tablesTopic: topic " + topic + " cannot be read: "
                        + Fault.firstLine(e) + "; it is tried again, with the tables known so far";
                if (!line.equals(trouble)) {
                    trouble = line;
                    log.atWarn()
                            .addKeyValue("pipeline", pipeline)
                            .addKeyValue("cause", line)
                            .log("tables cannot be read now");
                }
                stopped.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
            }
        }

        @Override
        public void close() {
            stopped.countDown();
            consumer.wakeup();
            try {
                thread.join(PAUSE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
