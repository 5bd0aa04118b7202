package dev.alluvium.topology;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** Kafka's properties for the clients of a pipeline: what the user passes through, and what the protocol needs. */
final class KafkaProperties {
    /** Bytes of a record that the product writes: a dead letter, or a ledger entry with many cuts. */
    static final int MAX_OUTPUT_BYTES = 16 << 20;

    /** Kafka has deprecated the constant, as the setting will be the default. */
    private static final String GLOBAL_HANDLER = "processing.exception.handler.global.enabled";

    /** Kafka's default. */
    private static final int BUFFERED_RECORDS = 1000;

    private final ApplicationSettings application;
    private final PipelineSettings pipeline;

    KafkaProperties(ApplicationSettings application, PipelineSettings pipeline) {
        this.application = application;
        this.pipeline = pipeline;
    }

    /** Also the consumer group, and the prefix of the internal topics. */
    String applicationId() {
        return application.name() + "-" + pipeline.name();
    }

    String ledgerTopic() {
        return applicationId() + "-" + ArchiveProcessor.LEDGER + "-changelog";
    }

    /** The setting that says where this pipeline's Kafka is. */
    String serversSetting() {
        String property = CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG;
        return (pipeline.kafka().containsKey(property) ? ownSection() : "kafka") + "." + property;
    }

    /** Where this pipeline's Kafka is. */
    String servers() {
        return String.valueOf(passedThrough().get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG));
    }

    /** The section that has this pipeline's properties: its own if it has any. */
    String section() {
        return pipeline.kafka().isEmpty() ? "kafka" : ownSection();
    }

    private String ownSection() {
        return "pipelines[" + pipeline.name() + "].kafka";
    }

    private Map<String, Object> passedThrough() {
        Map<String, Object> properties = new HashMap<>(application.kafka());
        properties.putAll(pipeline.kafka());
        return properties;
    }

    /** For admin clients and plain consumers. */
    Map<String, Object> client() {
        Map<String, Object> properties = passedThrough();
        properties.keySet().removeIf(key -> key.contains("consumer.") || key.startsWith("producer."));
        properties.putIfAbsent(CommonClientConfigs.CLIENT_ID_CONFIG, applicationId() + "-check");
        return properties;
    }

    /** For Kafka Streams. */
    Map<String, Object> streams() {
        Map<String, Object> properties = new HashMap<>();
        // A cut asks for its own commit; in between, a commit only moves the lag that others see.
        properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 10_000);
        // Above the commit interval, since a transaction is open all the time; after a kill -9 its partitions wait so
        // long.
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), 30_000);
        // Below what a shutdown waits for its threads.
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_BLOCK_MS_CONFIG), 20_000);
        // A dead letter is its record and some headers, so it is larger than what the source's topic took.
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), MAX_OUTPUT_BYTES);
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 5_000);
        properties.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, -1);
        // There is no global store here; without it Kafka Streams warns at every start, once of its own configuration
        // and once of the one that its assignor makes of the consumer's properties.
        properties.put(GLOBAL_HANDLER, true);
        properties.put(StreamsConfig.consumerPrefix(GLOBAL_HANDLER), true);
        properties.putAll(passedThrough());
        if (pipeline.source().byRun()) {
            interceptRuns(properties);
            boundRuns(properties);
        }
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId());
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, pipeline.threads());
        properties.put(
                StreamsConfig.STATE_DIR_CONFIG, application.stateDirectory().toString());
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "none");
        return properties;
    }

    /** Kafka Streams counts runs where it means records. */
    private static void boundRuns(Map<String, Object> properties) {
        String bound = StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG;
        int records = Integer.parseInt(String.valueOf(properties.getOrDefault(bound, BUFFERED_RECORDS)));
        properties.put(bound, Math.max(1, records / RunInterceptor.MAX_RECORDS));
    }

    /** After the user's own interceptors, which see the records. */
    private static void interceptRuns(Map<String, Object> properties) {
        String name = ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG;
        String ofMainConsumer = StreamsConfig.mainConsumerPrefix(name);
        String runs = RunInterceptor.class.getName();
        String others = Stream.of(ofMainConsumer, StreamsConfig.consumerPrefix(name), name)
                .map(properties::get)
                .filter(Objects::nonNull)
                .map(Object::toString)
                .findFirst()
                .orElse("");
        properties.put(ofMainConsumer, others.isBlank() ? runs : others + "," + runs);
    }
}
