package dev.alluvium.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.batch.RotationSettings;
import dev.alluvium.decode.DeltaSettings;
import dev.alluvium.decode.DeltaSettings.Form;
import dev.alluvium.demo.EmbeddedBroker;
import dev.alluvium.parquet.DataFileReader;
import dev.alluvium.parquet.WriterSettings;
import dev.alluvium.proto.lakesync.v1.SyncPush;
import dev.alluvium.proto.manifest.v1.DataFile;
import dev.alluvium.proto.telemetry.v1.SessionEnd;
import dev.alluvium.proto.telemetry.v1.SessionMetadata;
import dev.alluvium.proto.telemetry.v1.TelemetryLap;
import dev.alluvium.proto.telemetry.v1.TelemetryLap.Channel;
import dev.alluvium.proto.telemetry.v1.TelemetryRecord;
import dev.alluvium.storage.ObjectStore;
import dev.alluvium.storage.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records that are many rows, and files that are JSON, on a real broker, over restarts. */
class RowSetsIT {
    private static final RotationSettings SOON = new RotationSettings(null, null, Duration.ofMillis(300), null, null);

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

    private ArchiveFixture fixture(String topic) {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, topic);
        fixture.createTopic(1);
        return fixture;
    }

    private static PipelineSettings pipeline(
            PipelineSettings like, DataSettings data, String key, WriterSettings writer, RotationSettings rotation) {
        return new PipelineSettings(
                like.name(),
                like.enabled(),
                like.kafka(),
                like.source(),
                data,
                key,
                writer,
                rotation,
                like.maxOpenGroups(),
                like.deadLetterTopic(),
                like.manifestTopic(),
                like.threads(),
                like.cutOnShutdown(),
                like.metadata(),
                like.late());
    }

    private static long rows(ArchiveFixture fixture) {
        return fixture.manifest().stream().mapToLong(DataFile::getRows).sum();
    }

    /** A store whose puts of some keys fail, before the object is there or after. */
    private static ObjectStore failing(
            ObjectStore store, Predicate<String> keys, boolean isStored, AtomicInteger failures) {
        return (ObjectStore) Proxy.newProxyInstance(
                RowSetsIT.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("putIfAbsent") || !keys.test((String) arguments[0])) {
                        return method.invoke(store, arguments);
                    }
                    if (isStored) {
                        method.invoke(store, arguments);
                    }
                    failures.incrementAndGet();
                    throw new StorageException("no answer", true);
                });
    }

    // ---- batches of deltas -----------------------------------------------------------------------------------------

    /** The files of one table are finished and those of another are not when the process ends. */
    @Test
    void everyDeltaOfABatchIsArchivedOnceThoughItsTablesAreCutApart() throws Exception {
        ArchiveFixture fixture = fixture("pushes");
        DeltaSettings deltas = new DeltaSettings(
                "gw-1", List.of(ArchiveFixture.todos()), false, true, DeltaSettings.ClockDrift.COUNT, Form.PUSH);
        fixture.pipeline = pipeline(
                fixture.pipeline,
                new DataSettings.Deltas(deltas),
                fixture.pipeline.keyTemplate(),
                WriterSettings.DEFAULT,
                SOON);
        producePushes(fixture, 0, 20);
        AtomicInteger failures = new AtomicInteger();
        fixture.storeWrapper = store -> failing(store, key -> key.contains("/users-"), false, failures);
        fixture.runUntil("todos are archived, users are not", () -> rows(fixture) == 40 && failures.get() > 0);

        producePushes(fixture, 20, 30);
        fixture.produce(0, SyncPush.newBuilder().setClientId("empty").build().toByteArray());
        fixture.produce(
                0,
                push(99).toBuilder()
                        .addDeltas(ArchiveFixture.delta("todos", 1, Instant.parse("2200-01-01T00:00:00Z")))
                        .addDeltas(ArchiveFixture.delta("bad-name", 1, ArchiveFixture.DAY))
                        .build()
                        .toByteArray());
        fixture.storeWrapper = store -> store;
        fixture.runUntil(
                "all is archived",
                () -> rows(fixture) == 90 && fixture.deadLetters().size() == 1);

        assertThat(fixture.metered("alluvium.clock.drift.records")).isPositive();
        assertThat(fixture.query("select count(*) from {files}")).isEqualTo(90);
        assertThat(fixture.query("select count(distinct (_offset, _index)) from {files}"))
                .isEqualTo(90);
        assertThat(fixture.query("select count(*) from {files} where _pushClientId = 'client-' || _offset"))
                .isEqualTo(90);
        assertThat(fixture.query("select count(distinct (\"table\", hlcTs::date)) from {files}"))
                .isEqualTo(3);
        assertThat(fixture.manifest())
                .allSatisfy(file -> assertThat(file.getRecords()).isEqualTo(file.getRows()));
    }

    /** Two todos of two days and a user. */
    private static SyncPush push(int number) {
        Instant nextDay = ArchiveFixture.DAY.plus(1, ChronoUnit.DAYS);
        return SyncPush.newBuilder()
                .setClientId("client-" + number)
                .addDeltas(ArchiveFixture.delta("todos", number, ArchiveFixture.DAY))
                .addDeltas(ArchiveFixture.delta("users", number, ArchiveFixture.DAY))
                .addDeltas(ArchiveFixture.delta("todos", number, nextDay))
                .build();
    }

    private static void producePushes(ArchiveFixture fixture, int from, int to) {
        for (int i = from; i < to; i++) {
            fixture.produce(0, push(i).toByteArray());
        }
    }

    // ---- laps ------------------------------------------------------------------------------------------------------

    @Test
    void lapsAndSamplesOfASessionAreOneSortedFile() throws Exception {
        ArchiveFixture fixture = fixture("laps");
        fixture.pipeline = Sessions.pipeline(
                fixture.pipeline, new RotationSettings(null, null, Duration.ofHours(1), null, null), 1000);
        Sessions.produce(
                fixture,
                Sessions.start(7),
                lap(7, 2, 0.0, 0.2, 0.1),
                lap(7, 1, 0.3, 0.1),
                Sessions.sample(7, 5),
                TelemetryRecord.newBuilder()
                        .setEnd(SessionEnd.newBuilder()
                                .setSessionId(7)
                                .setMetadata(SessionMetadata.newBuilder()
                                        .setImportedAt("2026-02-06T12:00:00Z")
                                        .setSourceType("vbo")
                                        .setChannelCount(13)
                                        .setTotalPoints(6)))
                        .build());

        fixture.runUntilArchived(5);

        assertThat(fixture.manifest()).singleElement().satisfies(file -> {
            assertThat(file.getKey()).isEqualTo("telemetry/7.parquet");
            assertThat(file.getRows()).isEqualTo(6);
        });
        try (DataFileReader file = DataFileReader.open(fixture.archiveFolder().resolve("telemetry/7.parquet"))) {
            assertThat(file.rows())
                    .extracting(row -> row.get("lap_number") + " " + row.get("time") + " " + row.get("_index"))
                    .containsExactly("0 5.0 null", "1 0.1 1", "1 0.3 0", "2 0.0 0", "2 0.1 2", "2 0.2 1");
            assertThat(file.footer())
                    .containsEntry("sessionId", "7")
                    .containsEntry("importedAt", "2026-02-06T12:00:00Z")
                    .containsEntry("sourceType", "vbo")
                    .containsEntry("channelCount", "13")
                    .containsEntry("totalPoints", "6")
                    .containsEntry("auxiliaryChannels", "oil")
                    .containsEntry("sortedBy", "lap_number,time");
        }
    }

    private static TelemetryRecord lap(long session, int number, double... times) {
        TelemetryLap.Builder lap =
                TelemetryLap.newBuilder().setSessionId(session).setLapNumber(number);
        Channel.Builder oil = Channel.newBuilder();
        for (double time : times) {
            lap.addTime(time);
            oil.addValues(time);
        }
        return TelemetryRecord.newBuilder()
                .setLap(lap.putAux("oil", oil.build()))
                .build();
    }

    // ---- envelopes -------------------------------------------------------------------------------------------------

    /** The objects are in the store when the process ends, and the ledger does not know yet. */
    @Test
    void envelopesAreAdoptedAfterARestart() throws Exception {
        ArchiveFixture fixture = fixture("envelopes");
        fixture.pipeline = pipeline(
                fixture.pipeline,
                fixture.pipeline.data(),
                fixture.pipeline.keyTemplate().replace(".parquet", ".json"),
                new WriterSettings(WriterSettings.Format.JSON, WriterSettings.Codec.NONE, 0, 16 << 20, 1 << 20, 20_000),
                new RotationSettings(25L, null, null, null, null));
        fixture.produceDeltas(0, "todos", 0, 50);
        AtomicInteger lost = new AtomicInteger();
        fixture.storeWrapper = store -> failing(store, key -> true, true, lost);
        fixture.runUntil(
                "both files are in the store",
                () -> lost.get() >= 2 && envelopes(fixture).size() == 2);
        assertThat(fixture.manifest()).isEmpty();

        fixture.storeWrapper = store -> store;
        fixture.runUntilArchived(50);

        List<Path> files = envelopes(fixture);
        assertThat(files).hasSize(2);
        assertThat(fixture.manifest())
                .extracting(DataFile::getKey)
                .containsExactlyInAnyOrderElementsOf(files.stream()
                        .map(file -> fixture.archiveFolder().relativize(file).toString())
                        .toList())
                .allMatch(key -> key.matches("deltas/\\d{4}-\\d{2}-\\d{2}/[^/]+/\\w+-\\d+-\\d+-\\d+-\\d+\\.json"));
        assertThat(query("SELECT count(DISTINCT d.\"deltaId\") FROM (SELECT unnest(deltas) AS d FROM read_json('"
                        + fixture.archiveFolder() + "/**/*.json'))"))
                .isEqualTo(50);
    }

    private static List<Path> envelopes(ArchiveFixture fixture) {
        if (!Files.exists(fixture.archiveFolder())) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(fixture.archiveFolder())) {
            return files.filter(path -> path.toString().endsWith(".json")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long query(String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        }
    }
}
