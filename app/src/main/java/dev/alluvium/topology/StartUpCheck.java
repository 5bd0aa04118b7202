package dev.alluvium.topology;

import dev.alluvium.metrics.ArchiveMetrics;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What must hold before a pipeline may read: its topics exist and are the ones it knows, its configuration does not
 * contradict what is under way, its outputs exist, and every partition has an offset to start from. Repeating it changes
 * nothing.
 */
final class StartUpCheck {
    private static final Logger log = LoggerFactory.getLogger(StartUpCheck.class);

    private final PipelineSettings settings;
    private final KafkaProperties properties;
    private final OutputTopics outputs;
    private final String fingerprint;
    private final ArchiveMetrics.Pipeline metrics;

    StartUpCheck(
            PipelineSettings settings,
            KafkaProperties properties,
            String fingerprint,
            ArchiveMetrics.Pipeline metrics) {
        this.settings = settings;
        this.properties = properties;
        this.outputs = new OutputTopics(settings, properties);
        this.fingerprint = fingerprint;
        this.metrics = metrics;
    }

    /**
     * Returns what the check found of the source.
     *
     * @throws ArchiveStoppedException if somebody must decide something first
     * @throws TopicMissingException if a topic is missing that is to be waited for
     * @throws org.apache.kafka.common.KafkaException if Kafka cannot be asked now
     */
    SourceFacts run() {
        try (Admin admin = Admin.create(properties.client())) {
            SourceFacts source = source(admin);
            refuseCompacted(admin, source.topicIds().keySet());
            createOutputs(admin);
            StartOffsets offsets = new StartOffsets(admin, settings, properties.applicationId(), metrics);
            Ledger ledger = ledger(properties.client(), growLedger(admin, source), source, offsets);
            refuseRecreated(source, ledger);
            refuseChanged(ledger, offsets.committed());
            offsets.prepare(source, ledger);
            return source;
        }
    }

    /**
     * Whether the next start may place and judge records in another way: nothing that is decided would be read again.
     *
     * @throws org.apache.kafka.common.KafkaException if Kafka cannot be asked now
     */
    boolean isNothingPending() {
        try (Admin admin = Admin.create(properties.client())) {
            Ledger ledger = describe(admin, properties.ledgerTopic())
                    .map(changelog -> LedgerReader.read(
                            properties.client(),
                            properties.ledgerTopic(),
                            changelog.partitions().size()))
                    .orElseGet(Ledger::new);
            Map<TopicPartition, Long> committed =
                    new StartOffsets(admin, settings, properties.applicationId(), metrics).committed();
            return ledger.partitions().entrySet().stream()
                    .noneMatch(entry -> entry.getValue().isPending(committed.get(entry.getKey())));
        }
    }

    // ---- the source ------------------------------------------------------------------------------------------------

    private SourceFacts source(Admin admin) {
        String clusterId = get(admin.describeCluster().clusterId());
        Collection<String> topics = topics(admin);
        Map<String, String> ids = new TreeMap<>();
        Map<String, Integer> partitions = new TreeMap<>();
        for (String topic : topics) {
            TopicDescription description = describe(admin, topic)
                    .orElseThrow(() ->
                            missing("source.topics: topic " + topic + " does not exist; create it or mend the name"));
            ids.put(topic, description.topicId().toString());
            partitions.put(topic, description.partitions().size());
        }
        return new SourceFacts(clusterId, ids, partitions);
    }

    Collection<String> topics(Admin admin) {
        if (settings.source().pattern() == null) {
            return settings.source().topics();
        }
        Set<String> matching = new TreeSet<>();
        for (String topic : get(admin.listTopics().names())) {
            if (settings.source().pattern().matcher(topic).matches()) {
                matching.add(topic);
            }
        }
        matching.removeAll(Set.of(settings.deadLetterTopic(), settings.manifestTopic(), properties.ledgerTopic()));
        if (matching.isEmpty()) {
            throw missing("source.pattern: no topic matches "
                    + settings.source().pattern() + "; create one or mend the pattern");
        }
        return matching;
    }

    private RuntimeException missing(String what) {
        String message = "pipelines[" + settings.name() + "]." + what;
        return switch (settings.source().onMissing()) {
            case FAIL -> new ArchiveStoppedException(message);
            case WAIT -> new TopicMissingException(message);
        };
    }

    static Optional<TopicDescription> describe(Admin admin, String topic) {
        try {
            return Optional.ofNullable(
                    admin.describeTopics(List.of(topic), new DescribeTopicsOptions().includeAuthorizedOperations(true))
                            .allTopicNames()
                            .get()
                            .get(topic));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw KafkaFutures.unwrap(e);
        } catch (InterruptedException e) {
            throw KafkaFutures.interrupted(e);
        }
    }

    void refuseCompacted(Admin admin, Set<String> topics) {
        Map<ConfigResource, String> resources = new HashMap<>();
        topics.forEach(topic -> resources.put(new ConfigResource(ConfigResource.Type.TOPIC, topic), topic));
        get(admin.describeConfigs(resources.keySet()).all()).forEach((resource, config) -> {
            String topic = resource.name();
            String policy = config.get(TopicConfig.CLEANUP_POLICY_CONFIG).value();
            if (policy.contains(TopicConfig.CLEANUP_POLICY_COMPACT)
                    && !settings.source().compacted().contains(topic)) {
                throw new ArchiveStoppedException("topic " + topic + " is compacted: records may vanish before they are"
                        + " archived; if that is meant, list it under pipelines[" + settings.name()
                        + "].source.compacted");
            }
        });
    }

