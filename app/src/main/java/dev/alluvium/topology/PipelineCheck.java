package dev.alluvium.topology;

import dev.alluvium.metrics.ArchiveMetrics;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;

/** Everything that one pipeline asks of its cluster. */
final class PipelineCheck {
    private static final Duration BLOCK = Duration.ofSeconds(15);

    private final PipelineSettings pipeline;
    private final KafkaProperties properties;
    private final Admin admin;
    private final Map<String, Object> client;
    private final int brokers;
    private final Clock clock;
    private final Findings findings;
    private final KafkaTools tools;
    private final RightsCheck rights;

    PipelineCheck(
            ApplicationSettings application,
            PipelineSettings pipeline,
            Admin admin,
            Map<String, Object> client,
            int brokers,
            Clock clock,
            Findings findings) {
        this.pipeline = pipeline;
        this.properties = new KafkaProperties(application, pipeline);
        this.admin = admin;
        this.client = client;
        this.brokers = brokers;
        this.clock = clock;
        this.findings = findings;
        this.tools = KafkaTools.of(application, pipeline);
        this.rights = new RightsCheck(KafkaRights.of(application, pipeline), tools, findings);
    }

    /** Checks; returns the commands that create the pipeline's topics, none if the source is not known. */
    List<String> run(ArchiveMetrics.Pipeline metrics) {
        DataSet data = DataSet.of(pipeline, clock);
        StartUpCheck startUp = new StartUpCheck(pipeline, properties, data.fingerprint(pipeline), metrics);
        OutputTopics outputs = new OutputTopics(pipeline, properties);
        Optional<SourceFacts> source =
                new SourceCheck(pipeline, properties, startUp, admin, rights, clock, findings).run();
        TablesTopic.of(pipeline, properties, data, metrics).ifPresent(this::tables);
        new OutputCheck(outputs, tools, startUp, admin, rights, brokers, findings)
                .run(source.map(SourceFacts::tasks).orElse(0));
        String group = properties.applicationId();
        String mayRead = rights.grant(Acl.Resource.GROUP, group);
        boolean isGroupOpen = findings.attempt("group " + group, mayRead, () -> group(group));
        String id = group + "-validate";
        findings.attempt(
                "transactions " + group + "-*",
                rights.grant(Acl.Resource.TRANSACTIONAL_ID, id),
                () -> transactions(group, id));
        if (source.isPresent() && isGroupOpen) {
            String grant = rights.grant(Acl.Resource.TOPIC, properties.ledgerTopic());
            findings.attempt("pipeline " + pipeline.name(), grant, () -> start(startUp, source.get(), metrics));
        }
        return source.map(facts -> outputs.commands(tools, facts.tasks())).orElse(List.of());
    }

    // ---- tables ----------------------------------------------------------------------------------------------------

    private void tables(TablesTopic tables) {
        String subject = "topic " + tables.name();
        findings.attempt(subject, rights.grant(Acl.Resource.TOPIC, tables.name()), () -> {
            Optional<TopicDescription> found = StartUpCheck.describe(admin, tables.name());
            if (found.isEmpty()) {
                findings.warn(
                        subject,
                        "does not exist; a run waits for it",
                        "create it, compacted, or correct pipelines[" + pipeline.name() + "].data.tablesTopic");
                return;
            }
            TopicHealth.leaders(subject, found.get(), findings);
            if (rights.check(
                    subject, Acl.Resource.TOPIC, tables.name(), found.get().authorizedOperations())) {
                tables.read();
                tables.causes().forEach(cause -> findings.warn(subject, cause, ""));
                findings.ok(subject, "read to its end");
            }
        });
    }

    // ---- the group -------------------------------------------------------------------------------------------------

