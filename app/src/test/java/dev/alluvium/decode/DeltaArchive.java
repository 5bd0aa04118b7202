package dev.alluvium.decode;

import dev.alluvium.arrow.RecordBatch;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import dev.alluvium.record.SourceRecord;
import dev.alluvium.schema.DeltaTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/** A decoder with the batches that its rows go to. Closing it fails if a buffer leaked. */
final class DeltaArchive implements AutoCloseable {
    static final long TIMESTAMP_MS = 1_700_000_000_000L;
    static final int PARTITION = 3;

    final DeltaDecoder decoder;
    private final DeltaSettings settings;
    private final BufferAllocator allocator = new RootAllocator();
    private final Map<Group, RecordBatch> batches = new LinkedHashMap<>();
    private long nextOffset;

    DeltaArchive(DeltaSettings settings) {
        this.settings = settings;
        decoder = new DeltaDecoder(settings, PARTITION);
    }

    static DeltaArchive of(DeltaTable... tables) {
        return new DeltaArchive(settings(false, tables));
    }

    static DeltaSettings settings(boolean strict, DeltaTable... tables) {
        return new DeltaSettings("gw-1", List.of(tables), strict, true, DeltaSettings.ClockDrift.COUNT);
    }

    /** Decodes the value of the next record as the product does; null when it became a row. */
    @Nullable
    Rejection add(byte @Nullable [] value) {
        return add(value, TIMESTAMP_MS);
    }

    @Nullable
    Rejection add(byte @Nullable [] value, long timestampMs) {
        Rejection rejection = decoder.read(new SourceRecord(nextOffset++, timestampMs, null, value));
        if (rejection == null) {
            Group group = decoder.group();
            RecordBatch batch = batches.computeIfAbsent(group, one -> new RecordBatch(allocator, one.schema()));
            decoder.newColumns(batch).forEach(batch::addColumn);
            int before = batch.rowCount();
            int rows = decoder.append(batch);
            if (rows != 1 || batch.rowCount() != before + 1) {
                throw new AssertionError("a delta is one row, not " + rows);
            }
        }
        return rejection;
    }

    Rejection.@Nullable Reason reasonFor(byte @Nullable [] value) {
        Rejection rejection = add(value);
        return rejection == null ? null : rejection.reason();
    }

    int rowCount() {
        return batches.values().stream().mapToInt(RecordBatch::rowCount).sum();
    }

    /** The rows of the only group. */
    VectorSchemaRoot rows() {
        if (batches.size() != 1) {
            throw new AssertionError("not one group: " + batches.keySet());
        }
        return batches.values().iterator().next().root();
    }

    /** All rows as deltas, group by group. */
    List<RowDelta> readBack() {
        List<RowDelta> deltas = new ArrayList<>();
        batches.forEach((group, batch) -> {
            String name = group.schema().name();
            DeltaTable table = settings.tables().stream()
                    .filter(candidate -> candidate.table().equals(name))
                    .findFirst()
                    .orElseGet(() -> DeltaTable.undeclared(name));
            deltas.addAll(new DeltaRows(table).read(batch.root()));
        });
        return deltas;
    }

    void clear() {
        batches.values().forEach(RecordBatch::close);
        batches.clear();
    }

    @Override
    public void close() {
        clear();
        allocator.close();
    }
}
