package dev.alluvium.topology;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;

/** Whether the topics that a pipeline writes are there and right, or can be created. */
final class OutputCheck {
    private final OutputTopics topics;
    private final KafkaTools tools;
    private final StartUpCheck startUp;
    private final Admin admin;
    private final RightsCheck rights;
    private final int brokers;
    private final Findings findings;

    OutputCheck(
            OutputTopics topics,
            KafkaTools tools,
            StartUpCheck startUp,
            Admin admin,
            RightsCheck rights,
            int brokers,
            Findings findings) {
        this.topics = topics;
        this.tools = tools;
        this.startUp = startUp;
        this.admin = admin;
        this.rights = rights;
        this.brokers = brokers;
        this.findings = findings;
    }

    /**
     * Checks all of them.
     *
     * @param tasks partitions that the ledger's changelog needs; 0 if the source is not known
     */
    void run(int tasks) {
        List<NewTopic> all = new ArrayList<>();
        all.add(topics.ledger(Math.max(1, tasks)));
        all.addAll(topics.own());
        for (NewTopic topic : all) {
            String subject = "topic " + topic.name();
            String grant = rights.grant(Acl.Resource.TOPIC, topic.name());
            findings.attempt(subject, grant, () -> check(subject, topic, tasks));
        }
    }

    private void check(String subject, NewTopic topic, int tasks) {
        Optional<TopicDescription> found = StartUpCheck.describe(admin, topic.name());
        if (found.isPresent()) {
            existing(subject, topic, found.get(), tasks);
        } else if (isLedger(topic.name()) && tasks == 0) {
            findings.warn(subject, "absent, and not checked: it depends on the source, which is not known", "");
        } else {
            absent(subject, topic);
        }
    }

    // ---- topics that exist -----------------------------------------------------------------------------------------

    private void existing(String subject, NewTopic wanted, TopicDescription topic, int tasks) {
        TopicHealth.leaders(subject, topic, findings);
        if (!rights.check(subject, Acl.Resource.TOPIC, topic.name(), topic.authorizedOperations())) {
            return;
        }
        if (isLedger(topic.name()) && tasks > 0) {
            findings.attempt(subject, "", () -> partitions(subject, topic, tasks));
        }
        Config config = Objects.requireNonNull(
                OutputTopics.configs(admin, List.of(topic.name())).get(topic.name()));
        findings.attempt(subject, "", () -> topics.refuseLossy(topic.name(), config));
        settings(subject, wanted, config);
        int factor = topic.partitions().stream()
                .mapToInt(partition -> partition.replicas().size())
                .min()
                .orElse(0);
        minInSync(config).ifPresent(min -> TopicHealth.replication(subject, factor, min, brokers, findings));
    }

    private boolean isLedger(String name) {
        return topics.ledger(1).name().equals(name);
    }

    private void partitions(String subject, TopicDescription topic, int tasks) {
        int has = topic.partitions().size();
        startUp.refuseMoreThan(tasks, has);
        if (has == tasks) {
            return;
        }
        String found = "has " + has + " partitions and needs " + tasks + ", as many as the largest source topic";
        if (topic.authorizedOperations() != null
                && !topic.authorizedOperations().contains(AclOperation.ALTER)) {
            findings.fail(
                    subject,
                    found + ", and this principal may not grow it",
                    tools.command("kafka-topics") + " --alter --topic " + topic.name() + " --partitions " + tasks);
        } else {
            findings.ok(subject, found + ": the next run grows it");
        }
    }

    /** What differs from what a run would create, as far as it costs records. */
    private void settings(String subject, NewTopic wanted, Config config) {
        wanted.configs().forEach((name, value) -> {
            String has = OutputTopics.value(config, name);
            boolean isSmaller = switch (name) {
                case TopicConfig.MAX_MESSAGE_BYTES_CONFIG -> isBelow(has, Long.parseLong(value));
                case TopicConfig.RETENTION_MS_CONFIG -> !has.isEmpty() && Long.parseLong(has) >= 0;
                default -> false;
            };
            if (isSmaller) {
                findings.warn(
                        subject,
                        name + " is " + has + ", not " + value + ": "
                                + (name.equals(TopicConfig.RETENTION_MS_CONFIG)
                                        ? "what is older is gone"
                                        : "a larger record stops the pipeline"),
                        tools.command("kafka-configs") + " --alter --topic " + wanted.name() + " --add-config " + name
                                + "=" + value);
            }
        });
    }

    private static boolean isBelow(String has, long wanted) {
        return !has.isEmpty() && Long.parseLong(has) < wanted;
    }

    private static OptionalInt minInSync(Config config) {
        String value = OutputTopics.value(config, TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG);
        return value.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(value));
    }

    // ---- topics that do not ----------------------------------------------------------------------------------------

    private void absent(String subject, NewTopic topic) {
        CreateTopicsResult result = admin.createTopics(List.of(topic), new CreateTopicsOptions().validateOnly(true));
        try {
            KafkaFutures.get(Objects.requireNonNull(result.values().get(topic.name())));
        } catch (AuthorizationException e) {
            findings.fail(
                    subject,
                    "absent, and this principal may not create it",
                    OutputTopics.command(tools, topic) + " (or let it: "
                            + rights.grant(Acl.Resource.TOPIC, topic.name(), Acl.Need.TO_CREATE) + ")");
            return;
        }
        findings.ok(subject, "absent; a run creates it, and only then its rights can be seen");
        try {
            int factor = KafkaFutures.get(result.replicationFactor(topic.name()));
            minInSync(KafkaFutures.get(result.config(topic.name())))
                    .ifPresent(min -> TopicHealth.replication(subject, factor, min, brokers, findings));
        } catch (AuthorizationException e) {
            findings.fail(subject, "not authorized to DescribeConfigs", rights.grant(Acl.Resource.TOPIC, topic.name()));
        }
    }
}