    private void group(String group) {
        ConsumerGroupDescription description;
        try {
            description = KafkaFutures.get(Objects.requireNonNull(admin.describeConsumerGroups(
                            List.of(group), new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true))
                    .describedGroups()
                    .get(group)));
        } catch (AuthorizationException e) {
            throw e;
        } catch (GroupIdNotFoundException e) {
            removeNobody(group);
            findings.ok("group " + group, "may be joined; it is new, or of another group protocol");
            return;
        } catch (KafkaException e) {
            if (!(e.getCause() instanceof IllegalArgumentException)) {
                throw e;
            }
            removeNobody(group); // a group of another protocol, which does not tell its rights
            findings.ok("group " + group, "may be joined");
            return;
        }
        if (rights.check("group " + group, Acl.Resource.GROUP, group, description.authorizedOperations())) {
            int members = description.members().size();
            findings.ok("group " + group, members == 0 ? "nobody is in it" : members + " members: a run is at work");
        }
    }

    /** Needs the right to read the group, as joining does; a member that does not exist is not removed. */
    private void removeNobody(String group) {
        MemberToRemove nobody = new MemberToRemove(group + "-validate");
        try {
            KafkaFutures.get(admin.removeMembersFromConsumerGroup(
                            group, new RemoveMembersFromConsumerGroupOptions(List.of(nobody)))
                    .memberResult(nobody));
        } catch (UnknownMemberIdException | GroupIdNotFoundException e) {
            // As meant: it was allowed, and there is nobody.
        }
    }

    // ---- transactions ----------------------------------------------------------------------------------------------

    /** Opens a producer as a run does, under an id that no run has. */
    private void transactions(String group, String id) {
        Map<String, Object> config = new StreamsConfig(properties.streams()).getProducerConfigs(id);
        config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (int) BLOCK.toMillis());
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
        try {
            producer.initTransactions();
            findings.ok(
                    "transactions " + group + "-*",
                    "allowed, transaction.timeout.ms " + config.get(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG));
        } catch (KafkaException e) {
            // The client hides the class of this one behind its message.
            if (!String.valueOf(e.getMessage()).contains("transaction.max.timeout.ms")) {
                throw e;
            }
            findings.fail(
                    "transactions " + group + "-*",
                    "transaction.timeout.ms " + config.get(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG)
                            + " is above the broker's transaction.max.timeout.ms",
                    "set kafka.producer.transaction.timeout.ms, above commit.interval.ms");
        } finally {
            producer.close(Duration.ofSeconds(5));
        }
    }

    // ---- where it would start --------------------------------------------------------------------------------------

    private void start(StartUpCheck startUp, SourceFacts source, ArchiveMetrics.Pipeline metrics) {
        int partitions = StartUpCheck.describe(admin, properties.ledgerTopic())
                .map(topic -> topic.partitions().size())
                .orElse(0);
        StartOffsets offsets = new StartOffsets(admin, pipeline, properties.applicationId(), metrics);
        Ledger ledger = startUp.ledger(client, partitions, source, offsets);
        startUp.refuseRecreated(source, ledger);
        startUp.refuseChanged(ledger, offsets.committed());
        String subject = "pipeline " + pipeline.name();
        Map<TopicPartition, Long> starts;
        try {
            starts = offsets.find(source, ledger);
        } catch (GroupAuthorizationException e) { // of the group that it starts after
            findings.fail(subject, "not authorized: " + e.getMessage(), rights.grant(Acl.Resource.GROUP, e.groupId()));
            return;
        }
        Map<TopicPartition, Long> gaps = offsets.gaps(starts);
        if (gaps.isEmpty()) {
            findings.ok(
                    subject,
                    (ledger.partitions().isEmpty() ? "starts" : "goes on") + " " + offsets.behind(starts)
                            + " offsets before the end of its topics");
        } else if (pipeline.source().onGap() == SourceSettings.GapPolicy.CONTINUE) {
            findings.warn(subject, "records were dropped before they were archived, up to " + gaps, "");
        } else {
            findings.fail(
                    subject,
                    "records were dropped before they were archived, up to " + gaps,
                    "set pipelines[" + pipeline.name() + "].source.onGap: continue to go on without them");
        }
    }
}
