package dev.alluvium.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.alluvium.decode.DeltaDecoder;
import dev.alluvium.decode.DeltaId;
import dev.alluvium.decode.DeltaJson;
import dev.alluvium.decode.DeltaSettings;
import dev.alluvium.decode.Golden;
import dev.alluvium.decode.Group;
import dev.alluvium.parquet.ByteSource;
import dev.alluvium.parquet.DuckDb;
import dev.alluvium.parquet.FileFacts;
import dev.alluvium.parquet.WriterSettings;
import dev.alluvium.proto.lakesync.v1.ColumnDelta;
import dev.alluvium.proto.lakesync.v1.DeltaOp;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import dev.alluvium.record.SourceHeader;
import dev.alluvium.record.SourceRecord;
import dev.alluvium.schema.DeltaColumn;
import dev.alluvium.schema.DeltaTable;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flush envelopes of requirements 1.8, as LakeSync reads them. */
class EnvelopeFileTest {
    private static final DeltaTable USERS = new DeltaTable(
            "users",
            List.of(
                    new DeltaColumn("name", DeltaColumn.Type.STRING),
                    new DeltaColumn("age", DeltaColumn.Type.NUMBER),
                    new DeltaColumn("active", DeltaColumn.Type.BOOLEAN),
                    new DeltaColumn("meta", DeltaColumn.Type.JSON),
                    new DeltaColumn("nothing", DeltaColumn.Type.NULL)));
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private static RowDelta.Builder delta(String row, long wallMs) {
        return RowDelta.newBuilder()
                .setOp(DeltaOp.DELTA_OP_UPDATE)
                .setTable("users")
                .setRowId(row)
                .setClientId("client")
                .setHlc(wallMs << 16)
                .setDeltaId("id-" + row);
    }

    private static ColumnDelta cell(String name, String json) {
        return ColumnDelta.newBuilder()
                .setColumn(name)
                .setValue(ByteString.copyFromUtf8(json))
                .build();
    }

    private static FileFacts facts(int rows, long maxTimestamp) {
        return new FileFacts(
                "cluster",
                "deltas",
                "topic-id",
                3,
                "pipeline",
                "users/1970-01-01",
                100,
                180,
                200,
                rows,
                rows,
                7,
                0xfedcba9876543210L,
                1,
                maxTimestamp,
                "00112233445566778899aabbccddeeff",
                1,
                "CgA=",
                "0.1.0",
                Map.of("table", "users", "date", "1970-01-01", "gateway", "gw-1"));
    }

    /** Writes deltas of one table and day. */
    private Path write(List<RowDelta> deltas, FileFacts facts) throws IOException {
        return write(deltas, facts, MetadataColumns.NONE);
    }

    private Path write(List<RowDelta> deltas, FileFacts facts, MetadataColumns metadata) throws IOException {
        DeltaDecoder decoder = new DeltaDecoder(
                new DeltaSettings("gw-1", List.of(USERS), false, true, DeltaSettings.ClockDrift.COUNT), 0);
        Path spoolFolder = Files.createTempDirectory(folder, "spool");
        try (MemoryBudget budget = new MemoryBudget(64 << 20);
                Spool spool = Spool.open(spoolFolder, 64 << 20)) {
            DataBatch batch = null;
            for (RowDelta delta : deltas) {
                SourceRecord record = new SourceRecord(
                        0, 1_700_000_000_000L, null, delta.toByteArray(), List.of(new SourceHeader("h", new byte[1])));
                assertThat(decoder.read(record)).isNull();
                if (batch == null) {
                    batch = new DataBatch(
                            decoder.group(),
                            List.of(),
                            metadata,
                            0,
                            WriterSettings.DEFAULT,
                            EnvelopeFile.of("gw-1", group -> USERS),
                            budget,
                            spool,
                            0,
                            0);
                }
                batch.append(decoder, record, 0);
            }
            DataBatch.SealedFile file = Objects.requireNonNull(batch).seal(facts.toFooter());
            assertThat(file.length()).isEqualTo(Files.size(file.slot().path()));
            assertThat(spool.usedBytes()).isEqualTo(file.length());
            return file.slot().path();
        }
    }

