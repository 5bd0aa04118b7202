package dev.alluvium.decode;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds the parts of a {@code lakesync.v1.RowDelta} in its bytes. As in every protobuf parser the last value of a
 * singular field wins. Reused; what it found is valid until the next {@link #read}.
 */
final class DeltaWire {
    private static final int OP = 1 << 3;
    private static final int TABLE = (2 << 3) | 2;
    private static final int ROW_ID = (3 << 3) | 2;
    private static final int COLUMNS = (4 << 3) | 2;
    private static final int HLC = (5 << 3) | 1;
    private static final int CLIENT_ID = (6 << 3) | 2;
    private static final int DELTA_ID = (7 << 3) | 2;
    private static final int COLUMN_NAME = (1 << 3) | 2;
    private static final int COLUMN_VALUE = (2 << 3) | 2;

    private static final int FEW_CELLS = 16;
    /** Beyond it, room made for one extraordinary record is given back. */
    private static final int MANY_CELLS = 4_096;

    /** The row itself, where a column's position is asked for. */
    private static final int ROW = -1;

    final Span table = new Span();
    final Span rowId = new Span();
    final Span clientId = new Span();
    final Span deltaId = new Span();
    int op;
    long hlc;
    int cellCount;
    DeltaCell[] cells = {};

    private final ProtoCursor row = new ProtoCursor();
    private final ProtoCursor column = new ProtoCursor();
    private final Span columnBytes = new Span();
    private byte[] bytes = {};
    private int length;
    private @Nullable Rejection rejection;
    /** Of each unknown field: position of its column or {@link #ROW}, start, end. */
    private int[] unknown = {};

    private int unknownCount;

    /** Finds everything between two positions, or says why the bytes there are no row delta. */
    @Nullable
    Rejection read(byte[] bytes, int from, int to) {
        reset(bytes);
        length = to - from;
        row.over(bytes, from, to);
        while (rejection == null) {
            int start = row.position();
            int tag = row.tag();
            switch (tag) {
                case 0 -> {
                    return row.failed() ? undecodable("RowDelta") : null;
                }
                case OP -> op = (int) row.varint();
                case TABLE -> text(row, table, "table");
                case ROW_ID -> text(row, rowId, "row_id");
                case COLUMNS -> readColumn();
                case HLC -> hlc = row.fixed64();
                case CLIENT_ID -> text(row, clientId, "client_id");
                case DELTA_ID -> text(row, deltaId, "delta_id");
                default -> skipUnknown(row, tag, ROW, start);
            }
        }
        return rejection;
    }

    boolean hasUnknown() {
        return unknownCount > 0;
    }

    /**
     * A RowDelta of nothing but the unknown fields: those of the row, and if a column has some, a list of columns that
     * have nothing but theirs. Parsing it gives every unknown field back at its place.
     */
    byte[] unknownFields() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        boolean inColumns = false;
        for (int i = 0; i < unknownCount; i += 3) {
            inColumns |= unknown[i] != ROW;
        }
        writeUnknown(out, ROW);
        for (int position = 0; inColumns && position < cellCount; position++) {
            ByteArrayOutputStream fields = new ByteArrayOutputStream();
            writeUnknown(fields, position);
            out.write(COLUMNS);
            writeLength(out, fields.size());
            out.writeBytes(fields.toByteArray());
        }
        return out.toByteArray();
    }

    private static void writeLength(ByteArrayOutputStream out, int length) {
        int rest = length;
        while (rest >= 0x80) {
            out.write((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
    }

    private void writeUnknown(ByteArrayOutputStream out, int position) {
        for (int i = 0; i < unknownCount; i += 3) {
            if (unknown[i] == position) {
                out.write(bytes, unknown[i + 1], unknown[i + 2] - unknown[i + 1]);
            }
        }
    }

    private void reset(byte[] bytes) {
        this.bytes = bytes;
        rejection = null;
        op = 0;
        hlc = 0;
        table.set(0, 0);
        rowId.set(0, 0);
        clientId.set(0, 0);
        deltaId.set(0, 0);
        cellCount = 0;
        unknownCount = 0;
        if (cells.length > MANY_CELLS) {
            cells = new DeltaCell[0];
            unknown = new int[0];
        }
    }

    private void readColumn() {
        row.range(columnBytes);
        DeltaCell cell = nextCell();
        column.over(bytes, columnBytes.start, columnBytes.end);
        while (rejection == null) {
            int start = column.position();
            int tag = column.tag();
            switch (tag) {
                case 0 -> {
                    if (column.failed()) {
                        rejection = undecodable("ColumnDelta " + (cellCount - 1));
                    }
                    return;
                }
                case COLUMN_NAME -> text(column, cell.name, "column");
                case COLUMN_VALUE -> column.range(cell.json);
                default -> skipUnknown(column, tag, cellCount - 1, start);
            }
        }
    }

    private DeltaCell nextCell() {
        if (cellCount == cells.length) {
            cells = Arrays.copyOf(cells, Math.max(FEW_CELLS, cellCount * 2));
            for (int i = cellCount; i < cells.length; i++) {
                cells[i] = new DeltaCell();
            }
        }
        DeltaCell cell = cells[cellCount++];
        cell.name.set(0, 0);
        cell.json.set(0, 0);
        return cell;
    }

    private void text(ProtoCursor cursor, Span span, String field) {
        cursor.range(span);
        if (!Utf8.isValid(bytes, span.start, span.end)) {
            rejection = new Rejection(Rejection.Reason.BAD_UTF8, field + " is not UTF-8, at byte " + span.start);
        }
    }

    private void skipUnknown(ProtoCursor cursor, int tag, int position, int start) {
        cursor.skip(tag);
        if (unknownCount == unknown.length) {
            unknown = Arrays.copyOf(unknown, Math.max(3 * FEW_CELLS, unknownCount * 2));
        }
        unknown[unknownCount++] = position;
        unknown[unknownCount++] = start;
        unknown[unknownCount++] = cursor.position();
    }

    private Rejection undecodable(String message) {
        return new Rejection(
                Rejection.Reason.UNDECODABLE, "no " + message + " in the " + length + " bytes of the value");
    }
}
