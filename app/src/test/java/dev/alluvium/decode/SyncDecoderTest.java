package dev.alluvium.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import dev.alluvium.arrow.RecordBatch;
import dev.alluvium.decode.DeltaSettings.Form;
import dev.alluvium.proto.lakesync.v1.DeltaOp;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import dev.alluvium.proto.lakesync.v1.SyncPush;
import dev.alluvium.proto.lakesync.v1.SyncResponse;
import dev.alluvium.record.SourceRecord;
import dev.alluvium.schema.Column;
import dev.alluvium.schema.ColumnType.Scalar;
import dev.alluvium.schema.DeltaTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches of deltas: golden bytes of requirements 6.3, and what a batch is beyond its deltas. */
class SyncDecoderTest {
    private static final String DELTA_HEX =
            "0801120575736572731a07726f772d303031220f0a046e616d65120722416c696365222900000068e5cf8b01320a636c69656e742d6162633a0964656c74612d303031";
    private static final String PUSH_HEX = "0a0a636c69656e742d6162631243" + DELTA_HEX + "1900000068e5cf8b01";
    private static final String RESPONSE_HEX = "0a43" + DELTA_HEX + "1101000068e5cf8b011801";
    private static final long HLC = 111_411_200_000_000_000L;
    private static final long DAY = 86_400_000L << 16;

    private final RootAllocator allocator = new RootAllocator();
    private final Map<Group, RecordBatch> batches = new LinkedHashMap<>();

    @AfterEach
    void nothingLeaks() {
        batches.values().forEach(RecordBatch::close);
        allocator.close();
    }

    private static DeltaSettings settings(Form form, boolean coordinates) {
        return new DeltaSettings(
                "gw-1", List.of(DeltaDecoderTest.USERS), false, coordinates, DeltaSettings.ClockDrift.COUNT, form);
    }

    private static SyncDecoder decoder(Form form) {
        return new SyncDecoder(settings(form, true), 3);
    }

    private static SourceRecord record(byte[] value) {
        return new SourceRecord(42, 1_700_000_000_000L, null, value);
    }

    /** Decodes as the product does: the rows that each group got of the record. */
    private Map<String, Integer> add(SyncDecoder decoder, byte[] value) {
        assertThat(decoder.read(record(value))).isNull();
        Map<String, Integer> rows = new LinkedHashMap<>();
        for (int i = 0; i < decoder.groupCount(); i++) {
            decoder.turnTo(i);
            Group group = decoder.group();
            RecordBatch batch = batches.computeIfAbsent(group, one -> new RecordBatch(allocator, one.schema()));
            decoder.newColumns(batch).forEach(batch::addColumn);
            int before = batch.rowCount();
            rows.put(group.id(), decoder.append(batch));
            assertThat(batch.rowCount() - before).isEqualTo(rows.get(group.id()));
        }
        return rows;
    }

    private List<RowDelta> readBack() {
        List<RowDelta> deltas = new ArrayList<>();
        batches.forEach((group, batch) -> {
            String table = group.schema().name();
            deltas.addAll(new DeltaRows(table.equals("users") ? DeltaDecoderTest.USERS : DeltaTable.undeclared(table))
                    .read(batch.root()));
        });
        return deltas;
    }

    private List<@Nullable Object> column(String name) {
        List<@Nullable Object> values = new ArrayList<>();
        batches.values().forEach(batch -> {
            VectorSchemaRoot root = batch.root();
            FieldVector vector = root.getVector(name);
            for (int row = 0; row < root.getRowCount(); row++) {
                Object value = vector.getObject(row);
                values.add(value instanceof org.apache.arrow.vector.util.Text text ? text.toString() : value);
            }
        });
        return values;
    }

    private static RowDelta delta(String table, String row, long hlc) {
        return DeltaDecoderTest.delta()
                .setTable(table)
                .setRowId(row)
                .setHlc(hlc)
                .addColumns(DeltaDecoderTest.cell("name", '"' + row + '"'))
                .build();
    }

    private static Rejection rejection(SyncDecoder decoder, Message batch) {
        return Objects.requireNonNull(decoder.read(record(batch.toByteArray())), batch.toString());
    }

