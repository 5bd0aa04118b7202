package dev.alluvium.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.alluvium.batch.Cut;
import dev.alluvium.batch.RotationSettings;
import dev.alluvium.demo.EmbeddedBroker;
import dev.alluvium.parquet.DataFileReader;
import dev.alluvium.proto.manifest.v1.DataFile;
import dev.alluvium.proto.telemetry.v1.TelemetryRecord;
import dev.alluvium.storage.FlakyObjectStore;
import dev.alluvium.storage.ObjectStore;
import dev.alluvium.storage.StorageException;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files sessions become: late samples, idle partitions, channels that appear late. */
class SessionFilesIT {
    private static final RotationSettings NEVER = new RotationSettings(null, null, Duration.ofHours(1), null, null);
    private static final RotationSettings IDLE = new RotationSettings(null, null, null, Duration.ofMillis(500), null);

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

    private ArchiveFixture fixture(String topic, RotationSettings rotation) {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, topic);
        fixture.createTopic(1);
        fixture.pipeline = Sessions.pipeline(fixture.pipeline, rotation, 1000);
        return fixture;
    }

    // ---- late samples ----------------------------------------------------------------------------------------------

    @Test
    void aLateSampleGoesToTheQualifiedKey() throws Exception {
        ArchiveFixture fixture = fixture("late", IDLE);
        Sessions.produce(fixture, Sessions.start(7), Sessions.sample(7, 0), Sessions.sample(7, 1), Sessions.end(7));

        try (Archive archive = fixture.open()) {
            archive.start();
            ArchiveFixture.await("the session is archived", () -> fixture.archivedRecords() == 4);
            Sessions.produce(fixture, Sessions.sample(7, 0.5));
            ArchiveFixture.await("the late sample is archived", () -> fixture.archivedRecords() == 5);
        }

        assertSessionAndLateSample(fixture);
    }

    @Test
    void aLateSampleGoesToTheQualifiedKeyOverARestart() throws Exception {
        ArchiveFixture fixture = fixture("late-restart", IDLE);
        Sessions.produce(fixture, Sessions.start(7), Sessions.sample(7, 0), Sessions.sample(7, 1), Sessions.end(7));
        fixture.runUntilArchived(4);
        Sessions.produce(fixture, Sessions.sample(7, 0.5));

        stopWhileAPutHangs(fixture);
        assertThat(cuts(fixture, "session=7")).containsExactly("telemetry/7.parquet");
        fixture.runUntilArchived(5);

        assertSessionAndLateSample(fixture);
    }

    @Test
    void aRewrittenKeyBindsTheNextStart() throws Exception {
        ArchiveFixture fixture = fixture("rewritten", IDLE);
        Sessions.produce(fixture, Sessions.start(7), Sessions.sample(7, 0), Sessions.sample(7, 1), Sessions.end(7));
        fixture.runUntilArchived(4);
        Sessions.produce(fixture, Sessions.sample(7, 0.5));

        // The first put comes back as taken, the put of the qualified key is lost with the process.
        FlakyObjectStore[] flaky = new FlakyObjectStore[1];
        fixture.storeWrapper = store -> flaky[0] = new FlakyObjectStore(store, 1);
        fixture.stages = (stage, key) -> {
            if (stage == Stage.CUT_COMMITTED && key.equals("telemetry/7-0-4.parquet")) {
                flaky[0].beginOutage();
            }
        };
        try (Archive archive = fixture.open()) {
            archive.start();
            ArchiveFixture.await(
                    "the key is rewritten",
                    () -> cuts(fixture, "session=7").equals(List.of("telemetry/7-0-4.parquet")));
        }
        fixture.storeWrapper = store -> store;
        fixture.stages = StageListener.NONE;
        fixture.runUntilArchived(5);

        assertSessionAndLateSample(fixture);
    }

    private static void assertSessionAndLateSample(ArchiveFixture fixture) throws IOException {
        assertThat(fixture.manifest())
                .extracting(DataFile::getKey, DataFile::getFirstOffset, DataFile::getRecords, DataFile::getRows)
                .containsExactly(
                        tuple("telemetry/7.parquet", 0L, 4L, 2L), tuple("telemetry/7-0-4.parquet", 4L, 1L, 1L));
        assertThat(fixture.files()).hasSize(2);
        assertThat(times(fixture, "telemetry/7.parquet")).containsExactly(0.0, 1.0);
        assertThat(times(fixture, "telemetry/7-0-4.parquet")).containsExactly(0.5);
    }

    /** Runs until the upload of a file has begun, and stops with it under way: its cut is durable, its object is not there. */
    private static void stopWhileAPutHangs(ArchiveFixture fixture) throws InterruptedException {
        FlakyObjectStore[] flaky = new FlakyObjectStore[1];
        fixture.storeWrapper = store -> {
            flaky[0] = new FlakyObjectStore(store, 1);
            flaky[0].hangPuts();
            return flaky[0];
        };
        try (Archive archive = fixture.open()) {
            archive.start();
            assertThat(flaky[0].awaitHangingPuts(1, Duration.ofSeconds(30))).isTrue();
        } finally {
            flaky[0].close();
            fixture.storeWrapper = store -> store;
        }
    }

    // ---- an idle partition -----------------------------------------------------------------------------------------

    @Test
    void filesOfAnIdlePartitionAreFinishedByTheClockAlone() throws Exception {
        ArchiveFixture fixture = fixture("idle", IDLE);
        produceOpenSessions(fixture, 5);

        try (Archive archive = fixture.open()) {
            archive.start();
            ArchiveFixture.await("all are archived", () -> fixture.archivedRecords() == 20);
            Sessions.produce(fixture, Sessions.sample(99, 0));
            ArchiveFixture.await("the next one is archived", () -> fixture.archivedRecords() == 21);
            ArchiveFixture.await(
                    "the ledger is empty", () -> ledger(fixture).groups().isEmpty());
        }

        assertEachSessionIsOneFile(fixture, 5);
        assertThat(ledger(fixture).partition().entry().floor()).isEqualTo(21);
    }

    @Test
    void cutsOfAnIdlePartitionAreFinishedAfterARestart() throws Exception {
        ArchiveFixture fixture = fixture("idle-restart", IDLE);
        produceOpenSessions(fixture, 5);

        stopWhileCutsAreOpen(fixture, 5);
        Ledger.Entry left = ledger(fixture);
        assertThat(left.groups()).hasSize(5);
        assertThat(left.groups().values()).allMatch(group -> group.cuts().size() == 1);
        // The clock would cut nothing now: what is finished was decided before.
        fixture.pipeline = Sessions.pipeline(fixture.pipeline, NEVER, 1000);
        try (Archive archive = fixture.open()) {
            archive.start();
            ArchiveFixture.await("all are archived", () -> fixture.archivedRecords() == 20);
            ArchiveFixture.await(
                    "the ledger is empty", () -> ledger(fixture).groups().isEmpty());
        }

        assertEachSessionIsOneFile(fixture, 5);
        assertThat(ledger(fixture).partition().entry().floor()).isEqualTo(20);
    }

    private static void stopWhileCutsAreOpen(ArchiveFixture fixture, int groups) throws InterruptedException {
        FlakyObjectStore[] flaky = new FlakyObjectStore[1];
        fixture.storeWrapper = store -> {
            flaky[0] = new FlakyObjectStore(store, 1);
            flaky[0].beginOutage();
            return flaky[0];
        };
        try (Archive archive = fixture.open()) {
            archive.start();
            ArchiveFixture.await("all are cut", () -> ledger(fixture).groups().size() == groups);
        }
        fixture.storeWrapper = store -> store;
    }

    /** Sessions without an end marker, four records each, one after the other round and round. */
    private static void produceOpenSessions(ArchiveFixture fixture, int sessions) {
        Sessions.produce(
                fixture,
                IntStream.range(0, 4 * sessions)
                        .mapToObj(i -> Sessions.sample(i % sessions, i))
                        .toArray(TelemetryRecord[]::new));
    }

    private static void assertEachSessionIsOneFile(ArchiveFixture fixture, int sessions) throws IOException {
        assertThat(fixture.manifest()).extracting(DataFile::getKey).doesNotHaveDuplicates();
        for (int session = 0; session < sessions; session++) {
            assertThat(times(fixture, "telemetry/" + session + ".parquet"))
                    .containsExactly(
                            (double) session,
                            (double) session + sessions,
                            (double) session + 2 * sessions,
                            (double) session + 3 * sessions);
        }
    }

    // ---- channels that appear late ---------------------------------------------------------------------------------

    @Test
    void aChannelThatAppearsAfterARowGroupOpensOneFurtherFile() throws Exception {
        ArchiveFixture fixture = fixture("channels", NEVER);
        // A budget that a few batches exceed, so that the session's rows go to the spool before the channel appears.
        fixture.tune = settings -> withBudget(settings, 128 << 10);
        produceSamples(fixture, 0, 6000, Map.of("oil", 1.0));
        produceSamples(fixture, 6000, 6100, Map.of("oil", 2.0, "wind", 3.0));
        Sessions.produce(fixture, Sessions.end(7));

        fixture.runUntilArchived(6101);

        List<DataFile> manifest = fixture.manifest();
        assertThat(manifest).extracting(DataFile::getRotationReason).containsExactly("schema", "group_end");
        assertThat(manifest).extracting(DataFile::getRecords).containsExactly(6000L, 101L);
        assertThat(manifest)
                .extracting(DataFile::getKey)
                .containsExactlyInAnyOrder("telemetry/7.parquet", qualifiedKeyOf(manifest, 6000));
        List<Map<String, @Nullable Object>> before =
                rows(fixture, manifest.get(0).getKey());
        List<Map<String, @Nullable Object>> after =
                rows(fixture, manifest.get(1).getKey());
        assertThat(before)
                .hasSize(6000)
                .allMatch(row -> Objects.equals(row.get("oil"), 1.0) && !row.containsKey("wind"));
        assertThat(after)
                .hasSize(100)
                .allMatch(row -> Objects.equals(row.get("oil"), 2.0) && Objects.equals(row.get("wind"), 3.0));
    }

    /** Whichever upload came second was qualified. */
    private static String qualifiedKeyOf(List<DataFile> manifest, long secondOffset) {
        return manifest.get(0).getKey().equals("telemetry/7.parquet")
                ? "telemetry/7-0-" + secondOffset + ".parquet"
                : "telemetry/7-0-0.parquet";
    }

    @Test
    void channelsThatAppearBeforeThatAreColumnsOfTheSameFile() throws Exception {
        ArchiveFixture fixture = fixture("channels-early", NEVER);
        produceSamples(fixture, 0, 100, Map.of("oil", 1.0));
        produceSamples(fixture, 100, 200, Map.of("wind", 3.0));
        Sessions.produce(fixture, Sessions.end(7));

        fixture.runUntilArchived(201);

        assertThat(fixture.manifest()).singleElement().satisfies(file -> {
            assertThat(file.getKey()).isEqualTo("telemetry/7.parquet");
            assertThat(file.getRows()).isEqualTo(200);
        });
        assertThat(fixture.query("select count(*) from {files} where oil = 1 and wind is null"))
                .isEqualTo(100);
        assertThat(fixture.query("select count(*) from {files} where wind = 3 and oil is null"))
                .isEqualTo(100);
    }

    @Test
    void aRestoredCutGivesTheSameFileWithItsChannels() throws Exception {
        ArchiveFixture fixture = fixture("channels-restored", IDLE);
        produceSamples(fixture, 0, 50, Map.of("oil", 1.0));
        produceSamples(fixture, 50, 100, Map.of("wind", 3.0, "air", 4.0));
        List<byte[]> decided = new CopyOnWriteArrayList<>();
        fixture.storeWrapper = store -> refusingPuts(store, decided);
        try (Archive archive = fixture.open()) {
            archive.start();
            ArchiveFixture.await("the file was to be put", () -> !decided.isEmpty());
        }

        fixture.storeWrapper = store -> store;
        fixture.pipeline = Sessions.pipeline(fixture.pipeline, NEVER, 1000);
        fixture.runUntilArchived(100);

        assertThat(fixture.archiveFolder().resolve("telemetry/7.parquet")).hasBinaryContent(decided.get(0));
        assertThat(fixture.query("select count(*) from {files} where oil = 1 or (wind = 3 and air = 4)"))
                .isEqualTo(100);
    }

    @Test
    void aRestoredCutGivesTheSameFileWithAChannelThatNoneOfItsSamplesHas() throws Exception {
        ArchiveFixture fixture = fixture("channels-carried", new RotationSettings(50L, null, null, null, null));
        produceSamples(fixture, 0, 50, Map.of("oil", 1.0));
        produceSamples(fixture, 50, 100, Map.of());
        List<byte[]> decided = new CopyOnWriteArrayList<>();
        fixture.storeWrapper = store -> refusingPuts(store, decided);
        try (Archive archive = fixture.open()) {
            archive.start();
            ArchiveFixture.await(
                    "both files were to be put",
                    () -> decided.stream().mapToInt(Arrays::hashCode).distinct().count() == 2);
        }

        fixture.storeWrapper = store -> store;
        fixture.runUntilArchived(100);

        List<DataFile> manifest = fixture.manifest();
        assertThat(manifest)
                .extracting(DataFile::getKey)
                .containsExactlyInAnyOrder("telemetry/7.parquet", qualifiedKeyOf(manifest, 50));
        Path second = fixture.archiveFolder().resolve(manifest.get(1).getKey());
        byte[] stored = Files.readAllBytes(second);
        assertThat(decided).anySatisfy(bytes -> assertThat(stored).isEqualTo(bytes));
        assertThat(fixture.query("select count(*) from parquet_schema('" + second + "') where name = 'oil'"))
                .isEqualTo(1);
        assertThat(fixture.query("select count(*) from {files} where oil = 1")).isEqualTo(50);
        assertThat(fixture.files()).hasSize(2);
    }

    /** A store that takes note of what is put, and fails. */
    private static ObjectStore refusingPuts(ObjectStore store, List<byte[]> puts) {
        return (ObjectStore) Proxy.newProxyInstance(
                SessionFilesIT.class.getClassLoader(),
                new Class<?>[] {ObjectStore.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("putIfAbsent")) {
                        puts.add(Files.readAllBytes((Path) arguments[1]));
                        throw new StorageException("refused", true);
                    }
                    return method.invoke(store, arguments);
                });
    }

    private static void produceSamples(ArchiveFixture fixture, int from, int to, Map<String, Double> aux) {
        Sessions.produce(
                fixture,
                IntStream.range(from, to)
                        .mapToObj(i -> Sessions.sample(7, i, aux))
                        .toArray(TelemetryRecord[]::new));
    }

    // ---- what both need --------------------------------------------------------------------------------------------

    static ApplicationSettings withBudget(ApplicationSettings settings, long bytes) {
        return new ApplicationSettings(
                settings.name(),
                settings.kafka(),
                bytes,
                settings.stateDirectory(),
                settings.spool(),
                settings.spoolLimitBytes(),
                settings.uploadThreads(),
                settings.drainTimeout(),
                settings.pipelines());
    }

    private static Ledger.Entry ledger(ArchiveFixture fixture) {
        return LedgerReader.read(
                        Map.of("bootstrap.servers", broker.bootstrapServers()),
                        "test-" + fixture.topic + "-ledger-changelog",
                        1)
                .of(new TopicPartition(fixture.topic, 0));
    }

    /** Keys of the group's decided files that are not finished. */
    private static List<String> cuts(ArchiveFixture fixture, String group) {
        var entry = ledger(fixture).groups().get(group);
        return entry == null ? List.of() : entry.cuts().stream().map(Cut::key).toList();
    }

    private static List<Double> times(ArchiveFixture fixture, String key) throws IOException {
        return rows(fixture, key).stream()
                .map(row -> (Double) Objects.requireNonNull(row.get("time")))
                .toList();
    }

    private static List<Map<String, @Nullable Object>> rows(ArchiveFixture fixture, String key) throws IOException {
        try (DataFileReader reader = DataFileReader.open(fixture.archiveFolder().resolve(key))) {
            return reader.rows();
        }
    }
}
