package dev.alluvium.crash;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dev.alluvium.proto.lakesync.v1.ColumnDelta;
import dev.alluvium.proto.lakesync.v1.DeltaOp;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import dev.alluvium.proto.manifest.v1.DataFile;
import dev.alluvium.proto.telemetry.v1.SessionEnd;
import dev.alluvium.proto.telemetry.v1.TelemetryRecord;
import dev.alluvium.proto.telemetry.v1.TelemetrySample;
import dev.alluvium.record.SourceChecksum;
import dev.alluvium.record.SourceRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * A small archive made with DuckDB, its rows written down by hand: what the checker must accept, and what its tests
 * spoil. Deltas at offsets 0, 1, 3, 4, 6 of one partition (4 is bad, 2 and 5 were never committed) in three files, and a
 * session of two samples and an end marker in one.
 */
final class HandMadeArchive {
    static final String CLUSTER = "cluster";
    static final Map<String, Map<String, String>> TABLES = Map.of("users", Map.of("name", "string", "age", "number"));

    private static final long TIME = 1_770_000_000_000L;
    /** 2026-02-02. */
    private static final long HLC = (TIME << 16) | 7;

    private static final long DAY = 86_400_000L << 16;

    final List<ConsumerRecord<byte[], byte[]>> deltas = new ArrayList<>();
    final List<ConsumerRecord<byte[], byte[]>> deltaLetters = new ArrayList<>();
    final List<ConsumerRecord<byte[], byte[]>> deltaManifest = new ArrayList<>();
    final List<ConsumerRecord<byte[], byte[]>> telemetry = new ArrayList<>();
    final List<ConsumerRecord<byte[], byte[]>> telemetryManifest = new ArrayList<>();

    private final Path folder;
    /** SELECTs of one row each, by object key. */
    private final Map<String, List<String>> rows = new TreeMap<>();

    private final Map<String, Map<String, String>> footers = new TreeMap<>();

    private HandMadeArchive(Path folder) {
        this.folder = folder;
    }

    /** Writes the archive as it should be. */
    static HandMadeArchive write(Path folder) throws Exception {
        HandMadeArchive archive = new HandMadeArchive(folder);
        archive.makeDeltas();
        archive.makeTelemetry();
        archive.rewriteAll();
        return archive;
    }

    List<DataSet> dataSets() {
        return List.of(
                new DataSet(
                        "deltas",
                        "changes",
                        "changes-id",
                        new DeltaExpectation(TABLES),
                        deltas,
                        deltaLetters,
                        deltaManifest),
                new DataSet(
                        "telemetry",
                        "samples",
                        "samples-id",
                        new TelemetryExpectation(),
                        telemetry,
                        List.of(),
                        telemetryManifest));
    }

    // ---- the data --------------------------------------------------------------------------------------------------

    private void makeDeltas() {
        deltas.add(delta(0, DeltaOp.DELTA_OP_INSERT, "users", HLC, "name", "\"Ann\"", "age", "30.5"));
        deltas.add(delta(1, DeltaOp.DELTA_OP_UPDATE, "users", HLC + DAY, "name", "null", "note", "[1]"));
        deltas.add(delta(3, DeltaOp.DELTA_OP_DELETE, "users", HLC));
        deltas.add(delta(4, DeltaOp.DELTA_OP_UNSPECIFIED, "users", HLC));
        deltas.add(delta(6, DeltaOp.DELTA_OP_INSERT, "users", HLC, "age", "31"));

        file("deltas", "a.parquet", "users/2026-02-02", 0, 4, deltas.get(0), deltas.get(2));
        row("a.parquet", users(0, "INSERT", HLC, "'Ann'", "30.5", "['name', 'age']", "[]"));
        row("a.parquet", users(3, "DELETE", HLC, "NULL", "NULL", "[]", "[]"));
        file("deltas", "b.parquet", "users/2026-02-02", 6, 7, deltas.get(4));
        row("b.parquet", users(6, "INSERT", HLC, "NULL", "31", "['age']", "[]"));
        file("deltas", "c.parquet", "users/2026-02-03", 1, 7, deltas.get(1));
        row("c.parquet", users(1, "UPDATE", HLC + DAY, "NULL", "NULL", "['name', 'note']", "[('note', '[1]')]"));
        footerOf("a.parquet").put("alluvium.undelivered", "1");
        footerOf("c.parquet").put("alluvium.undelivered", "2");

        RecordHeaders headers = new RecordHeaders();
        headers.add("trace", new byte[] {1});
        letterHeader(headers, "reason", "unspecified_op");
        letterHeader(headers, "topic", "changes");
        letterHeader(headers, "partition", "0");
        letterHeader(headers, "offset", "4");
        letterHeader(headers, "timestamp", Long.toString(TIME + 4));
        deltaLetters.add(
                record("letters", 0, deltas.get(3).key(), deltas.get(3).value().clone(), headers));
    }

    private static void letterHeader(RecordHeaders headers, String name, String value) {
        headers.add("alluvium." + name, value.getBytes(StandardCharsets.UTF_8));
    }

