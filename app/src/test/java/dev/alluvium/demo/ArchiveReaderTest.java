package dev.alluvium.demo;

import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alluvium.demo.DataSet.Position;
import dev.alluvium.demo.DuckWriter.Sent;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import dev.alluvium.proto.telemetry.v1.TelemetryRecord;
import dev.alluvium.proto.telemetry.v1.TelemetrySample;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The comparison itself is on trial here: each test spoils a good archive in one way. */
class ArchiveReaderTest {
    private static final int RECORDS = 300;

    @TempDir
    Path archive;

    private final Expectation deltas = new Expectation(Layout.DELTAS);
    private final Expectation telemetry = new Expectation(Layout.TELEMETRY);
    private DuckWriter writer;
    private Path users;
    private Path session;

    @BeforeEach
    void writeAGoodArchive() throws Exception {
        writer = new DuckWriter();
        users = archive.resolve("deltas/2026-02-03/demo/users-1-2-0-0.parquet");
        session = archive.resolve("telemetry/1001.parquet");
        List<Sent<RowDelta>> sentDeltas = new ArrayList<>();
        DeltaData deltaData = new DeltaData(7, 100, 0);
        for (int i = 0; i < RECORDS; i++) {
            deltaData.produce(
                    i,
                    (key, value, timestampMs) -> {
                        sentDeltas.add(new Sent<>(parseDelta(value), timestampMs, 0, sentDeltas.size()));
                        return new Position(0, sentDeltas.size() - 1);
                    },
                    deltas);
        }
        List<Sent<TelemetrySample>> samples = new ArrayList<>();
        TelemetryData telemetryData = new TelemetryData(7, 25, 0);
        for (int i = 0; i < RECORDS; i++) {
            telemetryData.produce(
                    i,
                    (key, value, timestampMs) -> {
                        TelemetryRecord record = parseTelemetry(value);
                        if (record.hasSample()) {
                            samples.add(new Sent<>(record.getSample(), timestampMs, 2, samples.size()));
                        }
                        return new Position(2, samples.size() - 1);
                    },
                    telemetry);
        }
        Map<String, List<Sent<RowDelta>>> byTable =
                sentDeltas.stream().collect(groupingBy(sent -> sent.message().getTable()));
        for (Map.Entry<String, List<Sent<RowDelta>>> table : byTable.entrySet()) {
            Path file = archive.resolve("deltas/2026-02-03/demo/" + table.getKey() + "-1-2-0-0.parquet");
            writer.writeDeltas(table.getKey(), table.getValue(), file);
        }
        Map<Long, List<Sent<TelemetrySample>>> bySession =
                samples.stream().collect(groupingBy(sent -> sent.message().getSessionId()));
        for (Map.Entry<Long, List<Sent<TelemetrySample>>> each : bySession.entrySet()) {
            writer.writeSession(each.getValue(), archive.resolve("telemetry/" + each.getKey() + ".parquet"));
        }
    }

    @AfterEach
    void close() throws Exception {
        writer.close();
    }

    @Test
    void agreesWithAGoodArchive() throws Exception {
        Comparison.Pipeline pipeline = compare(deltas);
        assertThat(pipeline.differences()).isEmpty();
        assertThat(pipeline.recordsIn()).isEqualTo(RECORDS);
        assertThat(pipeline.rows()).isEqualTo(RECORDS);
        assertThat(pipeline.files()).isEqualTo(4);
        assertThat(pipeline.bytes()).isGreaterThan(1_000);
        assertThat(pipeline.ratio()).isGreaterThan(1);
        assertThat(pipeline.recordsPerSecond()).isEqualTo(RECORDS / 2.0);
        pipeline = compare(telemetry);
        assertThat(pipeline.differences()).isEmpty();
        assertThat(pipeline.rows()).isEqualTo(RECORDS);
        assertThat(pipeline.files()).isEqualTo(12);
        try (ArchiveReader reader = new ArchiveReader(archive)) {
            assertThat(reader.strangers(List.of(Layout.values()))).isEmpty();
        }
    }

    @Test
    void agreesWhenRowsAreInAnotherOrderAndTheKafkaCoordinatesSwitchedOff() throws Exception {
        rewrite(users, "SELECT * EXCLUDE (_partition, _offset, _timestamp) FROM %s ORDER BY \"deltaId\"");
        rewrite(session, "SELECT * EXCLUDE (_partition, _offset, _timestamp) FROM %s ORDER BY speed");
        assertThat(compare(deltas).differences()).isEmpty();
        assertThat(compare(telemetry).differences()).isEmpty();
    }

    @Test
    void noticesADroppedRow() throws Exception {
        rewrite(users, "SELECT * FROM %s WHERE _offset <> (SELECT min(_offset) FROM %1$s)");
        assertThat(compare(deltas).differences()).first().asString().matches("users: (\\d+) rows in the files, .*");
        rewrite(session, "SELECT * FROM %s WHERE seq <> 3");
        assertThat(compare(telemetry).differences())
                .contains(
                        "1001: 24 rows in the files, 25 produced", "1001.speed: the values differ from those produced");
    }

    @Test
    void noticesADoubledFile() throws Exception {
        Files.copy(users, users.resolveSibling("users-1-2-0-7.parquet"));
        assertThat(compare(deltas).differences()).anyMatch(difference -> difference.startsWith("users: "));
        Files.copy(session, session.resolveSibling("1001-2-7.parquet"));
        assertThat(compare(telemetry).differences()).contains("1001: 50 rows in the files, 25 produced");
    }