    void refuseRecreated(SourceFacts source, Ledger ledger) {
        ledger.partitions().forEach((partition, entry) -> {
            String now = source.topicIds().get(partition.topic());
            String before = entry.partition().topicId();
            if (now != null && !before.isEmpty() && !before.equals(now)) {
                throw new ArchiveStoppedException("topic " + partition.topic()
                        + " is another one than before: its id was "
                        + before + " and is " + now + ". It was deleted and created again; give the pipeline a new name"
                        + " to archive it from its beginning");
            }
        });
    }

    // ---- the ledger ------------------------------------------------------------------------------------------------

    /**
     * What the ledger holds. A second look waits for transactions that are under way, where the first one would stop the
     * pipeline or change how it goes on.
     *
     * @param client properties of a Kafka client
     * @param partitions of the ledger's changelog; 0 if there is none
     * @throws ArchiveStoppedException if it knows nothing of partitions that an archive has read
     */
    Ledger ledger(Map<String, Object> client, int partitions, SourceFacts source, StartOffsets offsets) {
        // First: what is in the ledger of these offsets then is there to be seen, or is about to be.
        Map<TopicPartition, Long> read = offsets.read(source);
        Ledger ledger =
                partitions == 0 ? new Ledger() : LedgerReader.read(client, properties.ledgerTopic(), partitions);
        boolean isUnsure = !read.keySet().stream().allMatch(ledger::knows)
                || ledger.partitions().values().stream().anyMatch(this::isChanged);
        if (partitions > 0 && isUnsure) {
            ledger = LedgerReader.readDecided(client, properties.ledgerTopic(), partitions);
        }
        offsets.refuseLost(read, ledger);
        return ledger;
    }

    /** How many partitions the ledger's changelog had, which has enough for the source then; 0 if there is none. */
    private int growLedger(Admin admin, SourceFacts source) {
        Optional<TopicDescription> changelog = describe(admin, properties.ledgerTopic());
        if (changelog.isEmpty()) {
            return 0;
        }
        int needed = source.tasks();
        int has = changelog.get().partitions().size();
        refuseMoreThan(needed, has);
        if (has < needed) {
            log.atInfo()
                    .addKeyValue("topic", properties.ledgerTopic())
                    .addKeyValue("partitions", needed)
                    .log("growing the ledger's changelog with the source");
            get(admin.createPartitions(Map.of(properties.ledgerTopic(), NewPartitions.increaseTo(needed)))
                    .all());
        }
        return has;
    }

    /** Kafka Streams would refuse it as well, and advise to delete it. */
    void refuseMoreThan(int needed, int has) {
        if (has > needed) {
            throw new ArchiveStoppedException("topic " + properties.ledgerTopic() + " holds the ledger and has " + has
                    + " partitions, but the source topics have at most " + needed + ": if the pipeline has never run,"
                    + " create it again with " + needed + "; else bring the source topic back that had " + has);
        }
    }

    void refuseChanged(Ledger ledger, Map<TopicPartition, Long> committed) {
        ledger.partitions().forEach((partition, entry) -> {
            if (isChanged(entry) && entry.isPending(committed.get(partition))) {
                throw new ArchiveStoppedException("pipeline " + settings.name() + " now places or judges records"
                        + " differently (grouping, schema, message type, reject rules or key), but " + partition
                        + " has records above offset "
                        + entry.partition().entry().floor()
                        + " that were already placed the old way: run once with --drain under the old configuration,"
                        + " then start with the new one");
            }
        });
    }

    /** Whether records were placed and judged by another configuration. */
    private boolean isChanged(Ledger.Entry entry) {
        String before = entry.partition().fingerprint();
        return !before.isEmpty() && !before.equals(fingerprint);
    }

    // ---- outputs ---------------------------------------------------------------------------------------------------

    private void createOutputs(Admin admin) {
        Set<String> existing = get(admin.listTopics().names());
        for (NewTopic topic : outputs.own()) {
            if (!existing.contains(topic.name())) {
                create(admin, topic);
            }
        }
        Set<String> written =
                new HashSet<>(Set.of(settings.manifestTopic(), settings.deadLetterTopic(), properties.ledgerTopic()));
        written.retainAll(existing);
        outputs.refuseLossy(admin, written);
    }

    private static void create(Admin admin, NewTopic topic) {
        try {
            admin.createTopics(List.of(topic)).all().get();
            log.atInfo().addKeyValue("topic", topic.name()).log("created output topic");
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw KafkaFutures.unwrap(e);
            }
        } catch (InterruptedException e) {
            throw KafkaFutures.interrupted(e);
        }
    }

    private static <T> T get(Future<T> future) {
        return KafkaFutures.get(future);
    }

    /** All partitions of the source. */
    static List<TopicPartition> partitions(SourceFacts source) {
        return source.partitions().entrySet().stream()
                .flatMap(topic -> java.util.stream.IntStream.range(0, topic.getValue())
                        .mapToObj(partition -> new TopicPartition(topic.getKey(), partition)))
                .toList();
    }
}
