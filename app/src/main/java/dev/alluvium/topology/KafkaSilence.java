package dev.alluvium.topology;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells whether Kafka still answers a pipeline that runs. Its consumers only try again, for minutes, and say nothing
 * of it to Kafka Streams; but they count the answers they get, of which a heartbeat brings one every few seconds.
 * Looked at by one thread, asked by any.
 */
final class KafkaSilence {
    private static final Logger log = LoggerFactory.getLogger(KafkaSilence.class);
    /** More than three heartbeats of the default interval. */
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final String pipeline;
    private final KafkaProperties kafka;
    private double answers = -1;
    private Instant lastAnswer = Instant.MIN;
    private volatile @Nullable String line;

    KafkaSilence(String pipeline, KafkaProperties kafka) {
        this.pipeline = pipeline;
        this.kafka = kafka;
    }

    /** Takes note of what the clients have counted so far. */
    void look(Map<MetricName, ? extends Metric> metrics, Instant now) {
        double counted = 0;
        for (Map.Entry<MetricName, ? extends Metric> metric : metrics.entrySet()) {
            if (metric.getKey().name().equals("response-total")
                    && metric.getKey().group().equals("consumer-metrics")
                    && metric.getValue().metricValue() instanceof Number number) {
                counted += number.doubleValue();
            }
        }
        if (counted != answers) {
            hear(now);
            answers = counted;
            lastAnswer = now;
        } else if (line == null && Duration.between(lastAnswer, now).compareTo(LIMIT) >= 0) {
            complain();
        }
    }

    private void hear(Instant now) {
        if (line != null) {
            line = null;
            log.atInfo()
                    .addKeyValue("pipeline", pipeline)
                    .addKeyValue("seconds", Duration.between(lastAnswer, now).toSeconds())
                    .log("Kafka answers again");
        }
    }

    private void complain() {
        String found = kafka.serversSetting() + ": no broker of " + kafka.servers() + " has answered for "
                + LIMIT.toSeconds() + " s; nothing is lost, it goes on when one does";
        line = found;
        log.atWarn()
                .addKeyValue("pipeline", pipeline)
                .addKeyValue("cause", found)
                .log("Kafka does not answer");
    }

    /** What to tell operators while nobody answers. */
    Optional<String> line() {
        return Optional.ofNullable(line);
    }
}