    @Test
    void readsTheGoldenPush() {
        assertThat(add(decoder(Form.PUSH), HexFormat.of().parseHex(PUSH_HEX))).isEqualTo(Map.of("users/2023-11-14", 1));

        assertThat(readBack()).extracting(RowDelta::toByteString).containsExactly(ByteString.fromHex(DELTA_HEX));
        assertThat(column("_index")).containsExactly(0);
        assertThat(column("_pushClientId")).containsExactly("client-abc");
        assertThat(column("_lastSeenHlc")).containsExactly(HLC);
    }

    @Test
    void readsTheGoldenResponse() {
        assertThat(add(decoder(Form.RESPONSE), HexFormat.of().parseHex(RESPONSE_HEX)))
                .isEqualTo(Map.of("users/2023-11-14", 1));

        assertThat(readBack()).extracting(RowDelta::toByteString).containsExactly(ByteString.fromHex(DELTA_HEX));
        assertThat(column("_serverHlc")).containsExactly(HLC + 1);
        assertThat(column("_hasMore")).containsExactly(true);
    }

    @Test
    void givesEachTableAndDayItsDeltasWithTheirPositions() {
        SyncPush push = SyncPush.newBuilder()
                .setClientId("c")
                .addDeltas(delta("users", "r0", HLC))
                .addDeltas(delta("todos", "r1", HLC + 5))
                .addDeltas(delta("users", "r2", HLC + DAY))
                .addDeltas(delta("users", "r3", HLC - 7))
                .addDeltas(delta("todos", "r4", HLC + 9))
                .build();
        SyncDecoder decoder = decoder(Form.PUSH);

        Map<String, Integer> rows = add(decoder, push.toByteArray());

        assertThat(rows)
                .containsExactly(
                        Map.entry("users/2023-11-14", 2),
                        Map.entry("todos/2023-11-14", 2),
                        Map.entry("users/2023-11-15", 1));
        assertThat(column("_index")).containsExactly(0, 3, 1, 4, 2);
        assertThat(column("_offset")).containsOnly(42L);
        assertThat(readBack()).containsExactlyInAnyOrderElementsOf(push.getDeltasList());
        decoder.turnTo(0);
        assertThat(decoder.rangeValue()).isEqualTo(HLC - 7);
        assertThat(decoder.greatestRangeValue()).isEqualTo(HLC);
        decoder.turnTo(1);
        assertThat(decoder.rangeValue()).isEqualTo(HLC + 5);
        assertThat(decoder.greatestRangeValue()).isEqualTo(HLC + 9);
    }

    @Test
    void hasExactlyTheColumnsOfADeltaWithoutCoordinates() {
        SyncDecoder decoder = new SyncDecoder(settings(Form.PUSH, false), 3);
        add(decoder, HexFormat.of().parseHex(PUSH_HEX));

        assertThat(batches.keySet().iterator().next().schema()).isEqualTo(DeltaDecoderTest.USERS.schema(false));
        assertThat(readBack()).extracting(RowDelta::toByteString).containsExactly(ByteString.fromHex(DELTA_HEX));
    }

    @Test
    void hasItsColumnsBehindTheCoordinates() {
        SyncDecoder decoder = decoder(Form.RESPONSE);
        add(decoder, HexFormat.of().parseHex(RESPONSE_HEX));

        List<Column> columns = batches.keySet().iterator().next().schema().columns();
        assertThat(columns.subList(columns.size() - 4, columns.size()))
                .containsExactly(
                        Column.required("_timestamp", Scalar.TIMESTAMP_MICROS),
                        Column.required("_index", Scalar.INT32),
                        Column.required("_serverHlc", Scalar.INT64),
                        Column.required("_hasMore", Scalar.BOOL));
    }

    @Test
    void isRejectedAsAWholeWithOneBadDelta() {
        SyncPush push = SyncPush.newBuilder()
                .addDeltas(delta("users", "r0", HLC))
                .addDeltas(delta("bad-name", "r1", HLC))
                .addDeltas(delta("users", "r2", HLC))
                .build();
        SyncDecoder decoder = decoder(Form.PUSH);

        Rejection rejection = rejection(decoder, push);

        assertThat(rejection.reason()).isEqualTo(Rejection.Reason.BAD_IDENTIFIER);
        assertThat(rejection.detail()).isEqualTo("delta 1: table \"bad-name\"");
        assertThatThrownBy(decoder::group).isInstanceOf(IllegalStateException.class);
        assertThat(add(decoder, HexFormat.of().parseHex(PUSH_HEX))).hasSize(1);
    }

