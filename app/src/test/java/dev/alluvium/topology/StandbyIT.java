package dev.alluvium.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.demo.EmbeddedBroker;
import dev.alluvium.ops.PipelineStatus;
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
            Archive b = second.open();
            try {
                try (Archive a = first.open()) {
                    a.start();
                    produceAndAwait(first, 0, 400);
                    b.start();
                    ArchiveFixture.await("both run", () -> isReady(a) && isReady(b));
                    produceAndAwait(first, 400, 800);
                    first.produceDeltas(PARTITIONS, 800, 1000); // still open when the instance goes
                }
                produceAndAwait(first, 1000, 1200);
            } finally {
                handBack(first, b);
            }

            assertThat(first.query("select count(*) from {files}")).isEqualTo(1600);
            assertThat(first.query("select count(distinct (_partition, _offset)) from {files}"))
                    .isEqualTo(1600);
            assertThat(first.manifest()).hasSameSizeAs(first.files());
        }
    }

    /** The second instance goes while the first one, started anew, holds standbys of its tasks. */
    private static void handBack(ArchiveFixture first, Archive second) throws InterruptedException {
        try (Archive a = first.open()) {
            a.start();
            ArchiveFixture.await("both run again", () -> isReady(a) && isReady(second));
            first.produceDeltas(PARTITIONS, 1200, 1400);
            second.close();
            produceAndAwait(first, 1400, 1600);
        }
    }

    private static void produceAndAwait(ArchiveFixture fixture, int from, int to) throws InterruptedException {
        fixture.produceDeltas(PARTITIONS, from, to);
        ArchiveFixture.await("archived " + to, () -> fixture.archivedRecords() >= to);
    }

    private static boolean isReady(Archive archive) {
        return archive.pipelines().stream().allMatch(PipelineStatus::isReady);
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