    @Test
    void isTheEnvelopeOfTheSpecification() throws IOException {
        List<RowDelta> deltas = List.of(
                delta("r1", 1_000_000)
                        .setOp(DeltaOp.DELTA_OP_INSERT)
                        .addColumns(cell("age", "30"))
                        .addColumns(cell("name", "\"A\\u00e9\\n\""))
                        .addColumns(cell("nickname", "null"))
                        .addColumns(cell("meta", "{ \"z\": 1 }"))
                        .addColumns(cell("active", "null"))
                        .build(),
                delta("r2", 2_000_000).setOp(DeltaOp.DELTA_OP_DELETE).build());

        String text = Files.readString(write(deltas, facts(2, 1_795_251_785_000L)));

        assertThat(text.replaceAll(" +\"deltas", "\"deltas").replaceAll("\"alluvium\":.*", "OURS"))
                .isEqualTo("{\"version\":1,\"gatewayId\":\"gw-1\",\"createdAt\":\"2026-11-21T09:03:05.000Z\","
                        + "\"hlcRange\":{\"min\":\"65536000000\",\"max\":\"131072000000\"},\"deltaCount\":2,"
                        + "\"byteSize\":207,\"deltas\":[\n"
                        + "{\"op\":\"INSERT\",\"table\":\"users\",\"rowId\":\"r1\",\"clientId\":\"client\",\"columns\":["
                        + "{\"column\":\"age\",\"value\":30},{\"column\":\"name\",\"value\":\"A\u00e9\\n\"},"
                        + "{\"column\":\"nickname\",\"value\":null},{\"column\":\"meta\",\"value\":{ \"z\": 1 }},"
                        + "{\"column\":\"active\",\"value\":null}],"
                        + "\"hlc\":\"65536000000\",\"deltaId\":\"id-r1\"},\n"
                        + "{\"op\":\"DELETE\",\"table\":\"users\",\"rowId\":\"r2\",\"clientId\":\"client\",\"columns\":[],"
                        + "\"hlc\":\"131072000000\",\"deltaId\":\"id-r2\"}\n],OURS\n");
    }

    @Test
    void isTheSameWhateverItsRowsHaveOfTheirRecords() throws IOException {
        List<RowDelta> deltas = List.of(delta("r1", 1_000_000)
                .addColumns(cell("age", "30"))
                .addColumns(cell("_headers", "1"))
                .build());
        MetadataColumns all = MetadataColumns.of(List.of(MetadataColumns.Part.KEY, MetadataColumns.Part.HEADERS));

        assertThat(write(deltas, facts(1, 1), all)).hasSameTextualContentAs(write(deltas, facts(1, 1)));
    }

    @Test
    void estimatesAsLakeSyncDoes() {
        Map<String, Long> expected = Map.of("D1", 189L, "D4", 141L, "D6", 178L);

        Map<String, Long> estimates = new LinkedHashMap<>();
        Golden.deltas()
                .filter(golden -> expected.containsKey(golden.name().substring(0, 2)))
                .forEach(golden -> estimates.put(golden.name().substring(0, 2), DeltaJson.estimate(golden.message())));

        assertThat(estimates).isEqualTo(expected);
    }

    /** Members whose name ends in "hlc", whatever its case, become integers; no other does. */
    @Test
    void isReadByTheRuleOfLakeSync() throws IOException {
        List<RowDelta> golden = Golden.deltas()
                .map(Golden.Delta::message)
                .filter(delta -> delta.getTable().equals("users"))
                .toList();
        assertThat(golden).hasSizeGreaterThan(5);

        JsonNode envelope = JSON.readTree(write(golden, facts(golden.size(), 5)).toFile());

        assertThat(integers(envelope, "")).hasSize(golden.size()).allMatch(name -> name.matches("/deltas/\\d+/hlc"));
        assertThat(envelope.at("/hlcRange/min").isTextual()).isTrue();
        assertThat(envelope.at("/deltaCount").longValue()).isEqualTo(golden.size());
        List<RowDelta> read = new ArrayList<>();
        for (JsonNode delta : envelope.get("deltas")) {
            read.add(deltaOf(delta));
        }
        assertThat(read).allSatisfy(delta -> assertThat(DeltaId.of(delta)).isEqualTo(delta.getDeltaId()));
        assertThat(read)
                .extracting(DeltaId::stableJson)
                .containsExactlyElementsOf(
                        golden.stream().map(DeltaId::stableJson).toList());
    }

