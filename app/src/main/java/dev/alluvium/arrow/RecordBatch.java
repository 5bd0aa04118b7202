package dev.alluvium.arrow;

import dev.alluvium.schema.Column;
import dev.alluvium.schema.TableSchema;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one group, column by column, in buffers that grow while rows are appended. An empty batch holds no buffer
 * memory. Owned by one thread; whoever opens a batch closes it, and an allocator that is closed first throws.
 */
public final class RecordBatch implements AutoCloseable {
    private final BatchMemory memory;
    private final List<ColumnBuffer> columns = new ArrayList<>();
    private TableSchema schema;
    private int rowCount;
    private @Nullable VectorSchemaRoot root;

    /** Opens an empty batch whose buffers come from the allocator, which stays the caller's. */
    public RecordBatch(BufferAllocator allocator, TableSchema schema) {
        this.memory = new BatchMemory(allocator);
        this.schema = schema;
        schema.columns().forEach(column -> columns.add(ColumnBuffer.of(column, memory)));
    }

    /** The columns as of now, added ones at the end. */
    public TableSchema schema() {
        return schema;
    }

    /** Rows ended so far. */
    public int rowCount() {
        return rowCount;
    }

    /** Bytes allocated for the buffers, filled or not, without the bitmaps that {@link #root} adds. */
    public long byteSize() {
        return memory.bytes;
    }

    /** The values of a top-level column, by its position in the schema. */
    public ColumnBuffer column(int index) {
        return columns.get(index);
    }

    /** The values of a top-level column as the class its type has; ClassCastException if it is another. */
    public <T extends ColumnBuffer> T column(int index, Class<T> type) {
        return type.cast(columns.get(index));
    }

    /**
     * Ends a row. Every column that was not written since the last row gets null if nullable, else its zero value; an
     * open list or map that is not nullable is closed with what it has.
     */
    public void endRow() {
        int row = rowCount;
        for (int i = 0; i < columns.size(); i++) {
            ColumnBuffer column = columns.get(i);
            if (column.valueCount == row) {
                column.appendAbsent();
            }
        }
        rowCount = row + 1;
    }

    /** Adds a nullable column at the end, null in all rows so far. */
    public void addColumn(Column column) {
        if (!column.nullable()) {
            throw new IllegalArgumentException("column " + column.name() + " is added to a batch but is not nullable");
        }
        schema = schema.with(List.of(column));
        ColumnBuffer buffer = ColumnBuffer.of(column, memory);
        columns.add(buffer);
        while (buffer.valueCount < rowCount) {
            buffer.appendNull();
        }
    }

    /**
     * Brings the ended rows into the order of the schema's {@link TableSchema#sortedBy}, as {@link ColumnBuffer#compare}
     * has it; rows that are equal in it stay in theirs. Nothing is copied when they are in order already. Needs the memory
     * of the largest column a second time. Call it between rows only.
     */
    public void sort() {
        ColumnBuffer[] keys = schema.sortedBy().stream()
                .map(key -> columns.get(schema.indexOf(key)))
                .toArray(ColumnBuffer[]::new);
        RowOrder order = new RowOrder(keys, rowCount);
        if (!order.isSorted()) {
            closeRoot();
            int[] sorted = order.sorted();
            columns.forEach(column -> column.permute(sorted));
        }
    }

    /**
     * The ended rows as Arrow vectors that share this batch's buffers. Owned by the batch: valid until the next call of
     * root, clear or close, and not to be closed. Call it between rows only.
     */
    public VectorSchemaRoot root() {
        closeRoot();
        VectorSchemaRoot view = VectorSchemaRoot.create(ArrowFields.schema(schema), memory.allocator);
        root = view;
        for (int i = 0; i < columns.size(); i++) {
            ColumnBuffer column = columns.get(i);
            if (column.valueCount != rowCount) {
                throw new IllegalStateException("column " + column.column.name() + " has " + column.valueCount
                        + " values in a batch of " + rowCount + " rows");
            }
            column.load(view.getVector(i));
        }
        view.setRowCount(rowCount);
        return view;
    }

    /** Forgets all rows. Columns stay; small buffers are kept for the next rows, big ones are given back. */
    public void clear() {
        closeRoot();
        columns.forEach(ColumnBuffer::clear);
        rowCount = 0;
    }

    /** Forgets all rows and gives all memory back. A second call does nothing. */
    @Override
    public void close() {
        closeRoot();
        columns.forEach(ColumnBuffer::close);
        rowCount = 0;
    }

    private void closeRoot() {
        if (root != null) {
            root.close();
            root = null;
        }
    }
}
