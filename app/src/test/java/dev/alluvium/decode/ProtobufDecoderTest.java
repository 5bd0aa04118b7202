package dev.alluvium.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.ListValue;
import com.google.protobuf.Timestamp;
import com.google.protobuf.TimestampProto;
import com.google.protobuf.Value;
import dev.alluvium.arrow.RecordBatch;
import dev.alluvium.proto.lakesync.v1.DeltaOp;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import dev.alluvium.proto.lakesync.v1.SyncPush;
import dev.alluvium.record.SourceRecord;
import dev.alluvium.schema.ProtobufSchema;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProtobufDecoderTest {
    /** Golden vector 6.3: an INSERT into users. */
    private static final String ROW_DELTA = "0801120575736572731a07726f772d303031220f0a046e616d65120722416c696365"
            + "222900000068e5cf8b01320a636c69656e742d6162633a0964656c74612d303031";

    private final RootAllocator allocator = new RootAllocator();

    @AfterEach
    void nothingLeaks() {
        allocator.close();
    }

    private static ProtobufDecoder decoder(Descriptor message, Partitioning partitioning) {
        return new ProtobufDecoder(new ProtobufSettings(message, partitioning, false), 0);
    }

    private Map<String, @Nullable Object> decode(Descriptor message, byte[] value) {
        ProtobufDecoder decoder = decoder(message, Partitioning.NONE);
        assertThat(decoder.read(new SourceRecord(0, 0, null, value))).isNull();
        try (RecordBatch batch = new RecordBatch(allocator, decoder.group().schema())) {
            decoder.newColumns(batch).forEach(batch::addColumn);
            assertThat(decoder.append(batch)).isEqualTo(1);
            return ArrowRows.row(batch.root(), batch.schema().columns(), 0);
        }
    }

    @Test
    void readsTheGoldenRowDelta() {
        Map<String, @Nullable Object> row =
                decode(RowDelta.getDescriptor(), HexFormat.of().parseHex(ROW_DELTA));
        assertThat(row)
                .containsEntry("op", "DELTA_OP_INSERT")
                .containsEntry("table", "users")
                .containsEntry("row_id", "row-001")
                .containsEntry(
                        "columns", List.of(Map.of("column", "name", "value", ByteString.copyFromUtf8("\"Alice\""))))
                .containsEntry("hlc", 111411200000000000L)
                .containsEntry("client_id", "client-abc")
                .containsEntry("delta_id", "delta-001")
                .hasSize(7);
    }

    @Test
    void namesTheDefaultOfAnAbsentEnumAndTheNumberOfAnUnknownOne() {
        assertThat(decode(RowDelta.getDescriptor(), new byte[0])).containsEntry("op", "DELTA_OP_UNSPECIFIED");
        byte[] unknown = RowDelta.newBuilder().setOpValue(77).build().toByteArray();
        assertThat(decode(RowDelta.getDescriptor(), unknown)).containsEntry("op", "77");
    }

    @Test
    void groupsByTheDayOfTheRecord() {
        ProtobufDecoder decoder = decoder(RowDelta.getDescriptor(), Partitioning.DAY);
        long noon = 1_770_379_200_000L;
        assertThat(decoder.read(new SourceRecord(0, noon, null, new byte[0]))).isNull();
        Group group = decoder.group();
        assertThat(group.id()).isEqualTo("RowDelta/2026-02-06");
        assertThat(group.attributes())
                .isEqualTo(Map.of(
                        "date", "2026-02-06", "message", "RowDelta", "year", "2026", "month", "02", "day", "06"));
        assertThat(decoder.read(new SourceRecord(1, noon + 43_200_000, null, new byte[0])))
                .isNull();
        assertThat(decoder.group().id()).isEqualTo("RowDelta/2026-02-07");
        assertThat(decoder.read(new SourceRecord(2, noon + 43_199_999, null, new byte[0])))
                .isNull();
        assertThat(decoder.group()).isSameAs(group);
    }

    @Test
    void hasOneGroupWhereNothingDividesIt() {
        ProtobufDecoder decoder = decoder(RowDelta.getDescriptor(), Partitioning.NONE);
        assertThat(decoder.read(new SourceRecord(0, Long.MAX_VALUE, null, new byte[0])))
                .isNull();
        assertThat(decoder.group().id()).isEqualTo("RowDelta");
        assertThat(decoder.group().attributes()).isEqualTo(Map.of("message", "RowDelta"));
    }

    @Test
    void discoversTheColumnOfUnknownFieldsOnlyWhenThereAreSome() {
        byte[] known = RowDelta.newBuilder().setTable("t").build().toByteArray();
        byte[] unknown = {(byte) 0x98, 6, 5};
        ProtobufDecoder decoder = decoder(RowDelta.getDescriptor(), Partitioning.NONE);
        assertThat(decoder.read(new SourceRecord(0, 0, null, known))).isNull();
        try (RecordBatch batch = new RecordBatch(allocator, decoder.group().schema())) {
            assertThat(decoder.newColumns(batch)).isEmpty();
            decoder.append(batch);
            assertThat(decoder.read(new SourceRecord(1, 0, null, unknown))).isNull();
            assertThat(decoder.newColumns(batch)).containsExactly(ProtobufSchema.UNKNOWN);
            batch.addColumn(ProtobufSchema.UNKNOWN);
            assertThat(decoder.newColumns(batch)).isEmpty();
            decoder.append(batch);
            assertThat(ArrowRows.row(batch.root(), batch.schema().columns(), 0)).containsEntry("_unknown", null);
            assertThat(ArrowRows.row(batch.root(), batch.schema().columns(), 1))
                    .containsEntry("_unknown", ByteString.copyFrom(unknown));
        }
    }

    @Test
    void changesBatchesBetweenRecords() {
        ProtobufDecoder decoder = decoder(SyncPush.getDescriptor(), Partitioning.NONE);
        byte[] value = SyncPush.newBuilder()
                .setClientId("c")
                .addDeltas(RowDelta.newBuilder().setOp(DeltaOp.DELTA_OP_DELETE))
                .build()
                .toByteArray();
        assertThat(decoder.read(new SourceRecord(0, 0, null, value))).isNull();
        try (RecordBatch one = new RecordBatch(allocator, decoder.group().schema());
                RecordBatch two = new RecordBatch(allocator, decoder.group().schema())) {
            for (int i = 0; i < 10; i++) {
                decoder.append(i % 3 == 0 ? one : two);
            }
            assertThat(one.rowCount()).isEqualTo(4);
            assertThat(two.rowCount()).isEqualTo(6);
            assertThat(ArrowRows.row(two.root(), two.schema().columns(), 5))
                    .isEqualTo(ArrowRows.row(one.root(), one.schema().columns(), 3));
        }
    }

    @Test
    void readsMessagesAHundredLevelsDeepAndNoDeeper() {
        assertThat(reason(Value.getDescriptor(), nested(50))).isNull();
        assertThat(reason(Value.getDescriptor(), nested(51))).isEqualTo(Rejection.Reason.UNDECODABLE);
    }

    /** A list value in a list value: two levels each time. */
    private static byte[] nested(int lists) {
        Value value = Value.getDefaultInstance();
        for (int i = 0; i < lists; i++) {
            value = Value.newBuilder()
                    .setListValue(ListValue.newBuilder().addValues(value))
                    .build();
        }
        return value.toByteArray();
    }

    @Test
    void rejectsATimeBeyondTheRangeOfMicroseconds() {
        ProtobufDecoder decoder =
                new ProtobufDecoder(new ProtobufSettings(RowDelta.getDescriptor(), Partitioning.DAY, true), 0);
        assertThat(decoder.read(new SourceRecord(0, Long.MAX_VALUE, null, new byte[0])))
                .extracting(Rejection::reason)
                .isEqualTo(Rejection.Reason.TYPE_MISMATCH);
    }

    @Test
    void rejectsPackedNumbersThatAreCutInTheMiddle() throws DescriptorValidationException {
        Descriptor message = message();
        assertThat(decode(message, new byte[] {0x0A, 8, 1, 0, 0, 0, 2, 0, 0, 0}))
                .containsEntry("numbers", List.of(1, 2));
        assertThat(reason(message, new byte[] {0x0A, 6, 1, 0, 0, 0, 2, 0})).isEqualTo(Rejection.Reason.UNDECODABLE);
        assertThat(reason(message, new byte[] {0x12, 6, 1, 0, 0, 0, 2, 0})).isEqualTo(Rejection.Reason.UNDECODABLE);
    }

    @Test
    void takesTheLastTimeOfTheColumnForOneBeyondIt() throws DescriptorValidationException {
        Descriptor message = message();
        long most = Long.MAX_VALUE / 1_000_000 - 3;
        assertThat(decode(message, time(-most, 999))).containsEntry("time", -most * 1_000_000);
        assertThat(decode(message, time(-1, 999_999_999))).containsEntry("time", -1L);
        assertThat(decode(message, time(most, Integer.MAX_VALUE))).containsEntry("time", most * 1_000_000 + 2_147_483);
        assertThat(decode(message, time(most + 1, 0))).containsEntry("time", Long.MAX_VALUE);
        assertThat(decode(message, time(-most - 1, 0))).containsEntry("time", -Long.MAX_VALUE);
    }

    private static byte[] time(long seconds, int nanos) {
        byte[] time = Timestamp.newBuilder()
                .setSeconds(seconds)
                .setNanos(nanos)
                .build()
                .toByteArray();
        byte[] value = new byte[time.length + 2];
        value[0] = 0x1A;
        value[1] = (byte) time.length;
        System.arraycopy(time, 0, value, 2, time.length);
        return value;
    }

    /** {@code repeated fixed32 numbers = 1; repeated double values = 2; Timestamp time = 3;}. */
    private static Descriptor message() throws DescriptorValidationException {
        DescriptorProto.Builder message = DescriptorProto.newBuilder()
                .setName("Readings")
                .addField(field("numbers", 1, FieldDescriptorProto.Type.TYPE_FIXED32)
                        .setLabel(FieldDescriptorProto.Label.LABEL_REPEATED))
                .addField(field("values", 2, FieldDescriptorProto.Type.TYPE_DOUBLE)
                        .setLabel(FieldDescriptorProto.Label.LABEL_REPEATED))
                .addField(field("time", 3, FieldDescriptorProto.Type.TYPE_MESSAGE)
                        .setTypeName(".google.protobuf.Timestamp"));
        FileDescriptorProto file = FileDescriptorProto.newBuilder()
                .setName("readings.proto")
                .setSyntax("proto3")
                .addDependency("google/protobuf/timestamp.proto")
                .addMessageType(message)
                .build();
        FileDescriptor[] imports = {TimestampProto.getDescriptor()};
        return FileDescriptor.buildFrom(file, imports).findMessageTypeByName("Readings");
    }

    private static FieldDescriptorProto.Builder field(String name, int number, FieldDescriptorProto.Type type) {
        return FieldDescriptorProto.newBuilder().setName(name).setNumber(number).setType(type);
    }

    @Test
    void rejectsTombstonesAndDamagedBytesAndSaysWhere() throws IOException {
        Descriptor message = RowDelta.getDescriptor();
        ProtobufDecoder decoder = decoder(message, Partitioning.NONE);
        assertThat(decoder.read(new SourceRecord(0, 0, null, null)))
                .extracting(Rejection::reason)
                .isEqualTo(Rejection.Reason.NULL_VALUE);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeString(2, "users");
        out.writeByteArray(3, new byte[] {'a', (byte) 0xFF});
        out.flush();
        Rejection rejection = Objects.requireNonNull(decoder.read(new SourceRecord(0, 0, null, bytes.toByteArray())));
        assertThat(rejection.reason()).isEqualTo(Rejection.Reason.BAD_UTF8);
        assertThat(rejection.detail()).contains("lakesync.v1.RowDelta.row_id").contains("byte 9 of 11");
        assertThat(reason(message, new byte[] {0x12, 9, 'x'})).isEqualTo(Rejection.Reason.UNDECODABLE);
        assertThatThrownBy(() -> decoder.append(
                        new RecordBatch(allocator, decoder.group().schema())))
                .isInstanceOf(IllegalStateException.class);
    }

    private static Rejection.@Nullable Reason reason(Descriptor message, byte[] value) {
        Rejection rejection = decoder(message, Partitioning.NONE).read(new SourceRecord(0, 0, null, value));
        return rejection == null ? null : rejection.reason();
    }
}
