package dev.alluvium.batch;

import dev.alluvium.arrow.BytesColumn;
import dev.alluvium.arrow.ColumnBuffer;
import dev.alluvium.arrow.IntColumn;
import dev.alluvium.arrow.ListColumn;
import dev.alluvium.arrow.LongColumn;
import dev.alluvium.arrow.RecordBatch;
import dev.alluvium.arrow.StructColumn;
import dev.alluvium.record.SourceHeader;
import dev.alluvium.record.SourceRecord;
import dev.alluvium.schema.Column;
import dev.alluvium.schema.ColumnType;
import dev.alluvium.schema.ColumnType.Scalar;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * Columns that each row of any kind of data has of its record, behind those that the decoder opens a batch with. All
 * rows of a record have the same values.
 *
 * @param parts in the order of the columns: that of {@link Part}, whichever they were given in
 */
public record MetadataColumns(List<Part> parts) {
    /** No columns. */
    public static final MetadataColumns NONE = new MetadataColumns(List.of());

    private static final ColumnType HEADER = new ColumnType.Struct(
            List.of(Column.required("key", Scalar.UTF8), Column.optional("value", Scalar.BINARY)));

    /** A column. */
    public enum Part {
        PARTITION,
        OFFSET,
        /** The record's time; one beyond the range of microseconds is the last one in it. */
        TIMESTAMP,
        KEY,
        /** A list of all headers in their order, those of the same key included. */
        HEADERS;

        /** The column's name and type. */
        public Column column() {
            return switch (this) {
                case PARTITION -> Column.required("_partition", Scalar.INT32);
                case OFFSET -> Column.required("_offset", Scalar.INT64);
                case TIMESTAMP -> Column.required("_timestamp", Scalar.TIMESTAMP_MICROS);
                case KEY -> Column.optional("_key", Scalar.BINARY);
                case HEADERS -> Column.required("_headers", new ColumnType.ListOf(HEADER, false));
            };
        }
    }

    public MetadataColumns {
        parts = List.copyOf(new TreeSet<>(parts));
    }

    /** The columns of these parts. */
    public static MetadataColumns of(Collection<Part> parts) {
        return new MetadataColumns(List.copyOf(parts));
    }

    /** The columns, in order. */
    public List<Column> columns() {
        return parts.stream().map(Part::column).toList();
    }

    /** Whether somebody must look at the headers of records. */
    public boolean needsHeaders() {
        return parts.contains(Part.HEADERS);
    }

    /**
     * Writes the values of a record into the rows that a batch ended last.
     *
     * @param firstColumn the position of the first of these columns in the batch
     * @param rows how many there are of the record
     */
    void append(RecordBatch batch, int firstColumn, int rows, int partition, SourceRecord record) {
        for (int i = 0; i < parts.size(); i++) {
            ColumnBuffer column = batch.column(firstColumn + i);
            // Whoever ended the rows filled the columns with what stands for "not written".
            column.truncate(batch.rowCount() - rows);
            for (int row = 0; row < rows; row++) {
                append(parts.get(i), column, partition, record);
            }
        }
    }

    private static void append(Part part, ColumnBuffer column, int partition, SourceRecord record) {
        switch (part) {
            case PARTITION -> ((IntColumn) column).append(partition);
            case OFFSET -> ((LongColumn) column).append(record.offset());
            case TIMESTAMP -> ((LongColumn) column).append(micros(record.timestampMs()));
            case KEY -> {
                byte[] key = record.key();
                if (key == null) {
                    column.appendNull();
                } else {
                    ((BytesColumn) column).append(key);
                }
            }
            case HEADERS -> appendHeaders((ListColumn) column, record.headers());
        }
    }

    private static long micros(long millis) {
        long most = Long.MAX_VALUE / 1_000;
        return Math.max(-most, Math.min(most, millis)) * 1_000;
    }

    private static void appendHeaders(ListColumn column, List<SourceHeader> headers) {
        StructColumn header = (StructColumn) column.element();
        BytesColumn key = (BytesColumn) header.field(0);
        BytesColumn value = (BytesColumn) header.field(1);
        for (SourceHeader one : headers) {
            key.append(one.key().getBytes(StandardCharsets.UTF_8));
            byte[] bytes = one.value();
            if (bytes != null) {
                value.append(bytes);
            }
            header.endStruct();
        }
        column.endList();
    }
}