    private static String users(
            long offset, String op, long hlc, String name, String age, String columns, String extra) {
        return "SELECT '" + op + "' AS op, 'users' AS \"table\", 'r" + offset + "' AS rowId, 'client' AS clientId, "
                + hlc
                + "::BIGINT AS hlc, 'id' AS deltaId, " + name + "::VARCHAR AS name, " + age + "::DOUBLE AS age, "
                + "make_timestamptz(" + (hlc >>> 16) * 1000 + "::BIGINT) AS hlcTs, " + columns
                + "::VARCHAR[] AS _columns, map_from_entries(" + extra
                + "::STRUCT(k VARCHAR, v VARCHAR)[]) AS _extra, " + coordinates(offset);
    }

    private static String coordinates(long offset) {
        return "0::INTEGER AS _partition, " + offset + "::BIGINT AS _offset, make_timestamptz(" + (TIME + offset) * 1000
                + "::BIGINT) AS _timestamp";
    }

    private static ConsumerRecord<byte[], byte[]> delta(
            long offset, DeltaOp op, String table, long hlc, String... columns) {
        RowDelta.Builder delta = RowDelta.newBuilder()
                .setOp(op)
                .setTable(table)
                .setRowId("r" + offset)
                .setHlc(hlc)
                .setClientId("client")
                .setDeltaId("id");
        for (int i = 0; i < columns.length; i += 2) {
            delta.addColumns(
                    ColumnDelta.newBuilder().setColumn(columns[i]).setValue(ByteString.copyFromUtf8(columns[i + 1])));
        }
        RecordHeaders headers = new RecordHeaders();
        headers.add("trace", new byte[] {1});
        return record("changes", offset, "key".getBytes(StandardCharsets.UTF_8), delta.build(), headers);
    }

    private void makeTelemetry() {
        telemetry.add(sample(0, 0.5, 1.25));
        telemetry.add(sample(1, 1.0, null));
        telemetry.add(record(
                "samples",
                2,
                null,
                TelemetryRecord.newBuilder()
                        .setEnd(SessionEnd.newBuilder().setSessionId(9))
                        .build(),
                new RecordHeaders()));
        file("telemetry", "t/9.parquet", "session=9", 0, 3, telemetry.get(0), telemetry.get(1), telemetry.get(2));
        row("t/9.parquet", sampleRow(0, "0.5", "1.25"));
        row("t/9.parquet", sampleRow(1, "1.0", "NULL"));
    }

    private static String sampleRow(long offset, String time, String oil) {
        return "SELECT 1::INTEGER AS lap_number, " + time + "::DOUBLE AS time, " + "NULL::DOUBLE AS speed, " + oil
                + "::DOUBLE AS oil, " + coordinates(offset);
    }

    private static ConsumerRecord<byte[], byte[]> sample(long offset, double time, @Nullable Double oil) {
        TelemetrySample.Builder sample =
                TelemetrySample.newBuilder().setSessionId(9).setLapNumber(1).setTime(time);
        Optional.ofNullable(oil).ifPresent(value -> sample.putAux("oil", value));
        return record(
                "samples",
                offset,
                null,
                TelemetryRecord.newBuilder().setSample(sample).build(),
                new RecordHeaders());
    }

    private static ConsumerRecord<byte[], byte[]> record(
            String topic, long offset, byte @Nullable [] key, MessageLite value, RecordHeaders headers) {
        return record(topic, offset, key, value.toByteArray(), headers);
    }

    @SuppressWarnings("NullAway") // a record may have no key
    private static ConsumerRecord<byte[], byte[]> record(
            String topic, long offset, byte @Nullable [] key, byte[] value, RecordHeaders headers) {
        return new ConsumerRecord<>(
                topic,
                0,
                offset,
                TIME + offset,
                TimestampType.CREATE_TIME,
                0,
                value.length,
                key,
                value,
                headers,
                Optional.empty());
    }

    // ---- the files -------------------------------------------------------------------------------------------------

    @SafeVarargs
    private void file(
            String pipeline,
            String key,
            String group,
            long first,
            long end,
            ConsumerRecord<byte[], byte[]>... records) {
        SourceChecksum checksum = new SourceChecksum();
        long markers = 0;
        for (ConsumerRecord<byte[], byte[]> record : records) {
            checksum.add(new SourceRecord(record.offset(), record.timestamp(), record.key(), record.value()));
            markers += record.topic().equals("samples") && record.offset() == 2 ? 1 : 0;
        }
        long last = records[records.length - 1].offset();
        Map<String, String> footer = new LinkedHashMap<>();
        footer.put("alluvium.cluster.id", CLUSTER);
        footer.put("alluvium.topic", pipeline.equals("deltas") ? "changes" : "samples");
        footer.put("alluvium.topic.id", pipeline.equals("deltas") ? "changes-id" : "samples-id");
        footer.put("alluvium.partition", "0");
        footer.put("alluvium.pipeline", pipeline);
        footer.put("alluvium.group", group);
        footer.put("alluvium.offset.first", Long.toString(first));
        footer.put("alluvium.offset.last", Long.toString(last));
        footer.put("alluvium.offset.end", Long.toString(end));
        footer.put("alluvium.records", Integer.toString(records.length));
        footer.put("alluvium.rows", Long.toString(records.length - markers));
        footer.put("alluvium.undelivered", "0");
        footer.put("alluvium.source.checksum", Long.toHexString(checksum.value()));
        footer.put("alluvium.timestamp.min", Long.toString(records[0].timestamp()));
        footer.put("alluvium.timestamp.max", Long.toString(TIME + last));
        footer.put("alluvium.schema.fingerprint", "f");
        footers.put(key, footer);
        rows.put(key, new ArrayList<>());
    }

