package dev.alluvium.topology;

import org.apache.kafka.clients.admin.TopicDescription;

/** Whether a topic can be read and written, and whether it outlives a broker. */
final class TopicHealth {
    private TopicHealth() {}

    static void leaders(String subject, TopicDescription topic, Findings findings) {
        long leaderless = topic.partitions().stream()
                .filter(partition ->
                        partition.leader() == null || partition.leader().isEmpty())
                .count();
        if (leaderless > 0) {
            findings.fail(
                    subject,
                    leaderless + " of " + topic.partitions().size() + " partitions have no leader",
                    "bring their brokers back");
        }
    }

    /**
     * Judges how a topic that Alluvium writes is replicated.
     *
     * @param factor replicas of each partition
     * @param minInSync {@code min.insync.replicas}
     */
    static void replication(String subject, int factor, int minInSync, int brokers, Findings findings) {
        String has = factor + (factor == 1 ? " replica" : " replicas") + ", min.insync.replicas " + minInSync;
        if (minInSync > factor) {
            findings.fail(subject, has + ": no write can succeed", "lower min.insync.replicas or add replicas");
        } else if (factor == 1 && brokers > 1) {
            findings.warn(
                    subject,
                    has + ": gone with one broker",
                    "give it 3 replicas, or the cluster a default.replication.factor before it is created");
        } else if (factor > 1 && minInSync == factor) {
            findings.warn(subject, has + ": one broker that is down stops the pipeline", "lower min.insync.replicas");
        } else if (factor > 1 && minInSync == 1) {
            findings.warn(
                    subject,
                    has + ": what one replica alone took is lost with it",
                    "set min.insync.replicas to " + (factor - 1));
        } else {
            findings.ok(subject, has);
        }
    }
}
