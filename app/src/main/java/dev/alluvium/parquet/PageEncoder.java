package dev.alluvium.parquet;

import dev.alluvium.schema.ColumnType;
import dev.alluvium.schema.ColumnType.Scalar;
import dev.alluvium.schema.TableSchema;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.schema.MessageType;

/**
 * Makes pages straight from Arrow's buffers, a column at a time. Each call of {@link #write} makes pages of its own: what
 * encodes well is a record batch that fills a page.
 */
final class PageEncoder implements RowGroupEncoder {
    private final TableSchema table;
    private final PageMemory memory;
    private final List<ColumnEncoder> columns = new ArrayList<>();
    private long rows;

    PageEncoder(
            TableSchema table,
            MessageType schema,
            WriterSettings settings,
            PageMemory memory,
            LearnedEncodings learned) {
        this.table = table;
        this.memory = memory;
        List<Scalar> types = new ArrayList<>();
        table.columns().forEach(column -> addTypes(column.type(), types));
        for (int i = 0; i < types.size(); i++) {
            ColumnDescriptor descriptor = schema.getColumns().get(i);
            String name = table.name() + '/' + String.join("/", descriptor.getPath()) + '/' + types.get(i);
            columns.add(new ColumnEncoder(descriptor, name, types.get(i), settings, learned, memory.allocator()));
        }
    }

    /** Types of the leaves, in the order of the Parquet schema. */
    private static void addTypes(ColumnType type, List<Scalar> types) {
        if (type instanceof ColumnType.Struct struct) {
            struct.fields().forEach(field -> addTypes(field.type(), types));
        } else if (type instanceof ColumnType.ListOf list) {
            addTypes(list.element(), types);
        } else if (type instanceof ColumnType.MapOf map) {
            addTypes(map.key(), types);
            addTypes(map.value(), types);
        } else {
            types.add((Scalar) type);
        }
    }

    @Override
    public void write(VectorSchemaRoot batch, int from, int to) throws IOException {
        List<LeafColumn> leaves = LeafColumn.of(table, batch);
        PageScratch scratch = memory.borrow();
        try {
            for (int i = 0; i < leaves.size(); i++) {
                columns.get(i).write(leaves.get(i), from, to, scratch);
            }
        } finally {
            memory.giveBack(scratch);
        }
        rows += to - from;
    }

    @Override
    public long rows() {
        return rows;
    }

    @Override
    public long heldBytes() {
        long total = 0;
        for (ColumnEncoder column : columns) {
            total += column.heldBytes();
        }
        return total;
    }

    @Override
    public long heapBytes() {
        long total = 0;
        for (ColumnEncoder column : columns) {
            total += column.heapBytes();
        }
        return total;
    }

    @Override
    public long estimatedBytes() {
        if (rows == 0) {
            return 0;
        }
        long total = 0;
        for (ColumnEncoder column : columns) {
            total += column.estimatedBytes();
        }
        return total;
    }

    @Override
    public void writeTo(ParquetFileWriter file) throws IOException {
        PageScratch scratch = memory.borrow();
        try {
            file.startBlock(rows);
            for (ColumnEncoder column : columns) {
                column.writeTo(file, scratch);
            }
            file.endBlock();
        } finally {
            memory.giveBack(scratch);
        }
        rows = 0;
    }

    @Override
    public void discard() {
        columns.forEach(ColumnEncoder::discard);
        rows = 0;
    }
}