    private List<String> rowsOf(String key) {
        return Objects.requireNonNull(rows.get(key), key);
    }

    private Map<String, String> footerOf(String key) {
        return Objects.requireNonNull(footers.get(key), key);
    }

    private void row(String key, String select) {
        rowsOf(key).add(select);
    }

    /** Writes all files and the manifest as the rows and footers say. */
    private void rewriteAll() throws Exception {
        deltaManifest.clear();
        telemetryManifest.clear();
        for (String key : rows.keySet()) {
            writeFile(key);
            ConsumerRecord<byte[], byte[]> entry = manifestEntry(key);
            (key.startsWith("t/") ? telemetryManifest : deltaManifest).add(entry);
        }
    }

    private void writeFile(String key) throws SQLException, IOException {
        Path file = folder.resolve(key);
        Files.createDirectories(file.getParent());
        String pairs = footerOf(key).entrySet().stream()
                .map(pair -> "'" + pair.getKey() + "': '" + pair.getValue() + "'")
                .collect(Collectors.joining(", "));
        try (var duckdb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckdb.createStatement()) {
            statement.execute("COPY (" + String.join(" UNION ALL ", rowsOf(key)) + ") TO '" + file
                    + "' (FORMAT parquet, KV_METADATA {" + pairs + "})");
        }
    }

    private ConsumerRecord<byte[], byte[]> manifestEntry(String key) throws IOException {
        Map<String, String> footer = footerOf(key);
        byte[] bytes = Files.readAllBytes(folder.resolve(key));
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        DataFile file = DataFile.newBuilder()
                .setKey(key)
                .setClusterId(CLUSTER)
                .setTopic(footer.getOrDefault("alluvium.topic", ""))
                .setTopicId(footer.getOrDefault("alluvium.topic.id", ""))
                .setPipeline(footer.getOrDefault("alluvium.pipeline", ""))
                .setGroup(footer.getOrDefault("alluvium.group", ""))
                .setFirstOffset(Long.parseLong(footer.getOrDefault("alluvium.offset.first", "")))
                .setLastOffset(Long.parseLong(footer.getOrDefault("alluvium.offset.last", "")))
                .setEndOffset(Long.parseLong(footer.getOrDefault("alluvium.offset.end", "")))
                .setRecords(Long.parseLong(footer.getOrDefault("alluvium.records", "")))
                .setRows(Long.parseLong(footer.getOrDefault("alluvium.rows", "")))
                .setBytes(bytes.length)
                .setSourceChecksum(Long.parseUnsignedLong(footer.getOrDefault("alluvium.source.checksum", ""), 16))
                .setObjectChecksum(String.format("crc32c:%08x", crc.getValue()))
                .setMinTimestampMs(Long.parseLong(footer.getOrDefault("alluvium.timestamp.min", "")))
                .setMaxTimestampMs(Long.parseLong(footer.getOrDefault("alluvium.timestamp.max", "")))
                .setSchemaFingerprint("f")
                .build();
        return record("manifest", 0, key.getBytes(StandardCharsets.UTF_8), file, new RecordHeaders());
    }

    // ---- what spoils it --------------------------------------------------------------------------------------------

    /** Leaves a row out of a file whose footer and manifest entry still promise it. */
    void dropRow(String key, int index) throws Exception {
        rowsOf(key).remove(index);
        rewriteAll();
    }

    /** Has a row in a file twice. */
    void doubleRow(String key, int index) throws Exception {
        rowsOf(key).add(rowsOf(key).get(index));
        rewriteAll();
    }

    /** Changes what a file's rows say. */
    void replaceInRows(String key, String text, String by) throws Exception {
        rowsOf(key).replaceAll(row -> row.replace(text, by));
        rewriteAll();
    }

    /** Changes what a file's footer says. */
    void setFooter(String key, String name, String value) throws Exception {
        footerOf(key).put("alluvium." + name, value);
        rewriteAll();
    }

    /** Changes a byte of a file; the manifest still has the checksum of the one before. */
    void flipByte(String key, int position) throws IOException {
        byte[] bytes = Files.readAllBytes(folder.resolve(key));
        bytes[position] ^= 1;
        Files.write(folder.resolve(key), bytes);
    }
}
