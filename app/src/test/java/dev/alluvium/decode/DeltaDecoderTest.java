package dev.alluvium.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.alluvium.proto.lakesync.v1.ColumnDelta;
import dev.alluvium.proto.lakesync.v1.DeltaOp;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import dev.alluvium.record.SourceRecord;
import dev.alluvium.schema.DeltaColumn;
import dev.alluvium.schema.DeltaTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeltaDecoderTest {
    private static final long HLC = 111_411_200_000_000_042L;

    static final DeltaTable USERS = new DeltaTable(
            "users",
            List.of(
                    column("name", DeltaColumn.Type.STRING),
                    column("age", DeltaColumn.Type.NUMBER),
                    column("active", DeltaColumn.Type.BOOLEAN),
                    column("meta", DeltaColumn.Type.JSON),
                    column("nothing", DeltaColumn.Type.NULL),
                    column("x", DeltaColumn.Type.NUMBER),
                    column("y", DeltaColumn.Type.NUMBER),
                    column("z", DeltaColumn.Type.NUMBER),
                    column("w", DeltaColumn.Type.NUMBER),
                    column("v", DeltaColumn.Type.NUMBER)));

    private static final DeltaTable TODOS = new DeltaTable(
            "todos",
            List.of(
                    column("title", DeltaColumn.Type.STRING),
                    column("completed", DeltaColumn.Type.BOOLEAN),
                    column("priority", DeltaColumn.Type.NUMBER)));

    private static DeltaColumn column(String name, DeltaColumn.Type type) {
        return new DeltaColumn(name, type);
    }

    static RowDelta.Builder delta() {
        return RowDelta.newBuilder()
                .setOp(DeltaOp.DELTA_OP_UPDATE)
                .setTable("users")
                .setRowId("row-001")
                .setClientId("client-abc")
                .setHlc(HLC)
                .setDeltaId("delta-001");
    }

    static ColumnDelta cell(String name, String json) {
        return ColumnDelta.newBuilder()
                .setColumn(name)
                .setValue(ByteString.copyFromUtf8(json))
                .build();
    }

    /** L0-09, L0-13, L0-16, L0-26, L0-28 to L0-30: all golden deltas, read back from one batch per table. */
    @Test
    void givesGoldenDeltasBackWithTheIdTheyCarry() {
        try (DeltaArchive archive = DeltaArchive.of(USERS, TODOS)) {
            List<RowDelta> sent = Golden.deltas().map(Golden.Delta::message).toList();
            for (RowDelta delta : sent) {
                assertThat(archive.add(delta.toByteArray())).isNull();
            }

            List<RowDelta> read = archive.readBack();

            assertThat(read).hasSize(15).containsExactlyElementsOf(sent);
            assertThat(read).allSatisfy(delta -> assertThat(DeltaId.of(delta)).isEqualTo(delta.getDeltaId()));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.alluvium.decode.Golden#deltas")
    void givesDeltasOfAnUndeclaredTableBack(Golden.Delta golden) {
        try (DeltaArchive archive = DeltaArchive.of()) {
            assertThat(archive.add(golden.wire().toByteArray())).isNull();
            assertThat(archive.readBack()).containsExactly(golden.message());
        }
    }

    /** L0-02 to L0-09, L0-11, L0-17. */
    @Test
    void putsValuesIntoTypedColumns() {
        try (DeltaArchive archive = DeltaArchive.of(USERS)) {
            assertThat(archive.add(delta().setOp(DeltaOp.DELTA_OP_INSERT)
                            .addColumns(cell("active", "true"))
                            .addColumns(cell("name", " \"A\\u00e9\\ud83d\\ude00\\n\" "))
                            .addColumns(cell("age", "9007199254740993"))
                            .addColumns(cell("meta", "{ \"z\": [1.0] }"))
                            .addColumns(cell("nothing", "[0]"))
                            .build()
                            .toByteArray()))
                    .isNull();

            VectorSchemaRoot rows = archive.rows();
            assertThat(values(rows))
                    .containsExactly(
                            "op=INSERT",
                            "table=users",
                            "rowId=row-001",
                            "clientId=client-abc",
                            "hlc=" + HLC,
                            "deltaId=delta-001",
                            "name=Aé😀\n",
                            "age=9.007199254740992E15",
                            "active=true",
                            "meta={ \"z\": [1.0] }",
                            "nothing=[0]",
                            "x=null",
                            "y=null",
                            "z=null",
                            "w=null",
                            "v=null",
                            "hlcTs=1700000000000000",
                            "_columns=[\"active\",\"name\",\"age\",\"meta\",\"nothing\"]",
                            "_extra=[]",
                            "_partition=3",
                            "_offset=0",
                            "_timestamp=1700000000000000");
        }
    }

    private static List<String> values(VectorSchemaRoot rows) {
        return rows.getFieldVectors().stream()
                .map(vector -> vector.getName() + "=" + vector.getObject(0))
                .toList();
    }

    /** L0-12 and requirements 1.9, trap 1. */
    @Test
    void tellsNullFromAbsent() {
        RowDelta nulled = delta().addColumns(cell("age", "null")).build();
        RowDelta nulledExtra = delta().addColumns(cell("other", "null")).build();
        RowDelta absent = delta().build();
        try (DeltaArchive archive = DeltaArchive.of(USERS)) {
            archive.add(nulled.toByteArray());
            archive.add(nulledExtra.toByteArray());
            archive.add(absent.toByteArray());

            VectorSchemaRoot rows = archive.rows();
            assertThat(rows.getVector("age").getNullCount()).isEqualTo(3);
            assertThat(rows.getVector("_columns").getObject(0)).hasToString("[\"age\"]");
            assertThat(rows.getVector("_columns").getObject(2)).hasToString("[]");
            assertThat(archive.readBack()).containsExactly(nulled, nulledExtra, absent);
        }
    }

    @Test
    void keepsEveryValueOfANameThatOccursAgain() {
        RowDelta delta = delta().addColumns(cell("age", "1"))
                .addColumns(cell("extra", "\"a\""))
                .addColumns(cell("age", "null"))
                .addColumns(cell("extra", "\"b\""))
                .addColumns(cell("age", "3"))
                .build();
        try (DeltaArchive archive = DeltaArchive.of(USERS)) {
            assertThat(archive.add(delta.toByteArray())).isNull();

            VectorSchemaRoot rows = archive.rows();
            assertThat(rows.getVector("age").getObject(0)).isEqualTo(3.0);
            assertThat(rows.getVector("_extra").getObject(0))
                    .hasToString("[{\"key\":\"age#0\",\"value\":\"1\"},{\"key\":\"extra#1\",\"value\":\"\\\"a\\\"\"},"
                            + "{\"key\":\"age#2\",\"value\":\"null\"},{\"key\":\"extra\",\"value\":\"\\\"b\\\"\"}]");
            assertThat(archive.readBack()).containsExactly(delta);
        }
    }

    @Test
    void keepsUndeclaredColumnsNamedLikeSystemColumns() {
        RowDelta delta = delta().addColumns(cell("op", "1"))
                .addColumns(cell("_extra", "{}"))
                .addColumns(cell("_unknown", "\"\\ud800\""))
                .build();
        try (DeltaArchive archive = DeltaArchive.of(USERS)) {
            assertThat(archive.add(delta.toByteArray())).isNull();
            assertThat(archive.readBack()).containsExactly(delta);
        }
    }

    @Test
    void keepsUnknownFieldsOfTheRowAndOfItsColumns() {
        UnknownFieldSet some = UnknownFieldSet.newBuilder()
                .addField(
                        9,
                        UnknownFieldSet.Field.newBuilder()
                                .addVarint(-1)
                                .addFixed32(7)
                                .addLengthDelimited(ByteString.copyFromUtf8("z".repeat(200)))
                                .build())
                .addField(
                        1000,
                        UnknownFieldSet.Field.newBuilder()
                                .addGroup(UnknownFieldSet.newBuilder()
                                        .addField(
                                                2,
                                                UnknownFieldSet.Field.newBuilder()
                                                        .addFixed64(5)
                                                        .build())
                                        .build())
                                .build())
                .build();
        RowDelta plain = delta().addColumns(cell("age", "1")).build();
        RowDelta ofRow = plain.toBuilder().setUnknownFields(some).build();
        RowDelta ofColumns = ofRow.toBuilder()
                .addColumns(cell("name", "\"a\"").toBuilder().setUnknownFields(some))
                .addColumns(cell("other", "2").toBuilder().setUnknownFields(some))
                .build();
        try (DeltaArchive archive = DeltaArchive.of(USERS)) {
            for (RowDelta delta : List.of(plain, ofRow, plain, ofColumns, plain)) {
                assertThat(archive.add(delta.toByteArray())).isNull();
            }

            assertThat(archive.rows().getVector("_unknown").getNullCount()).isEqualTo(3);
            assertThat(archive.readBack()).containsExactly(plain, ofRow, plain, ofColumns, plain);
        }
    }

    /** A known field number in another wire type is an unknown field, as it is for every protobuf parser. */
    @Test
    void takesTheLastValueOfARepeatedSingularField() throws Exception {
        byte[] first = delta().setTable("other")
                .setOp(DeltaOp.DELTA_OP_DELETE)
                .setRowId("r")
                .build()
                .toByteArray();
        byte[] second =
                delta().setRowId("s").addColumns(cell("age", "2")).build().toByteArray();
        byte[] oddOp = HexFormat.of().parseHex("0d01000000");
        byte[] all = concat(first, second, oddOp);
        try (DeltaArchive archive = DeltaArchive.of(USERS)) {
            assertThat(archive.add(all)).isNull();
            assertThat(archive.readBack()).containsExactly(RowDelta.parseFrom(all));
            assertThat(archive.readBack().get(0).getRowId()).isEqualTo("s");
        }
    }

    private static byte[] concat(byte[]... parts) {
        ByteString all = ByteString.EMPTY;
        for (byte[] part : parts) {
            all = all.concat(ByteString.copyFrom(part));
        }
        return all.toByteArray();
    }

    /** Requirements 6.3, "must be dead-lettered", and the data types that L0-28 promises. */
    @Test
    void rejectsWhatCannotBecomeARow() {
        try (DeltaArchive archive = DeltaArchive.of(USERS)) {
            assertThat(archive.reasonFor(null)).isEqualTo(Rejection.Reason.NULL_VALUE);
            assertThat(archive.reasonFor(new byte[0])).isEqualTo(Rejection.Reason.UNSPECIFIED_OP);
            assertThat(archive.reasonFor(delta().clearOp().build().toByteArray()))
                    .isEqualTo(Rejection.Reason.UNSPECIFIED_OP);
            for (int op : new int[] {4, 5, -1, Integer.MAX_VALUE}) {
                assertThat(archive.reasonFor(delta().setOpValue(op).build().toByteArray()))
                        .isEqualTo(Rejection.Reason.UNSPECIFIED_OP);
            }
            for (String table : new String[] {"", "bad-name", "1abc", "a".repeat(65), "tablé"}) {
                assertThat(archive.reasonFor(delta().setTable(table).build().toByteArray()))
                        .isEqualTo(Rejection.Reason.BAD_IDENTIFIER);
            }
            for (String name : new String[] {"", "bad-name", "1abc", "a".repeat(65), "age#0"}) {
                assertThat(reasonForCell(archive, name, "1")).isEqualTo(Rejection.Reason.BAD_IDENTIFIER);
            }
            for (long hlc : new long[] {Long.MIN_VALUE, -1}) {
                assertThat(archive.reasonFor(delta().setHlc(hlc).build().toByteArray()))
                        .isEqualTo(Rejection.Reason.BAD_HLC);
            }
            assertThat(reasonForCell(archive, "age", "")).isEqualTo(Rejection.Reason.EMPTY_VALUE);
            for (String json : new String[] {"{", " ", "undefined", "1 1", "NaN", "'a'"}) {
                assertThat(reasonForCell(archive, "age", json)).isEqualTo(Rejection.Reason.BAD_JSON);
                assertThat(reasonForCell(archive, "other", json)).isEqualTo(Rejection.Reason.BAD_JSON);
            }
            for (String json : new String[] {"\"1\"", "true", "[1]", "{}", "1e309", "-1e400"}) {
                assertThat(reasonForCell(archive, "age", json)).isEqualTo(Rejection.Reason.TYPE_MISMATCH);
            }
            for (String json : new String[] {"1", "true", "[1]", "{}"}) {
                assertThat(reasonForCell(archive, "name", json)).isEqualTo(Rejection.Reason.TYPE_MISMATCH);
            }
            for (String json : new String[] {"1", "\"true\"", "[]"}) {
                assertThat(reasonForCell(archive, "active", json)).isEqualTo(Rejection.Reason.TYPE_MISMATCH);
            }
            assertThat(reasonForCell(archive, "name", "\"\\ud800\"")).isEqualTo(Rejection.Reason.BAD_UTF8);
            assertThat(archive.reasonFor(
                            delta().addColumns(cell("meta", "1").toBuilder().setValue(ByteString.fromHex("22ff22")))
                                    .build()
                                    .toByteArray()))
                    .isEqualTo(Rejection.Reason.BAD_UTF8);
            assertThat(archive.reasonFor(HexFormat.of().parseHex("08011a01ff"))).isEqualTo(Rejection.Reason.BAD_UTF8);
            for (String hex : new String[] {"ff", "00", "0a", "2a05", "0c", "0b", "0e00", "08ffffffffffffffffffff01"}) {
                assertThat(archive.reasonFor(HexFormat.of().parseHex(hex))).isEqualTo(Rejection.Reason.UNDECODABLE);
            }
            assertThat(archive.rowCount()).isZero();
        }
    }

    @Test
    void rejectsATimestampThatItsColumnCannotHold() {
        byte[] value = delta().build().toByteArray();
        try (DeltaArchive archive = DeltaArchive.of(USERS)) {
            for (long timestampMs : new long[] {Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE / 1_000 + 1}) {
                Rejection rejection = archive.add(value, timestampMs);
                assertThat(rejection == null ? null : rejection.reason()).isEqualTo(Rejection.Reason.TYPE_MISMATCH);
            }
            assertThat(archive.add(value, Long.MAX_VALUE / 1_000)).isNull();
            assertThat(archive.rows().getVector("_timestamp").getObject(0)).isEqualTo(Long.MAX_VALUE / 1_000 * 1_000);
        }
    }

    private static Rejection.@Nullable Reason reasonForCell(DeltaArchive archive, String name, String json) {
        return archive.reasonFor(delta().addColumns(cell("nothing", "null"))
                .addColumns(cell(name, json))
                .build()
                .toByteArray());
    }

    @Test
    void saysWhatIsWrongAndWhere() {
        try (DeltaArchive archive = DeltaArchive.of(USERS)) {
            byte[] value = delta().addColumns(cell("name", "\"a\""))
                    .addColumns(cell("age", "\"" + "b".repeat(100) + "\""))
                    .build()
                    .toByteArray();
            assertThat(archive.add(value))
                    .isEqualTo(new Rejection(
                            Rejection.Reason.TYPE_MISMATCH,
                            "column \"age\" at position 1: no number: \"" + "b".repeat(79) + "..."));
        }
    }

    @Test
    void refusesToAppendARecordThatWasNotAccepted() {
        try (DeltaArchive archive = DeltaArchive.of(USERS)) {
            archive.add(delta().build().toByteArray());
            archive.add(delta().addColumns(cell("age", "[]")).build().toByteArray());
            assertThatThrownBy(archive.decoder::group).hasMessage("no record was accepted");
        }
    }

    @Test
    void takesWhatLakeSyncTakes() {
        try (DeltaArchive archive = DeltaArchive.of(USERS)) {
            List<RowDelta> fine = List.of(
                    delta().clearHlc().build(),
                    delta().setHlc(Long.MAX_VALUE).build(),
                    delta().setRowId("any: \"text\" é")
                            .clearClientId()
                            .clearDeltaId()
                            .build(),
                    delta().setOp(DeltaOp.DELTA_OP_DELETE).build(),
                    delta().setTable("a".repeat(64)).build(),
                    delta().addColumns(cell("name", "\"\""))
                            .addColumns(cell("age", "-0.5"))
                            .build());
            for (RowDelta delta : fine) {
                assertThat(archive.add(delta.toByteArray())).isNull();
            }
            assertThat(archive.readBack()).containsExactlyInAnyOrderElementsOf(fine);
        }
    }

    @Test
    void isStrictWhereAsked() {
        try (DeltaArchive archive = new DeltaArchive(DeltaArchive.settings(true, USERS))) {
            assertThat(reasonForCell(archive, "other", "1")).isEqualTo(Rejection.Reason.UNDECLARED_COLUMN);
            assertThat(archive.reasonFor(delta().setTable("other").build().toByteArray()))
                    .isEqualTo(Rejection.Reason.UNDECLARED_TABLE);
            assertThat(reasonForCell(archive, "age", "1")).isNull();
            assertThat(reasonForCell(archive, "age", "null")).isNull();
            RowDelta twice = delta().addColumns(cell("age", "1"))
                    .addColumns(cell("age", "2"))
                    .build();
            assertThat(archive.add(twice.toByteArray())).isNull();
            assertThat(archive.readBack()).hasSize(3).contains(twice);
        }
    }

    @Test
    void groupsByTableAndUtcDayOfTheClock() {
        DeltaDecoder decoder = new DeltaDecoder(DeltaArchive.settings(false, USERS), 0);
        long midnight = 1_700_006_400_000L;

        Group before = groupOf(decoder, "users", Hlc.of(midnight - 1, 0xFFFF));
        Group after = groupOf(decoder, "users", Hlc.of(midnight, 0));
        Group other = groupOf(decoder, "other", Hlc.of(midnight, 0));

        assertThat(before.id()).isEqualTo("users/2023-11-14");
        assertThat(before.attributes())
                .isEqualTo(Map.of(
                        "table", "users",
                        "date", "2023-11-14",
                        "gateway", "gw-1",
                        "lakesync:schema", USERS.json()));
        assertThat(before.schema()).isEqualTo(USERS.schema(true));
        assertThat(after.id()).isEqualTo("users/2023-11-15");
        assertThat(other.id()).isEqualTo("other/2023-11-15");
        assertThat(other.schema()).isEqualTo(DeltaTable.undeclared("other").schema(true));
        assertThat(decoder.rangeValue()).isEqualTo(Hlc.of(midnight, 0));
        assertThat(groupOf(decoder, "users", 0).id()).isEqualTo("users/1970-01-01");
        assertThat(groupOf(decoder, "users", Long.MAX_VALUE).id()).isEqualTo("users/6429-10-17");
    }

    /** More tables and days than are kept at hand. */
    @Test
    void givesTheSameGroupInstanceAsLongAsSomebodyHoldsIt() {
        DeltaDecoder decoder = new DeltaDecoder(DeltaArchive.settings(false, USERS), 0);
        List<Group> held = new ArrayList<>();
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 600; i++) {
                Group users = groupOf(decoder, "users", Hlc.of(i * 86_400_000L, 0));
                Group other = groupOf(decoder, "other" + i, 0);
                if (round == 0) {
                    held.add(users);
                    held.add(other);
                } else {
                    assertThat(users).isSameAs(held.get(2 * i));
                    assertThat(other).isSameAs(held.get(2 * i + 1));
                }
            }
        }
        Set<String> ids = new HashSet<>();
        held.forEach(group -> ids.add(group.id()));
        assertThat(ids).hasSize(1_200);
    }

    private static Group groupOf(DeltaDecoder decoder, String table, long hlc) {
        byte[] value = delta().setTable(table).setHlc(hlc).build().toByteArray();
        assertThat(decoder.read(new SourceRecord(0, 0, null, value))).isNull();
        return decoder.group();
    }

    @ParameterizedTest
    @ValueSource(longs = {5_000, 5_001})
    void countsOrRejectsAClockAheadOfTheRecord(long driftMs) {
        byte[] value = delta().build().toByteArray();
        long timestampMs = Hlc.wallMs(HLC) - driftMs;
        boolean isAhead = driftMs > 5_000;
        for (DeltaSettings.ClockDrift policy : DeltaSettings.ClockDrift.values()) {
            try (DeltaArchive archive =
                    new DeltaArchive(new DeltaSettings("gw-1", List.of(USERS), false, false, policy))) {
                Rejection rejection = archive.add(value, timestampMs);

                boolean isRejected = isAhead && policy == DeltaSettings.ClockDrift.REJECT;
                assertThat(rejection == null ? null : rejection.reason())
                        .isEqualTo(isRejected ? Rejection.Reason.CLOCK_DRIFT : null);
                assertThat(archive.decoder.hasDriftedClock()).isEqualTo(isAhead);
                assertThat(archive.add(value, -1)).as("a record without a time").isNull();
                assertThat(archive.decoder.hasDriftedClock()).isFalse();
            }
        }
    }

    /** L0-14. */
    @Test
    void makesAnEmptyBatchOfNoDeltas() {
        try (DeltaArchive archive = DeltaArchive.of(USERS)) {
            archive.decoder.read(new SourceRecord(0, 0, null, delta().build().toByteArray()));
            assertThat(archive.decoder.group().schema().columns()).hasSize(22);
            assertThat(archive.readBack()).isEmpty();
        }
    }

    @Test
    void neverMakesAWrongRowOfTruncatedBytes() {
        Golden.deltas().forEach(golden -> {
            byte[] whole = golden.wire().toByteArray();
            for (int length = 0; length < whole.length; length++) {
                DeltaReference.check(Arrays.copyOf(whole, length), USERS, TODOS);
            }
        });
    }
}
