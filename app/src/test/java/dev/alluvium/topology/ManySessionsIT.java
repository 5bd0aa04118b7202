package dev.alluvium.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.batch.RotationSettings;
import dev.alluvium.demo.EmbeddedBroker;
import dev.alluvium.proto.manifest.v1.DataFile;
import dev.alluvium.proto.telemetry.v1.TelemetryRecord;
import dev.alluvium.storage.PackedObjectStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Very many short sessions in one partition. {@code -Dalluvium.sessions=100000} plays the long form; without it as many
 * as a build has time for.
 */
class ManySessionsIT {
    private static final int SESSIONS = Integer.getInteger("alluvium.sessions", 20_000);
    private static final int RECORDS_PER_SESSION = 3;
    private static final long BUDGET_BYTES = 8 << 20;
    private static final Duration LIMIT = Duration.ofSeconds(30 + SESSIONS / 200);

    @TempDir
    static Path brokerFolder;

    @TempDir
    Path folder;

    private static EmbeddedBroker broker;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedBroker.start(brokerFolder);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void leaveNothingInTheLedgerButOpenOnes() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "sessions");
        fixture.createTopic(1);
        fixture.pipeline = Sessions.pipeline(
                fixture.pipeline, new RotationSettings(null, null, Duration.ofHours(1), null, null), 1000);
        produceSessions(fixture);
        // Open for good, and after all others: nothing below it is held back.
        Sessions.produce(fixture, Sessions.start(SESSIONS), Sessions.sample(SESSIONS, 0));

        try (PackedObjectStore store = new PackedObjectStore(folder)) {
            fixture.storeWrapper = ignored -> store;
            fixture.tune = settings -> SessionFilesIT.withBudget(settings, BUDGET_BYTES);
            try (Archive archive = fixture.open();
                    Peak memory = new Peak(
                            () -> fixture.meters.get("alluvium.arrow").gauge().value());
                    Peak uploads = new Peak(() -> fixture.meters
                            .get("alluvium.uploads.in.flight")
                            .gauge()
                            .value())) {
                archive.start();
                awaitObjects(archive, store);
                ArchiveFixture.await("the last file is done", () -> isDone(fixture));
                assertThat(memory.value()).isBetween(1L, BUDGET_BYTES);
                assertThat(uploads.value()).isBetween(1L, 1_500L);
            }
            assertThat(store.size()).isEqualTo(SESSIONS);
        }

        List<DataFile> manifest = fixture.manifest();
        assertThat(manifest).hasSize(SESSIONS);
        assertThat(manifest).extracting(DataFile::getKey).doesNotHaveDuplicates();
        assertThat(manifest).allMatch(file -> file.getRecords() == RECORDS_PER_SESSION && file.getRows() == 1);
        Ledger.Entry ledger = ledger(fixture);
        assertThat(ledger.groups()).isEmpty();
        assertThat(ledger.partition().entry().floor()).isEqualTo((long) SESSIONS * RECORDS_PER_SESSION);
    }

    private static void produceSessions(ArchiveFixture fixture) {
        int batch = 1000;
        for (int from = 0; from < SESSIONS; from += batch) {
            Sessions.produce(
                    fixture,
                    IntStream.range(from, Math.min(SESSIONS, from + batch))
                            .boxed()
                            .flatMap(id -> Stream.of(Sessions.start(id), Sessions.sample(id, id), Sessions.end(id)))
                            .toArray(TelemetryRecord[]::new));
        }
    }

    private static void awaitObjects(Archive archive, PackedObjectStore store) throws InterruptedException {
        Instant limit = Instant.now().plus(LIMIT);
        while (store.size() < SESSIONS) {
            ArchiveFixture.failure(archive).ifPresent(cause -> {
                throw new AssertionError(cause);
            });
            assertThat(Instant.now())
                    .as("%d of %d sessions in time", store.size(), SESSIONS)
                    .isBefore(limit);
            Thread.sleep(100);
        }
    }

    private static boolean isDone(ArchiveFixture fixture) {
        return ledger(fixture).partition().entry().floor() == (long) SESSIONS * RECORDS_PER_SESSION;
    }

    private static Ledger.Entry ledger(ArchiveFixture fixture) {
        return LedgerReader.read(
                        Map.of("bootstrap.servers", broker.bootstrapServers()), "test-sessions-ledger-changelog", 1)
                .of(new TopicPartition(fixture.topic, 0));
    }
}
