package dev.alluvium.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.alluvium.decode.DeltaDecoder;
import dev.alluvium.decode.DeltaId;
import dev.alluvium.decode.DeltaRows;
import dev.alluvium.decode.DeltaSettings;
import dev.alluvium.decode.Golden;
import dev.alluvium.parquet.DataFileReader;
import dev.alluvium.parquet.WriterSettings;
import dev.alluvium.proto.lakesync.v1.ColumnDelta;
import dev.alluvium.proto.lakesync.v1.DeltaOp;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import dev.alluvium.record.SourceRecord;
import dev.alluvium.schema.DeltaColumn;
import dev.alluvium.schema.DeltaTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deltas through a file and back: nothing that a producer sent is lost on the disk. */
class DeltaFileTest {
    private static final DeltaTable USERS = new DeltaTable(
            "users",
            List.of(
                    new DeltaColumn("name", DeltaColumn.Type.STRING),
                    new DeltaColumn("age", DeltaColumn.Type.NUMBER),
                    new DeltaColumn("active", DeltaColumn.Type.BOOLEAN),
                    new DeltaColumn("meta", DeltaColumn.Type.JSON)));
    private static final DeltaTable TODOS = new DeltaTable(
            "todos",
            List.of(
                    new DeltaColumn("title", DeltaColumn.Type.STRING),
                    new DeltaColumn("completed", DeltaColumn.Type.BOOLEAN),
                    new DeltaColumn("priority", DeltaColumn.Type.NUMBER)));

    @TempDir
    Path folder;

    @Test
    void givesGoldenDeltasBackWithTheIdTheyCarry() throws IOException {
        List<RowDelta> sent = Golden.deltas().map(Golden.Delta::message).toList();

        List<RowDelta> read = throughFiles(sent, USERS, TODOS);

        assertThat(read).hasSize(15).containsExactlyInAnyOrderElementsOf(sent);
        assertThat(read).allSatisfy(delta -> assertThat(DeltaId.of(delta)).isEqualTo(delta.getDeltaId()));
    }

    @Test
    void givesGoldenDeltasOfUndeclaredTablesBack() throws IOException {
        List<RowDelta> sent = Golden.deltas().map(Golden.Delta::message).toList();

        List<RowDelta> read = throughFiles(sent);

        assertThat(read).containsExactlyInAnyOrderElementsOf(sent);
        assertThat(read).allSatisfy(delta -> assertThat(DeltaId.of(delta)).isEqualTo(delta.getDeltaId()));
    }

    @Test
    void tellsNullFromAbsent() throws IOException {
        RowDelta set = delta("r1").addColumns(cell("name", "\"a\"")).build();
        RowDelta nulled = delta("r2").addColumns(cell("name", "null")).build();
        RowDelta nulledExtra = delta("r3").addColumns(cell("nickname", "null")).build();
        RowDelta absent = delta("r4").build();

        assertThat(throughFiles(List.of(set, nulled, nulledExtra, absent), USERS))
                .containsExactly(set, nulled, nulledExtra, absent);
    }

    private static RowDelta.Builder delta(String row) {
        return RowDelta.newBuilder()
                .setOp(DeltaOp.DELTA_OP_UPDATE)
                .setTable("users")
                .setRowId(row)
                .setClientId("client")
                .setHlc(1_700_000_000_000L << 16)
                .setDeltaId("id");
    }

    private static ColumnDelta cell(String name, String json) {
        return ColumnDelta.newBuilder()
                .setColumn(name)
                .setValue(ByteString.copyFromUtf8(json))
                .build();
    }

    /** Decodes, writes a file for each group, and reads the files. */
    private List<RowDelta> throughFiles(List<RowDelta> sent, DeltaTable... tables) throws IOException {
        DeltaDecoder decoder = new DeltaDecoder(
                new DeltaSettings("gw-1", List.of(tables), false, true, DeltaSettings.ClockDrift.COUNT), 0);
        List<RowDelta> read = new ArrayList<>();
        try (MemoryBudget budget = new MemoryBudget(1 << 20);
                Spool spool = Spool.open(folder, 1 << 20)) {
            Map<String, DataBatch> batches = new LinkedHashMap<>();
            for (RowDelta delta : sent) {
                SourceRecord record = new SourceRecord(0, 1_700_000_000_000L, null, delta.toByteArray());
                assertThat(decoder.read(record)).isNull();
                batches.computeIfAbsent(
                                decoder.group().id(),
                                id -> new DataBatch(
                                        decoder.group(),
                                        List.of(),
                                        MetadataColumns.NONE,
                                        0,
                                        WriterSettings.DEFAULT,
                                        budget,
                                        spool,
                                        0,
                                        0))
                        .append(decoder, record, 0);
            }
            for (DataBatch batch : batches.values()) {
                DeltaRows rows = new DeltaRows(declared(batch.group().schema().name(), tables));
                DataBatch.SealedFile file = batch.seal(Map.of());
                try (DataFileReader reader = DataFileReader.open(file.slot().path())) {
                    reader.forEachRow(row -> read.add(rows.read(row)));
                }
                file.slot().release();
            }
            assertThat(spool.usedBytes()).isZero();
        }
        return read;
    }

    private static DeltaTable declared(String name, DeltaTable... tables) {
        return List.of(tables).stream()
                .filter(table -> table.table().equals(name))
                .findFirst()
                .orElseGet(() -> DeltaTable.undeclared(name));
    }
}
