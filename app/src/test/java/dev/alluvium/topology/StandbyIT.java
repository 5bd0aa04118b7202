package dev.alluvium.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.demo.EmbeddedBroker;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two instances with standby replicas of the ledger hand tasks to each other, both ways. */
class StandbyIT {
    private static final int PARTITIONS = 4;

    @TempDir
    Path folder;

    @Test
    void handsTasksOverAndBackWithoutLossOrDoubling() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"))) {
            ArchiveFixture first = instance(broker, "a");
            ArchiveFixture second = instance(broker, "b");
            first.createTopic(PARTITIONS);
            try (Archive b = second.open()) {
                try (Archive a = first.open()) {
                    a.start();
                    produceAndAwait(first, 0, 400);
                    b.start();
                    ArchiveFixture.await("both run", () -> isReady(a) && isReady(b));
                    produceAndAwait(first, 400, 800);
                    first.produceDeltas(PARTITIONS, 800, 1000); // still open when the instance goes
                }
                produceAndAwait(first, 1000, 1200);
                try (Archive a = first.open()) {
                    a.start();
                    ArchiveFixture.await("both run again", () -> isReady(a) && isReady(b));
                    first.produceDeltas(PARTITIONS, 1200, 1400);
                    b.close();
                    produceAndAwait(first, 1400, 1600);
                }
            }

            assertThat(first.query("select count(*) from {files}")).isEqualTo(1600);
            assertThat(first.query("select count(distinct (_partition, _offset)) from {files}"))
                    .isEqualTo(1600);
            assertThat(first.manifest()).hasSameSizeAs(first.files());
        }
    }

    private static void produceAndAwait(ArchiveFixture fixture, int from, int to) throws InterruptedException {
        fixture.produceDeltas(PARTITIONS, from, to);
        ArchiveFixture.await("archived " + to, () -> fixture.archivedRecords() >= to);
    }

    private static boolean isReady(Archive archive) {
        return archive.pipelines().stream().allMatch(status -> status.isReady());
    }

    /** An instance with state and spool of its own; both write to the first one's archive. */
    private ArchiveFixture instance(EmbeddedBroker broker, String name) {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "standby");
        fixture.tune = settings -> {
            Map<String, String> kafka = new HashMap<>(settings.kafka());
            kafka.put("num.standby.replicas", "1");
            kafka.put("acceptable.recovery.lag", "0");
            kafka.put("probing.rebalance.interval.ms", "60000");
            return new ApplicationSettings(
                    settings.name(),
                    kafka,
                    settings.memoryBudgetBytes(),
                    folder.resolve(name).resolve("state"),
                    folder.resolve(name).resolve("spool"),
                    settings.spoolLimitBytes(),
                    settings.uploadThreads(),
                    settings.drainTimeout(),
                    settings.pipelines());
        };
        return fixture;
    }
}
