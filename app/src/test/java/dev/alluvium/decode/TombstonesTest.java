package dev.alluvium.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import dev.alluvium.arrow.RecordBatch;
import dev.alluvium.decode.PartitionField.Slice;
import dev.alluvium.decode.PartitionField.Value;
import dev.alluvium.decode.ProtobufSettings.Tombstones;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import dev.alluvium.record.SourceRecord;
import dev.alluvium.schema.Column;
import dev.alluvium.schema.ProtobufMapping;
import dev.alluvium.schema.ProtobufMapping.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TombstonesTest {
    private static final long NOON = Instant.parse("2026-02-06T12:00:00Z").toEpochMilli();

    private final RootAllocator allocator = new RootAllocator();

    @AfterEach
    void nothingLeaks() {
        allocator.close();
    }

    private static ProtobufDecoder decoder(Descriptor message, Partitioning partitioning, boolean coordinates) {
        return new ProtobufDecoder(
                new ProtobufSettings(message, partitioning, coordinates, ProtobufMapping.DEFAULT, Tombstones.ROW), 3);
    }

    private static SourceRecord record(byte @Nullable [] value) {
        return new SourceRecord(5, NOON, null, value);
    }

    private List<Map<String, @Nullable Object>> rows(ProtobufDecoder decoder, SourceRecord... records) {
        assertThat(decoder.read(record(null))).isNull();
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        try (RecordBatch batch = new RecordBatch(allocator, decoder.group().schema())) {
            for (SourceRecord record : records) {
                assertThat(decoder.read(record)).isNull();
                decoder.newColumns(batch).forEach(batch::addColumn);
                assertThat(decoder.append(batch)).isEqualTo(1);
            }
            for (int i = 0; i < batch.rowCount(); i++) {
                rows.add(ArrowRows.row(batch.root(), batch.schema().columns(), i));
            }
        }
        return rows;
    }

    @Test
    void areRowsWithoutValues() {
        List<Map<String, @Nullable Object>> rows = rows(
                decoder(RowDelta.getDescriptor(), Partitioning.NONE, true),
                record(null),
                record(new byte[0]),
                record(null));

        Map<String, @Nullable Object> nothing = new TreeMap<>(Map.of("_partition", 3, "_tombstone", true));
        for (String column : List.of("op", "table", "row_id", "columns", "hlc", "client_id", "delta_id")) {
            nothing.put(column, null);
        }
        nothing.put("_offset", 5L);
        nothing.put("_timestamp", NOON * 1_000);
        assertThat(rows.get(0)).isEqualTo(nothing);
        assertThat(rows.get(1))
                .containsEntry("op", "DELTA_OP_UNSPECIFIED")
                .containsEntry("table", "")
                .containsEntry("columns", List.of())
                .containsEntry("hlc", 0L)
                .containsEntry("_tombstone", false)
                .doesNotContainValue(null);
        assertThat(rows.get(2)).containsEntry("table", null).containsEntry("_tombstone", true);
    }

    @Test
    void takeNothingFromTheRecordBefore() {
        byte[] unknown = {(byte) 0x98, 6, 5};
        List<Map<String, @Nullable Object>> rows =
                rows(decoder(RowDelta.getDescriptor(), Partitioning.NONE, false), record(unknown), record(null));

        assertThat(rows.get(0)).containsKey("_unknown").doesNotContainEntry("_unknown", null);
        assertThat(rows.get(1)).containsEntry("_unknown", null);
    }

    @Test
    void needNoFieldThatMessagesCannotDoWithout() {
        ProtobufMapping mapping = new ProtobufMapping(3, Times.MICROS, Map.of(), Set.of("closed_at"));
        ProtobufDecoder decoder = new ProtobufDecoder(
                new ProtobufSettings(LedgerEvents.TYPE, Partitioning.NONE, false, mapping, Tombstones.ROW), 3);

        assertThat(decoder.read(record(new byte[0])))
                .extracting(Rejection::reason)
                .isEqualTo(Rejection.Reason.MISSING_FIELD);
        Map<String, @Nullable Object> row = rows(decoder, record(null)).get(0);
        assertThat(row).containsEntry("closed_at", null).containsEntry("_tombstone", true);
    }

    @Test
    void areInTheNullGroupOfEveryFieldButOfTheTimeOfTheRecord() {
        Partitioning partitioning = new Partitioning(
                List.of(Slice.ofRecordTime(TimePeriod.DAY), new Value("contract_id", "contract_id")), "big");
        ProtobufDecoder decoder = decoder(LedgerEvents.TYPE, partitioning, false);
        byte[] event = LedgerEvents.event("contract_id", "A", "big", 7L);

        assertThat(decoder.read(new SourceRecord(0, NOON, null, event))).isNull();
        assertThat(decoder.hasRangeValue()).isTrue();
        assertThat(decoder.read(new SourceRecord(1, NOON, null, null))).isNull();
        assertThat(decoder.group().id()).isEqualTo("LedgerEvent/2026-02-06/__HIVE_DEFAULT_PARTITION__");
        assertThat(decoder.hasRangeValue()).isFalse();
    }

    @Test
    void makeEveryColumnOfTheMessageNullable() {
        ProtobufDecoder decoder = decoder(RowDelta.getDescriptor(), Partitioning.NONE, true);
        assertThat(decoder.read(new SourceRecord(0, 0, null, null))).isNull();

        List<Column> columns = decoder.group().schema().columns();
        assertThat(columns.subList(0, 7)).allMatch(Column::nullable);
        assertThat(columns.subList(7, columns.size()))
                .extracting(Column::name)
                .containsExactly("_partition", "_offset", "_timestamp", "_tombstone");
        assertThat(columns.subList(7, columns.size())).noneMatch(Column::nullable);
    }

    @Test
    void haveNoMessage() {
        ProtobufRows reader = new ProtobufRows(RowDelta.getDescriptor(), Times.MICROS);
        List<Map<String, @Nullable Object>> rows =
                rows(decoder(RowDelta.getDescriptor(), Partitioning.NONE, false), record(null), record(new byte[0]));

        assertThat(reader.isTombstone(rows.get(0))).isTrue();
        assertThatThrownBy(() -> reader.message(rows.get(0))).hasMessageContaining("tombstone");
        assertThat(reader.isTombstone(rows.get(1))).isFalse();
        assertThat(reader.isTombstone(Map.of("table", "t"))).isFalse();
    }

    @Test
    void refuseAMessageWithAFieldOfTheirColumnsName() throws Exception {
        FileDescriptorProto file = FileDescriptorProto.newBuilder()
                .setName("grave.proto")
                .setSyntax("proto3")
                .addMessageType(DescriptorProto.newBuilder()
                        .setName("Grave")
                        .addField(FieldDescriptorProto.newBuilder()
                                .setName("_tombstone")
                                .setNumber(1)
                                .setType(FieldDescriptorProto.Type.TYPE_BOOL)))
                .build();
        Descriptor message =
                FileDescriptor.buildFrom(file, new FileDescriptor[0]).findMessageTypeByName("Grave");

        assertThatThrownBy(() -> decoder(message, Partitioning.NONE, false))
                .hasMessageContaining("has a field named _tombstone")
                .hasMessageContaining("set tombstones: reject");
    }
}
