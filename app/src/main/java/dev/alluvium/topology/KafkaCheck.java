package dev.alluvium.topology;

import dev.alluvium.metrics.ArchiveMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.utils.AppInfoParser;

/**
 * What Kafka would say to a run, asked without one: clusters, topics, rights, transactions and where every pipeline would
 * start, by the code that a run starts with. It creates, commits and moves nothing; all that stays in Kafka is one
 * transactional id for each pipeline, which Kafka forgets.
 */
public final class KafkaCheck {
    /** For each question; a broker that is up answers in milliseconds. */
    private static final Duration ANSWER = Duration.ofSeconds(15);

    private static final Duration REQUEST = Duration.ofSeconds(10);

    private final ApplicationSettings settings;
    private final Clock clock;
    private final Findings findings = new Findings();
    private final List<String> createTopics = new ArrayList<>();
    /** Number of brokers of each cluster by the properties that lead to it; empty if it does not answer. */
    private final Map<Map<String, Object>, OptionalInt> clusters = new HashMap<>();

    /**
     * What was found.
     *
     * @param createTopics commands that create the topics which a run would else create
     */
    public record Result(List<Finding> findings, List<String> createTopics) {
        public Result {
            findings = List.copyOf(findings);
            createTopics = List.copyOf(createTopics);
        }
    }

    private KafkaCheck(ApplicationSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /** Checks all enabled pipelines, each question bounded in time; never throws what Kafka throws. */
    public static Result run(ApplicationSettings settings, Clock clock) {
        KafkaCheck check = new KafkaCheck(settings, clock);
        settings.pipelines().forEach(check::check);
        return new Result(check.findings.all(), check.createTopics);
    }

    /**
     * The commands that create the topics of a pipeline beforehand.
     *
     * @param partitions of the ledger's changelog: as many as the largest source topic has
     */
    public static List<String> createTopics(
            ApplicationSettings application, PipelineSettings pipeline, int partitions) {
        return new OutputTopics(pipeline, new KafkaProperties(application, pipeline))
                .commands(KafkaTools.of(application, pipeline), partitions);
    }

    /** Of the client library. */
    public static String clientVersion() {
        return AppInfoParser.getVersion();
    }

    private void check(PipelineSettings pipeline) {
        String subject = "pipeline " + pipeline.name();
        if (!pipeline.enabled()) {
            findings.ok(subject, "disabled, not checked");
            return;
        }
        KafkaProperties properties = new KafkaProperties(settings, pipeline);
        try {
            check(pipeline, bounded(properties.client()));
        } catch (RuntimeException e) { // the other pipelines are checked all the same
            findings.fail(subject, Findings.describe(e), Findings.wayIn(e));
        }
    }

    private void check(PipelineSettings pipeline, Map<String, Object> client) {
        try (Admin admin = Admin.create(client)) {
            OptionalInt brokers = cluster(admin, client);
            if (brokers.isPresent()) {
                ArchiveMetrics metrics = new ArchiveMetrics(new SimpleMeterRegistry());
                createTopics.addAll(
                        new PipelineCheck(settings, pipeline, admin, client, brokers.getAsInt(), clock, findings)
                                .run(metrics.pipeline(pipeline.name())));
            } else {
                findings.fail("pipeline " + pipeline.name(), "not checked: its cluster does not answer", "");
            }
        }
    }

    private OptionalInt cluster(Admin admin, Map<String, Object> client) {
        Map<String, Object> key = new HashMap<>(client);
        key.remove(CommonClientConfigs.CLIENT_ID_CONFIG);
        OptionalInt known = clusters.get(key);
        if (known == null) {
            known = ask(admin, Objects.toString(client.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG)));
            clusters.put(key, known);
        }
        return known;
    }

    private OptionalInt ask(Admin admin, String servers) {
        try {
            return OptionalInt.of(new ClusterCheck(admin, servers, findings).run());
        } catch (KafkaException e) {
            findings.fail("kafka " + servers, Findings.describe(e), Findings.wayIn(e));
            return OptionalInt.empty();
        }
    }

    private static Map<String, Object> bounded(Map<String, Object> client) {
        Map<String, Object> bounded = new HashMap<>(client);
        bound(bounded, AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER);
        bound(bounded, AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST);
        return bounded;
    }

    /** A shorter limit of the user's stays. */
    private static void bound(Map<String, Object> properties, String name, Duration limit) {
        Object set = ConfigDef.parseType(name, properties.get(name), ConfigDef.Type.INT);
        if (set == null || (int) set > limit.toMillis()) {
            properties.put(name, (int) limit.toMillis());
        }
    }
}