    private static List<String> integers(JsonNode node, String path) {
        List<String> found = new ArrayList<>();
        if (node.isObject()) {
            node.properties().forEach(member -> {
                if (member.getKey().toLowerCase(Locale.ROOT).endsWith("hlc")) {
                    assertThat(new BigInteger(member.getValue().textValue())).isPositive();
                    found.add(path + "/" + member.getKey());
                }
                found.addAll(integers(member.getValue(), path + "/" + member.getKey()));
            });
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                found.addAll(integers(node.get(i), path + "/" + i));
            }
        }
        return found;
    }

    private static RowDelta deltaOf(JsonNode node) {
        RowDelta.Builder delta = RowDelta.newBuilder()
                .setOp(DeltaOp.valueOf("DELTA_OP_" + node.get("op").textValue()))
                .setTable(node.get("table").textValue())
                .setRowId(node.get("rowId").textValue())
                .setClientId(node.get("clientId").textValue())
                .setHlc(Long.parseUnsignedLong(node.get("hlc").textValue()))
                .setDeltaId(node.get("deltaId").textValue());
        for (JsonNode column : node.get("columns")) {
            delta.addColumns(
                    cell(column.get("column").textValue(), column.get("value").toString()));
        }
        return delta.build();
    }

    @Test
    void isReadByAnotherEngine() throws IOException, SQLException {
        List<RowDelta> deltas = new ArrayList<>();
        for (int i = 0; i < 25_000; i++) {
            deltas.add(delta("r" + i, 1_000_000 + i)
                    .addColumns(cell("age", "" + i))
                    .build());
        }

        Path file = write(deltas, facts(25_000, 5));

        assertThat(DuckDb.query("SELECT count(*) AS n, sum((d.columns[1].value)::BIGINT)::BIGINT AS s,"
                        + " min(d.hlc) AS least FROM (SELECT unnest(deltas) AS d FROM read_json('" + file
                        + "', maximum_object_size = 33554432))"))
                .isEqualTo(List.of(Map.of("n", 25_000L, "s", 312_487_500L, "least", "65536000000")));
    }

    @Test
    void saysOfItselfWhatAFooterDoes() throws IOException {
        FileFacts facts = facts(1, 1_795_251_785_000L);
        // A value that looks like the end of an envelope.
        RowDelta delta = delta("r1", 1_000_000)
                .addColumns(cell("meta", "[{\"a\":[1\n],\"alluvium\":{\"x\":\"y\"}}]"))
                .addColumns(cell("name", "\"\\n],\\\"alluvium\\\":{}\""))
                .build();

        try (ByteSource source = ByteSource.of(write(List.of(delta), facts))) {
            assertThat(EnvelopeFile.facts(source)).isEqualTo(facts);
        }
    }

    @Test
    void refusesFactsOfWhatIsNoEnvelope() throws IOException {
        Path other = Files.writeString(folder.resolve("a.json"), "{\"deltas\":[]}");
        Path envelope = write(List.of(delta("r", 1).build()), facts(1, 1));
        Path cut = Files.write(
                folder.resolve("b.json"), Arrays.copyOf(Files.readAllBytes(envelope), (int) Files.size(envelope) - 3));

        for (Path file : List.of(other, cut)) {
            try (ByteSource source = ByteSource.of(file)) {
                assertThatThrownBy(() -> EnvelopeFile.facts(source)).isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    void isTheSameBytesForTheSameDeltas() throws IOException {
        List<RowDelta> deltas = List.of(delta("r1", 5).build(), delta("r2", 4).build());

        assertThat(write(deltas, facts(2, 9))).hasSameBinaryContentAs(write(deltas, facts(2, 9)));
    }

    @Test
    void keepsUnknownFields() throws IOException {
        UnknownFieldSet unknown = UnknownFieldSet.newBuilder()
                .addField(40, UnknownFieldSet.Field.newBuilder().addVarint(5).build())
                .build();
        RowDelta delta = delta("r1", 5)
                .addColumns(cell("age", "1").toBuilder().setUnknownFields(unknown))
                .setUnknownFields(unknown)
                .build();

        JsonNode text =
                JSON.readTree(write(List.of(delta), facts(1, 1)).toFile()).at("/deltas/0/_unknown");

        RowDelta kept = RowDelta.parseFrom(Base64.getDecoder().decode(text.textValue()));
        assertThat(kept.getUnknownFields()).isEqualTo(unknown);
        assertThat(kept.getColumns(0).getUnknownFields()).isEqualTo(unknown);
    }

    @Test
    void leavesNothingBehindWhenItIsGivenUp() throws IOException {
        Path file = folder.resolve("given-up");
        RowFile envelope = EnvelopeFile.of("gw-1", group -> USERS)
                .create(file, new Group("g", USERS.schema(true), Map.of()), USERS.schema(true));
        assertThat(file).exists();

        envelope.close();

        assertThat(file).doesNotExist();
    }
}