    @Test
    void noticesARowThatReplacesAnother() throws Exception {
        rewrite(session, "SELECT * FROM %s WHERE seq <> 3 UNION ALL SELECT * FROM %1$s WHERE seq = 4");
        assertThat(compare(telemetry).differences()).contains("1001.seq: the values differ from those produced");
    }

    @Test
    void noticesAChangedValueOfEveryKind() throws Exception {
        assertOnlyDiffers("users", "name", "name || ' '");
        assertOnlyDiffers("users", "age", "age + 1e-9");
        assertOnlyDiffers("users", "active", "NOT active");
        assertOnlyDiffers("users", "profile", "replace(profile::VARCHAR, ',', ', ')::JSON");
        assertOnlyDiffers("users", "hlc", "hlc + 1");
        assertOnlyDiffers("users", "hlcTs", "hlcTs + INTERVAL 1 MICROSECOND");
        assertOnlyDiffers("users", "_columns", "list_reverse(_columns)");
        assertOnlyDiffers("users", "_extra", "MAP {'trace': '-1'}");
        assertOnlyDiffers("users", "_offset", "_offset + 1");
    }

    @Test
    void noticesANullThatShouldBeAValueAndTheOtherWayRound() throws Exception {
        rewrite(session, "SELECT * REPLACE (if(seq = 3, NULL, speed) AS speed) FROM %s");
        assertThat(compare(telemetry).differences())
                .containsExactly(
                        "1001.speed: 1 nulls in the files, 0 produced",
                        "1001.speed: the values differ from those produced");
        rewrite(users, "SELECT * REPLACE (coalesce(age, 0) AS age) FROM %s");
        assertThat(compare(deltas).differences()).hasSize(2).allMatch(text -> text.startsWith("users.age: "));
    }

    @Test
    void noticesValuesThatSlipIntoOtherRows() throws Exception {
        rewrite(
                session,
                "SELECT * REPLACE (coalesce(lag(distance) OVER (ORDER BY seq), max(distance) OVER ())"
                        + " AS distance) FROM %s");
        assertThat(compare(telemetry).differences())
                .containsExactly("1001.distance: the values differ from those produced");
    }

    @Test
    void noticesColumnsThatAreMissingAddedOrOfAnotherType() throws Exception {
        rewrite(session, "SELECT * EXCLUDE (gear), 1 AS surprise, FROM %s");
        assertThat(compare(telemetry).differences())
                .containsExactly(
                        "1001.gear: no such column in the files", "1001.surprise: a column that nobody produced");
        rewrite(users, "SELECT * REPLACE (age::VARCHAR AS age) FROM %s");
        assertThat(compare(deltas).differences()).containsExactly("users.age: VARCHAR in the files, not DOUBLE");
    }

    @Test
    void noticesFilesThatAreMissingUnreadableOrNobodys() throws Exception {
        Files.delete(session);
        Files.writeString(session.resolveSibling("1002.parquet"), "not Parquet at all");
        Files.writeString(archive.resolve("telemetry/notes.txt"), "");
        Files.writeString(archive.resolve("telemetry/notes.parquet"), "");
        assertThat(compare(telemetry).differences())
                .contains(
                        "1001: no file, 25 rows produced",
                        "telemetry/notes.txt: not a data file",
                        "telemetry/notes.parquet: not the name of a session's file")
                .anyMatch(difference -> difference.startsWith("1002: DuckDB cannot read it: "));
        Files.writeString(users, "not Parquet at all");
        assertThat(compare(deltas).differences())
                .anyMatch(difference -> difference.startsWith("DuckDB cannot read the files: "));
        Files.writeString(archive.resolve("stray.parquet"), "");
        try (ArchiveReader reader = new ArchiveReader(archive)) {
            assertThat(reader.strangers(List.of(Layout.values()))).containsExactly("stray.parquet");
        }
    }

    @Test
    void noticesMissingDeadLetters() throws Exception {
        deltas.addBadRecord(10);
        assertThat(compare(deltas).differences()).containsExactly("0 dead letters, 1 bad records produced");
    }

    private void assertOnlyDiffers(String table, String column, String sql) throws Exception {
        Path good = archive.resolveSibling("good-" + users.getFileName());
        Files.copy(users, good);
        rewrite(
                users,
                "SELECT * REPLACE (CASE WHEN _offset = (SELECT min(_offset) FROM %1$s WHERE " + column
                        + " IS NOT NULL AND len(_columns) > 1) THEN " + sql + " ELSE " + column + " END AS " + column
                        + ") FROM %1$s");
        assertThat(compare(deltas).differences())
                .as(column)
                .containsExactly(table + "." + column + ": the values differ from those produced");
        Files.move(good, users, StandardCopyOption.REPLACE_EXISTING);
    }

    private void rewrite(Path file, String select) throws Exception {
        Path spoiled = archive.resolveSibling("spoiled.parquet");
        writer.execute("COPY (" + select.formatted("read_parquet('" + file + "')") + ") TO '" + spoiled
                + "' (FORMAT parquet)");
        Files.move(spoiled, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private Comparison.Pipeline compare(Expectation expected) throws Exception {
        try (ArchiveReader reader = new ArchiveReader(archive)) {
            return reader.compare(expected, 0, 2);
        }
    }

    private static RowDelta parseDelta(byte[] value) {
        try {
            return RowDelta.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TelemetryRecord parseTelemetry(byte[] value) {
        try {
            return TelemetryRecord.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            throw new UncheckedIOException(e);
        }
    }
}
