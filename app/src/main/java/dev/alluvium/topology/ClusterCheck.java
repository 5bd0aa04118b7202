package dev.alluvium.topology;

import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.FeatureMetadata;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.SupportedVersionRange;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** Whether a cluster answers, and how new it is. */
final class ClusterCheck {
    private static final String TRANSACTIONS = "transaction.version";
    /** The broker fences a transaction that was aborted by another one (KIP-890), from release 4.0 on. */
    private static final int DEFENDED = 2;

    private final Admin admin;
    private final String subject;
    private final Findings findings;

    ClusterCheck(Admin admin, String servers, Findings findings) {
        this.admin = admin;
        this.subject = "kafka " + servers;
        this.findings = findings;
    }

    /**
     * Asks the cluster.
     *
     * @return how many brokers it has
     * @throws org.apache.kafka.common.KafkaException if it does not answer
     */
    int run() {
        DescribeClusterResult cluster = admin.describeCluster();
        int brokers = KafkaFutures.get(cluster.nodes()).size();
        findings.ok(
                subject,
                "cluster " + KafkaFutures.get(cluster.clusterId()) + ", " + brokers
                        + (brokers == 1 ? " broker" : " brokers"));
        findings.attempt(subject, "", this::version);
        return brokers;
    }

    private void version() {
        FeatureMetadata features;
        try {
            features = KafkaFutures.get(admin.describeFeatures().featureMetadata());
        } catch (UnsupportedVersionException e) {
            tellsNothing();
            return;
        }
        SupportedVersionRange supported = features.supportedFeatures().get(BrokerRelease.FEATURE);
        if (supported == null) {
            tellsNothing();
            return;
        }
        String release = "release " + BrokerRelease.of(supported.maxVersion()) + ", metadata.version "
                + BrokerRelease.of(level(features.finalizedFeatures(), BrokerRelease.FEATURE));
        int transactions = level(features.finalizedFeatures(), TRANSACTIONS);
        if (transactions >= DEFENDED) {
            findings.ok(subject, release + ", " + TRANSACTIONS + " " + transactions);
        } else {
            findings.warn(
                    subject,
                    release + ", " + TRANSACTIONS + " " + transactions
                            + ": a transaction that hangs may keep readers waiting",
                    "upgrade to 4.0 or newer, with " + TRANSACTIONS + " " + DEFENDED);
        }
    }

    private void tellsNothing() {
        findings.warn(
                subject,
                "the brokers do not tell their release: older than 3.3, with ZooKeeper, or not Apache Kafka",
                "make sure of 2.5 or newer: exactly-once needs it; 4.0 or newer is advised");
    }

    private static int level(Map<String, FinalizedVersionRange> finalized, String feature) {
        FinalizedVersionRange range = finalized.get(feature);
        return range == null ? 0 : range.maxVersionLevel();
    }
}
