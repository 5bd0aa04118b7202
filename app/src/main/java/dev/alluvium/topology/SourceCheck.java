package dev.alluvium.topology;

import dev.alluvium.batch.RotationSettings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.streams.StreamsConfig;

/** Whether the topics of a source are there, may be read, and keep their records long enough. */
final class SourceCheck {
    private static final Duration READ = Duration.ofSeconds(10);
    private static final Duration SKEW = Duration.ofSeconds(5);

    private final PipelineSettings pipeline;
    private final KafkaProperties properties;
    private final StartUpCheck startUp;
    private final Admin admin;
    private final RightsCheck rights;
    private final Clock clock;
    private final Findings findings;
    private final Map<String, String> ids = new TreeMap<>();
    private final Map<String, Integer> partitions = new TreeMap<>();

    SourceCheck(
            PipelineSettings pipeline,
            KafkaProperties properties,
            StartUpCheck startUp,
            Admin admin,
            RightsCheck rights,
            Clock clock,
            Findings findings) {
        this.pipeline = pipeline;
        this.properties = properties;
        this.startUp = startUp;
        this.admin = admin;
        this.rights = rights;
        this.clock = clock;
        this.findings = findings;
    }

    /** What a run would find; none if a topic is missing or may not be seen. */
    Optional<SourceFacts> run() {
        List<String> topics = new ArrayList<>();
        String subject = "pipeline " + pipeline.name() + " source";
        boolean areKnown = findings.attempt(subject, "", () -> {
            try {
                topics.addAll(startUp.topics(admin));
            } catch (TopicMissingException e) {
                findings.warn(subject, String.valueOf(e.getMessage()), "or let the run wait for one");
            }
        });
        topics.forEach(this::check);
        return areKnown && !topics.isEmpty() && ids.keySet().containsAll(topics)
                ? Optional.of(
                        new SourceFacts(KafkaFutures.get(admin.describeCluster().clusterId()), ids, partitions))
                : Optional.empty();
    }

    private void check(String topic) {
        String subject = "topic " + topic;
        String grant = rights.grant(Acl.Resource.TOPIC, topic);
        AtomicBoolean isOpen = new AtomicBoolean();
        findings.attempt(subject, grant, () -> isOpen.set(describe(subject, topic)));
        if (isOpen.get()) {
            findings.attempt(subject, grant, () -> startUp.refuseCompacted(admin, Set.of(topic)));
            findings.attempt(subject, grant, () -> retention(subject, topic));
            findings.attempt(subject, grant, () -> read(subject, topic));
            findings.attempt(subject, grant, () -> newest(subject, topic));
        }
    }

    /** Whether it is there and may be read. */
    private boolean describe(String subject, String topic) {
        Optional<TopicDescription> found = StartUpCheck.describe(admin, topic);
        if (found.isEmpty()) {
            String action = "create it or correct pipelines[" + pipeline.name() + "].source.topics";
            switch (pipeline.source().onMissing()) {
                case FAIL -> findings.fail(subject, "does not exist", action);
                case WAIT -> findings.warn(subject, "does not exist; a run waits for it", action);
            }
            return false;
        }
        TopicDescription description = found.get();
        ids.put(topic, description.topicId().toString());
        partitions.put(topic, description.partitions().size());
        TopicHealth.leaders(subject, description, findings);
        return rights.check(subject, Acl.Resource.TOPIC, topic, description.authorizedOperations());
    }

    // ---- retention -------------------------------------------------------------------------------------------------

