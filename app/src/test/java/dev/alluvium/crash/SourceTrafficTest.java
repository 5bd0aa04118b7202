package dev.alluvium.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.demo.EmbeddedBroker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceTrafficTest {
    private static final Set<String> DELTA_REASONS = Set.of(
            "null_value",
            "undecodable",
            "unspecified_op",
            "bad_identifier",
            "bad_hlc",
            "empty_value",
            "bad_json",
            "type_mismatch");

    @Test
    void makesEqualRecordsOfEqualSeeds() {
        for (long seed = 0; seed < 3; seed++) {
            List<ProducerRecord<byte[], byte[]>> once = make(new DeltaRecords("t", seed), 500);
            List<ProducerRecord<byte[], byte[]>> again = make(new DeltaRecords("t", seed), 500);

            for (int i = 0; i < once.size(); i++) {
                assertThat(again.get(i).value()).isEqualTo(once.get(i).value());
                assertThat(again.get(i).timestamp()).isEqualTo(once.get(i).timestamp());
            }
        }
    }

    @Test
    void spoilsOneDeltaInAHundredInEveryWay() {
        Set<String> reasons = new HashSet<>();
        Set<String> groups = new HashSet<>();
        DeltaExpectation expectation = new DeltaExpectation(DeltaRecords.TABLES);

        int bad = fates(make(new DeltaRecords("t", 1), 20_000), expectation, reasons, groups);

        assertThat(bad).isBetween(140, 260);
        assertThat(reasons).isEqualTo(DELTA_REASONS);
        assertThat(groups).hasSize(9);
    }

    @Test
    void spoilsOneTelemetryRecordInAHundredInEveryWay() {
        Set<String> reasons = new HashSet<>();
        Set<String> sessions = new HashSet<>();

        int bad = fates(make(new TelemetryRecords("t", 1), 20_000), new TelemetryExpectation(), reasons, sessions);

        assertThat(bad).isBetween(140, 260);
        assertThat(reasons).isEqualTo(Set.of("null_value", "undecodable", "no_session", "bad_identifier"));
        assertThat(sessions).hasSizeGreaterThan(20);
    }

    @Test
    void abortsSomeTransactionsAndSilencesPartitions(@TempDir Path folder) throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder);
                Topics topics = new Topics(broker.bootstrapServers())) {
            topics.create(List.of("t"), 3);
            long aborted;
            try (SourceTraffic traffic = new SourceTraffic(
                    broker.bootstrapServers(), "t", List.of(new DeltaRecords("t", 5)), 3, 20_000, 5)) {
                traffic.silence(Set.of(1));
                while (traffic.committed() < 60 || traffic.aborted() < 3) {
                    Thread.onSpinWait();
                }
                aborted = traffic.aborted();
            }

            List<ConsumerRecord<byte[], byte[]>> committed = topics.readCommitted("t");

            assertThat(aborted).isGreaterThanOrEqualTo(3);
            assertThat(committed).hasSizeGreaterThan(60);
            long last =
                    committed.stream().mapToLong(ConsumerRecord::offset).max().orElseThrow();
            assertThat(last).as("aborted records leave holes").isGreaterThan(committed.size() / 2);
            assertThat(committed.stream()
                            .filter(record -> record.partition() == 1)
                            .count())
                    .as("records before the silence")
                    .isLessThan(committed.size() / 10);
        }
    }

    private static List<ProducerRecord<byte[], byte[]>> make(TrafficSource source, int count) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(source.next(i % 2));
        }
        return records;
    }

    private static int fates(
            List<ProducerRecord<byte[], byte[]>> records,
            Expectation expectation,
            Set<String> reasons,
            Set<String> groups) {
        int bad = 0;
        long offset = 0;
        for (ProducerRecord<byte[], byte[]> record : records) {
            Fate fate = expectation.of(
                    new ConsumerRecord<>("t", record.partition(), offset++, record.key(), record.value()));
            if (fate instanceof Fate.Archived archived) {
                groups.add(archived.group());
            } else if (fate instanceof Fate.DeadLetter letter) {
                reasons.add(letter.reason());
                bad++;
            }
        }
        return bad;
    }
}
