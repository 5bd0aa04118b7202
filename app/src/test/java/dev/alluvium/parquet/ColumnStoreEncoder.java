package dev.alluvium.parquet;

import dev.alluvium.schema.TableSchema;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.column.impl.ColumnWriteStoreV1;
import org.apache.parquet.column.values.ValuesWriter;
import org.apache.parquet.column.values.factory.ValuesWriterFactory;
import org.apache.parquet.column.values.fallback.FallbackValuesWriter;
import org.apache.parquet.column.values.plain.BooleanPlainValuesWriter;
import org.apache.parquet.column.values.plain.PlainValuesWriter;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * The reference that the product's encoder is compared with: column by column through parquet-column, a dictionary first,
 * plain values where that does not pay.
 */
final class ColumnStoreEncoder implements RowGroupEncoder {

    /** What an open column costs beside its buffers, measured by the heap of 20 open files of 200 columns each. */
    private static final int COLUMN_OVERHEAD = 2_000;

    /** First slab of a column's plain values. Slabs double from here. */
    private static final int FIRST_SLAB_BYTES = 64;

    /**
     * A leaf column of the open row group. It has a store of its own, so that pages are cut at exact rows although rows
     * are written a column at a time: a store counts rows for all of its columns at once.
     */
    private static final class OpenColumn {
        final ColumnPages pages;
        final ColumnWriteStore store;
        final ColumnWriter writer;
        final @Nullable DictionaryValues dictionary;

        OpenColumn(ColumnPages pages, ColumnWriteStore store, ColumnWriter writer, @Nullable DictionaryValues dict) {
            this.pages = pages;
            this.store = store;
            this.writer = writer;
            this.dictionary = dict;
        }

        long heldBytes() {
            // After the fall-back to plain values the store no longer counts the dictionary.
            long forgotten = dictionary == null || dictionary.isActive() ? 0 : dictionary.getAllocatedSize();
            return store.getAllocatedSize() + forgotten + COLUMN_OVERHEAD;
        }

        long estimatedBytes() {
            long open = dictionary != null && dictionary.isActive()
                    ? dictionary.encodedBytes()
                    : store.getBufferedSize() - pages.getMemSize();
            return pages.estimatedBytes(open);
        }
    }

    private final TableSchema table;
    private final ArrayCompressor compressor;
    private final ParquetProperties properties;
    private final Values values;
    private final List<ColumnDescriptor> descriptors;
    private final List<MessageType> schemas;

    private List<OpenColumn> columns = List.of();
    private long rows;

    ColumnStoreEncoder(TableSchema table, MessageType schema, WriterSettings settings) {
        this.table = table;
        this.compressor = new ArrayCompressor(PageCodecs.nameOf(settings.codec()), settings.level());
        this.values = new Values(settings.pageBytes());
        this.properties = ParquetProperties.builder()
                .withWriterVersion(WriterVersion.PARQUET_1_0)
                .withPageSize(settings.pageBytes())
                .withPageRowCountLimit(settings.pageRows())
                .withMinRowCountForPageSizeCheck(1)
                .withMaxRowCountForPageSizeCheck(settings.pageRows())
                .withValuesWriterFactory(values)
                .build();
        this.descriptors = schema.getColumns();
        this.schemas = descriptors.stream()
                .map(leaf -> new MessageType(schema.getName(), only(schema, leaf.getPath(), 0)))
                .toList();
    }

    /** The part of a schema that leads to one leaf; its levels are those of the whole. */
    private static Type only(GroupType group, String[] path, int depth) {
        Type field = group.getType(path[depth]);
        return field.isPrimitive()
                ? field
                : field.asGroupType().withNewFields(only(field.asGroupType(), path, depth + 1));
    }

    @Override
    public void write(VectorSchemaRoot batch, int from, int to) {
        if (columns.isEmpty()) {
            open();
        }
        List<LeafColumn> leaves = LeafColumn.of(table, batch);
        for (int i = 0; i < columns.size(); i++) {
            OpenColumn column = columns.get(i);
            LeafRows leaf = new LeafRows(leaves.get(i));
            for (int row = from; row < to; row++) {
                leaf.write(row, column.writer);
                column.store.endRecord();
            }
        }
        rows += to - from;
    }

    private void open() {
        columns = new ArrayList<>(descriptors.size());
        for (int i = 0; i < descriptors.size(); i++) {
            ColumnDescriptor descriptor = descriptors.get(i);
            ColumnPages pages = new ColumnPages(descriptor, compressor);
            ColumnWriteStore store = new ColumnWriteStoreV1(schemas.get(i), unused -> pages, properties);
            columns.add(new OpenColumn(
                    pages, store, store.getColumnWriter(descriptor), values.dictionaries.remove(descriptor)));
        }
    }

    @Override
    public long rows() {
        return rows;
    }

    @Override
    public long heldBytes() {
        long total = compressor.heldBytes();
        for (OpenColumn column : columns) {
            total += column.heldBytes();
        }
        return total;
    }

    @Override
    public long heapBytes() {
        return heldBytes();
    }

    @Override
    public long estimatedBytes() {
        long total = 0;
        for (OpenColumn column : columns) {
            total += column.estimatedBytes();
        }
        return total;
    }

    @Override
    public void writeTo(ParquetFileWriter file) throws IOException {
        file.startBlock(rows);
        for (OpenColumn column : columns) {
            column.store.close();
            column.pages.writeTo(file);
        }
        file.endBlock();
        discard();
    }

    @Override
    public void discard() {
        columns = List.of();
        rows = 0;
        compressor.release();
    }

    /** Makes the value writers, and remembers dictionaries so that their size can be told. */
    private static final class Values implements ValuesWriterFactory {
        final Map<ColumnDescriptor, DictionaryValues> dictionaries = new HashMap<>();
        private final int pageBytes;
        private @Nullable ParquetProperties properties;

        Values(int pageBytes) {
            this.pageBytes = pageBytes;
        }

        @Override
        public void initialize(ParquetProperties parquetProperties) {
            properties = parquetProperties;
        }

        @Override
        public ValuesWriter newValuesWriter(ColumnDescriptor column) {
            PrimitiveTypeName type = column.getPrimitiveType().getPrimitiveTypeName();
            if (type == PrimitiveTypeName.BOOLEAN) {
                return new BooleanPlainValuesWriter();
            }
            DictionaryValues dictionary = new DictionaryValues(type, pageBytes);
            dictionaries.put(column, dictionary);
            PlainValuesWriter plain = new PlainValuesWriter(
                    Math.min(FIRST_SLAB_BYTES, pageBytes),
                    pageBytes,
                    Objects.requireNonNull(properties).getAllocator());
            return FallbackValuesWriter.of(dictionary, plain);
        }
    }
}
