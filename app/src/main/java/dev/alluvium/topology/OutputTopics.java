package dev.alluvium.topology;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;

/**
 * The topics that a pipeline writes, as they are created, by the program or beforehand by somebody else. What it refuses
 * in one that exists would lose data in silence.
 */
final class OutputTopics {
    private static final Map<String, String> KEPT = Map.of(
            TopicConfig.RETENTION_MS_CONFIG,
            "-1",
            TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
            Integer.toString(KafkaProperties.MAX_OUTPUT_BYTES));

    /** What the ledger's changelog is created with, besides its being compacted. */
    static final Map<String, String> LEDGER = Map.of(
            TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
            "0.1",
            TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
            Integer.toString(KafkaProperties.MAX_OUTPUT_BYTES));

    private final String ledger;
    private final String manifest;
    private final String deadLetters;

    OutputTopics(PipelineSettings pipeline, KafkaProperties properties) {
        this.ledger = properties.ledgerTopic();
        this.manifest = pipeline.manifestTopic();
        this.deadLetters = pipeline.deadLetterTopic();
    }

    /** Those that the start-up check creates; Kafka Streams creates the ledger's changelog. */
    List<NewTopic> own() {
        return List.of(kept(manifest), kept(deadLetters));
    }

    private static NewTopic kept(String name) {
        return new NewTopic(name, Optional.empty(), Optional.empty()).configs(KEPT);
    }

    /** The ledger's changelog as Kafka Streams creates it. */
    NewTopic ledger(int partitions) {
        Map<String, String> config = new HashMap<>(LEDGER);
        config.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
        return new NewTopic(ledger, Optional.of(partitions), Optional.empty()).configs(config);
    }

    /**
     * The commands that create all of them.
     *
     * @param partitions of the ledger's changelog
     */
    List<String> commands(KafkaTools tools, int partitions) {
        return java.util.stream.Stream.concat(java.util.stream.Stream.of(ledger(partitions)), own().stream())
                .map(topic -> command(tools, topic))
                .toList();
    }

    static String command(KafkaTools tools, NewTopic topic) {
        return tools.command("kafka-topics") + " --create --topic " + topic.name()
                + (topic.numPartitions() > 0 ? " --partitions " + topic.numPartitions() : "")
                + new TreeMap<>(topic.configs())
                        .entrySet().stream()
                                .map(entry -> " --config " + entry.getKey() + "=" + entry.getValue())
                                .collect(Collectors.joining());
    }

    /**
     * Refuses topics that exist and would lose what is written to them.
     *
     * @param existing which of the pipeline's topics to look at
     * @throws ArchiveStoppedException if one is not as it must be
     */
    void refuseLossy(Admin admin, Collection<String> existing) {
        configs(admin, existing).forEach(this::refuseLossy);
    }

    void refuseLossy(String topic, Config config) {
        String policy = value(config, TopicConfig.CLEANUP_POLICY_CONFIG);
        if (topic.equals(ledger) && !policy.equals(TopicConfig.CLEANUP_POLICY_COMPACT)) {
            throw new ArchiveStoppedException("topic " + topic + " holds the ledger and has cleanup.policy " + policy
                    + ": entries would vanish and records be archived twice; set it to compact");
        }
        if (topic.equals(deadLetters) && policy.contains(TopicConfig.CLEANUP_POLICY_COMPACT)) {
            throw new ArchiveStoppedException("topic " + topic + " holds dead letters and has cleanup.policy " + policy
                    + ": of those with one key only the last would stay; set it to delete");
        }
    }

    static Map<String, Config> configs(Admin admin, Collection<String> topics) {
        List<ConfigResource> resources = topics.stream()
                .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
                .toList();
        Map<String, Config> configs = new HashMap<>();
        KafkaFutures.get(admin.describeConfigs(resources).all())
                .forEach((resource, config) -> configs.put(resource.name(), config));
        return configs;
    }

    /** A setting of a topic, the broker's default if it has none of its own; empty if there is no such setting. */
    static String value(Config config, String name) {
        return Optional.ofNullable(config.get(name))
                .flatMap(entry -> Optional.ofNullable(entry.value()))
                .orElse("");
    }
}