    private void retention(String subject, String topic) {
        Config config = Objects.requireNonNull(
                OutputTopics.configs(admin, List.of(topic)).get(topic));
        String policy = OutputTopics.value(config, TopicConfig.CLEANUP_POLICY_CONFIG);
        String retentionMs = OutputTopics.value(config, TopicConfig.RETENTION_MS_CONFIG);
        if (!policy.contains(TopicConfig.CLEANUP_POLICY_DELETE) || retentionMs.isEmpty()) {
            return;
        }
        long kept = Long.parseLong(retentionMs);
        if (kept < 0) {
            return;
        }
        Optional<Duration> held = held(pipeline.rotation());
        String keeps = "keeps records for " + text(Duration.ofMillis(kept));
        if (held.isEmpty()) {
            findings.warn(
                    subject,
                    keeps + ", but without rotation.age a slow file stays open longer",
                    "set rotation.age below the retention");
        } else if (held.get().multipliedBy(2).toMillis() > kept) {
            findings.warn(
                    subject,
                    keeps + ", and a file stays open for " + text(held.get())
                            + ": an outage of that length loses records",
                    "raise retention.ms of the topic, or rotate earlier");
        }
    }

    /** How long a record waits in an open file at most, as far as the settings bound it. */
    private static Optional<Duration> held(RotationSettings rotation) {
        return Optional.ofNullable(rotation.age()).or(() -> Optional.ofNullable(rotation.idle()));
    }

    private static String text(Duration duration) {
        return duration.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
    }

    // ---- records ---------------------------------------------------------------------------------------------------

    private List<TopicPartition> partitions(String topic) {
        return java.util.stream.IntStream.range(0, Objects.requireNonNull(partitions.get(topic)))
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
    }

    private Map<TopicPartition, ListOffsetsResultInfo> offsets(String topic, OffsetSpec spec) {
        Map<TopicPartition, OffsetSpec> request = new HashMap<>();
        partitions(topic).forEach(partition -> request.put(partition, spec));
        return KafkaFutures.get(admin.listOffsets(request).all());
    }

    /** Reads one record as a run would, without being a member of its group. */
    private void read(String subject, String topic) {
        Map<TopicPartition, ListOffsetsResultInfo> begins = offsets(topic, OffsetSpec.earliest());
        Optional<TopicPartition> filled = offsets(topic, OffsetSpec.latest()).entrySet().stream()
                .filter(end -> end.getValue().offset()
                        > Objects.requireNonNull(begins.get(end.getKey())).offset())
                .map(Map.Entry::getKey)
                .findFirst();
        String size = partitions.get(topic) + (partitions(topic).size() == 1 ? " partition" : " partitions");
        if (filled.isEmpty()) {
            findings.ok(subject, size + ", empty");
        } else if (isReadable(filled.get())) {
            findings.ok(subject, size + ", a record was read");
        } else {
            findings.warn(
                    subject,
                    size + ", but no committed record came from " + filled.get() + " in " + text(READ),
                    "look for a transaction that hangs: kafka-transactions find-hanging");
        }
    }

    private boolean isReadable(TopicPartition partition) {
        Map<String, Object> config = new StreamsConfig(properties.streams())
                .getRestoreConsumerConfigs(properties.applicationId() + "-validate");
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
        config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) READ.toMillis());
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            Instant limit = clock.instant().plus(READ);
            while (clock.instant().isBefore(limit)) {
                if (!consumer.poll(READ.dividedBy(10)).isEmpty()) {
                    return true;
                }
            }
            return false;
        }
    }

    private void newest(String subject, String topic) {
        long newest;
        try {
            newest = offsets(topic, OffsetSpec.maxTimestamp()).values().stream()
                    .mapToLong(ListOffsetsResultInfo::timestamp)
                    .max()
                    .orElse(-1);
        } catch (UnsupportedVersionException e) {
            return; // brokers before 3.0 cannot tell
        }
        Duration ahead = Duration.between(clock.instant(), Instant.ofEpochMilli(newest));
        if (ahead.compareTo(SKEW) > 0) {
            findings.warn(
                    subject,
                    "its newest record is " + text(ahead.truncatedTo(java.time.temporal.ChronoUnit.SECONDS))
                            + " ahead of this machine's clock",
                    "set the clock of this machine, or of whoever wrote the record");
        }
    }
}