    @Test
    void isRejectedWithAClockThatCannotBeStored() {
        assertThat(rejection(
                                decoder(Form.PUSH),
                                SyncPush.newBuilder().setLastSeenHlc(-1).build())
                        .reason())
                .isEqualTo(Rejection.Reason.BAD_HLC);
        assertThat(rejection(
                                decoder(Form.RESPONSE),
                                SyncResponse.newBuilder()
                                        .addDeltas(delta("users", "r", HLC).toBuilder()
                                                .setOp(DeltaOp.DELTA_OP_UNSPECIFIED))
                                        .build())
                        .reason())
                .isEqualTo(Rejection.Reason.UNSPECIFIED_OP);
        assertThat(Objects.requireNonNull(decoder(Form.PUSH).read(new SourceRecord(1, 1, null, null)))
                        .reason())
                .isEqualTo(Rejection.Reason.NULL_VALUE);
    }

    @ParameterizedTest
    @ValueSource(strings = {PUSH_HEX, RESPONSE_HEX})
    void neverFailsOnTruncatedBytes(String hex) {
        byte[] whole = HexFormat.of().parseHex(hex);
        SyncDecoder decoder = decoder(hex.equals(PUSH_HEX) ? Form.PUSH : Form.RESPONSE);
        int elementEnd = whole.length - (hex.equals(PUSH_HEX) ? 9 : 11);
        for (int length = 0; length < whole.length; length++) {
            Rejection rejection = decoder.read(record(Arrays.copyOf(whole, length)));
            if (rejection == null) {
                // Between two fields a message may end.
                assertThat(decoder.groupCount()).as("length " + length).isEqualTo(length < elementEnd ? 0 : 1);
            } else {
                assertThat(rejection.reason()).as("length " + length).isEqualTo(Rejection.Reason.UNDECODABLE);
            }
        }
    }

    @Test
    void isInNoGroupWithoutDeltas() {
        SyncDecoder decoder = decoder(Form.PUSH);

        assertThat(add(decoder, SyncPush.newBuilder().setClientId("c").build().toByteArray()))
                .isEmpty();
        assertThat(decoder.groupCount()).isZero();
    }

    @Test
    void keepsUnknownFieldsOfADeltaAtItsRow() {
        UnknownFieldSet unknown = UnknownFieldSet.newBuilder()
                .addField(40, UnknownFieldSet.Field.newBuilder().addVarint(5).build())
                .build();
        SyncPush push = SyncPush.newBuilder()
                .addDeltas(delta("users", "r0", HLC))
                .addDeltas(delta("users", "r1", HLC).toBuilder().setUnknownFields(unknown))
                .build();

        add(decoder(Form.PUSH), push.toByteArray());

        assertThat(readBack()).isEqualTo(push.getDeltasList());
    }

    /** More tables and days than the decoder keeps at hand. */
    @Test
    void givesEveryDeltaOfRandomBatchesBackOnce() {
        for (long seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            SyncDecoder decoder = decoder(Form.RESPONSE);
            List<RowDelta> sent = new ArrayList<>();
            for (int record = 0; record < 5; record++) {
                SyncResponse.Builder response = SyncResponse.newBuilder();
                for (int i = random.nextInt(200); i > 0; i--) {
                    response.addDeltas(delta(
                            "t" + random.nextInt(random.nextBoolean() ? 3 : 400),
                            "r" + i,
                            HLC + DAY * random.nextInt(20) + random.nextInt(1000)));
                }
                sent.addAll(response.getDeltasList());
                add(decoder, response.build().toByteArray());
            }
            assertThat(readBack()).as("seed " + seed).containsExactlyInAnyOrderElementsOf(sent);
            batches.values().forEach(RecordBatch::close);
            batches.clear();
        }
    }
}
