package dev.alluvium.decode;

import dev.alluvium.arrow.BoolColumn;
import dev.alluvium.arrow.BytesColumn;
import dev.alluvium.arrow.ColumnBuffer;
import dev.alluvium.arrow.DoubleColumn;
import dev.alluvium.arrow.IntColumn;
import dev.alluvium.arrow.ListColumn;
import dev.alluvium.arrow.LongColumn;
import dev.alluvium.arrow.MapColumn;
import dev.alluvium.arrow.RecordBatch;
import dev.alluvium.schema.DeltaTable;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The columns of one batch of deltas, at hand for appending. What a row does not write, {@code endRow} makes null. */
final class DeltaColumns {
    private static final byte[][] OPS = {
        {},
        "INSERT".getBytes(StandardCharsets.UTF_8),
        "UPDATE".getBytes(StandardCharsets.UTF_8),
        "DELETE".getBytes(StandardCharsets.UTF_8)
    };

    private final RecordBatch batch;
    private final int width;
    private final DeltaLayout layout;
    private final BytesColumn op;
    private final BytesColumn table;
    private final BytesColumn rowId;
    private final BytesColumn clientId;
    private final LongColumn hlc;
    private final BytesColumn deltaId;
    private final ColumnBuffer[] declared;
    private final LongColumn hlcTime;
    private final ListColumn names;
    private final BytesColumn name;
    private final MapColumn extra;
    private final BytesColumn extraName;
    private final BytesColumn extraJson;
    private final @Nullable IntColumn partition;
    private final @Nullable LongColumn offset;
    private final @Nullable LongColumn timestamp;
    private final @Nullable BytesColumn unknown;
    private byte[] unescaped = {};

    DeltaColumns(RecordBatch batch, DeltaLayout layout) {
        this.batch = batch;
        this.layout = layout;
        width = batch.schema().columns().size();
        op = required(DeltaTable.OP, BytesColumn.class);
        table = required(DeltaTable.TABLE, BytesColumn.class);
        rowId = required(DeltaTable.ROW_ID, BytesColumn.class);
        clientId = required(DeltaTable.CLIENT_ID, BytesColumn.class);
        hlc = required(DeltaTable.HLC, LongColumn.class);
        deltaId = required(DeltaTable.DELTA_ID, BytesColumn.class);
        declared = new ColumnBuffer[layout.types.length];
        for (int i = 0; i < declared.length; i++) {
            declared[i] = batch.column(DeltaTable.FIRST_COLUMN + i);
        }
        hlcTime = required(DeltaTable.HLC_TIME, LongColumn.class);
        names = required(DeltaTable.COLUMNS, ListColumn.class);
        name = (BytesColumn) names.element();
        extra = required(DeltaTable.EXTRA, MapColumn.class);
        extraName = (BytesColumn) extra.key();
        extraJson = (BytesColumn) extra.value();
        partition = optional(DeltaTable.PARTITION, IntColumn.class);
        offset = optional(DeltaTable.OFFSET, LongColumn.class);
        timestamp = optional(DeltaTable.TIMESTAMP, LongColumn.class);
        unknown = optional(DeltaTable.UNKNOWN, BytesColumn.class);
    }

    private <T extends ColumnBuffer> T required(String column, Class<T> type) {
        return batch.column(batch.schema().indexOf(column), type);
    }

    private <T extends ColumnBuffer> @Nullable T optional(String column, Class<T> type) {
        int index = batch.schema().indexOf(column);
        return index < 0 ? null : batch.column(index, type);
    }

    /** Whether these are the batch's columns, all of them. */
    boolean areOf(RecordBatch other) {
        return other == batch && other.schema().columns().size() == width;
    }

    /** Writes what the wire found as the next row. */
    void append(byte[] bytes, DeltaWire wire, int recordPartition, long recordOffset, long recordMs) {
        op.append(OPS[wire.op]);
        table.append(layout.name);
        copy(rowId, bytes, wire.rowId);
        copy(clientId, bytes, wire.clientId);
        hlc.append(wire.hlc);
        copy(deltaId, bytes, wire.deltaId);
        hlcTime.append(TimeUnit.MILLISECONDS.toMicros(Hlc.wallMs(wire.hlc)));
        DeltaCell[] cells = wire.cells;
        int count = wire.cellCount;
        for (int i = 0; i < count; i++) {
            DeltaCell cell = cells[i];
            copy(name, bytes, cell.name);
            if (cell.column == DeltaCell.UNDECLARED || cell.isShadowed) {
                appendExtra(bytes, cell, i);
            } else if (cell.kind != JsonScanner.Kind.NULL) {
                appendDeclared(bytes, cell);
            }
        }
        names.endList();
        extra.endMap();
        if (partition != null && offset != null && timestamp != null) {
            partition.append(recordPartition);
            offset.append(recordOffset);
            timestamp.append(TimeUnit.MILLISECONDS.toMicros(recordMs));
        }
        if (wire.hasUnknown()) {
            appendUnknown(wire);
        }
        batch.endRow();
    }

    private void appendDeclared(byte[] bytes, DeltaCell cell) {
        ColumnBuffer column = declared[cell.column];
        switch (layout.types[cell.column]) {
            case STRING -> appendString((BytesColumn) column, bytes, cell);
            case NUMBER -> ((DoubleColumn) column).append(cell.number);
            case BOOLEAN -> ((BoolColumn) column).append(cell.kind == JsonScanner.Kind.TRUE);
            case JSON, NULL -> copy((BytesColumn) column, bytes, cell.json);
        }
    }

    private void appendString(BytesColumn column, byte[] bytes, DeltaCell cell) {
        Span content = cell.string;
        if (!cell.hasEscapes) {
            copy(column, bytes, content);
            return;
        }
        if (unescaped.length < content.length()) {
            unescaped = new byte[content.length()];
        }
        column.append(unescaped, 0, JsonScanner.unescape(bytes, content.start, content.end, unescaped));
    }

    /** A shadowed value is kept under its name and position: {@code age#0}, which is no identifier. */
    private void appendExtra(byte[] bytes, DeltaCell cell, int position) {
        copy(extraName, bytes, cell.name);
        if (cell.isShadowed) {
            byte[] suffix = ("#" + position).getBytes(StandardCharsets.UTF_8);
            extraName.extendLast(suffix, 0, suffix.length);
        }
        copy(extraJson, bytes, cell.json);
        extra.endEntry();
    }

    private void appendUnknown(DeltaWire wire) {
        if (unknown == null) {
            throw new IllegalStateException(
                    "the batch lacks the column " + DeltaTable.UNKNOWN + " that newColumns asked for");
        }
        unknown.append(wire.unknownFields());
    }

    private static void copy(BytesColumn column, byte[] bytes, Span span) {
        column.append(bytes, span.start, span.length());
    }
}
