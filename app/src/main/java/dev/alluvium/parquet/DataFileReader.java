package dev.alluvium.parquet;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.format.converter.ParquetMetadataConverter;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * Reads a data file: its footer when it is opened, its rows on request, every page checked against its checksum. Meant
 * for facts, checks and tools, not for speed. Every error names the file. Used by one thread.
 */
public final class DataFileReader implements AutoCloseable {

    /** Read at once when a file is opened: for an object store, one request brings the footer of most files. */
    private static final int TAIL_BYTES = 64 << 10;

    /** Neighbours are read together up to here: memory holds a row group, and this much in one piece. */
    private static final int MAX_REQUEST_BYTES = 8 << 20;

    private static final int MAGIC_BYTES = 4;
    private static final int FOOTER_END_BYTES = Integer.BYTES + MAGIC_BYTES;

    private final String name;
    private final ByteSource source;
    private final ParquetMetadata metadata;
    private final PageCodecs codecs = new PageCodecs();

    private DataFileReader(String name, ByteSource source, ParquetMetadata metadata) {
        this.name = name;
        this.source = source;
        this.metadata = metadata;
    }

    /** Opens a file of the local disk. */
    public static DataFileReader open(Path file) throws IOException {
        return open(file.toString(), ByteSource.of(file));
    }

    /**
     * Opens a file wherever it lies.
     *
     * @param name what errors call the file
     * @param source closed with this reader, or at once if the file cannot be read
     */
    public static DataFileReader open(String name, ByteSource source) throws IOException {
        try {
            return new DataFileReader(name, source, readFooter(source));
        } catch (IOException | RuntimeException e) {
            source.close();
            throw failure(name, e);
        }
    }

    private static ParquetMetadata readFooter(ByteSource source) throws IOException {
        long length = source.length();
        if (length < MAGIC_BYTES + FOOTER_END_BYTES) {
            throw new IOException("not a Parquet file: " + length + " bytes");
        }
        byte[] tail = readBytes(source, Math.max(0, length - TAIL_BYTES), (int) Math.min(length, TAIL_BYTES));
        ByteBuffer end = ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN);
        if (!Arrays.equals(tail, tail.length - MAGIC_BYTES, tail.length, ParquetFileWriter.MAGIC, 0, MAGIC_BYTES)) {
            throw new IOException("not a Parquet file: it does not end with " + ParquetFileWriter.MAGIC_STR);
        }
        int footerBytes = end.getInt(tail.length - FOOTER_END_BYTES);
        if (footerBytes < 0 || footerBytes > length - MAGIC_BYTES - FOOTER_END_BYTES) {
            throw new IOException("footer of " + footerBytes + " bytes in a file of " + length);
        }
        byte[] footer = footerBytes + FOOTER_END_BYTES <= tail.length
                ? Arrays.copyOfRange(tail, tail.length - FOOTER_END_BYTES - footerBytes, tail.length - FOOTER_END_BYTES)
                : readBytes(source, length - FOOTER_END_BYTES - footerBytes, footerBytes);
        return new ParquetMetadataConverter()
                .readParquetMetadata(new ByteArrayInputStream(footer), ParquetMetadataConverter.NO_FILTER);
    }

    private static byte[] readBytes(ByteSource source, long position, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        while (bytes.hasRemaining()) {
            if (source.read(position + bytes.position(), bytes) < 0) {
                throw new EOFException("ends at byte " + (position + bytes.position()));
            }
        }
        return bytes.array();
    }

    private static IOException failure(String name, Exception e) {
        return new IOException("data file " + name + ": " + e.getMessage(), e);
    }

    /** An error of this file, for whoever reads it. */
    IOException failure(Exception e) {
        return failure(name, e);
    }

    /** The footer's key-value pairs. */
    public Map<String, String> footer() {
        return metadata.getFileMetaData().getKeyValueMetaData();
    }

    /**
     * What the file says of itself.
     *
     * @throws IOException if the footer is not that of a data file of this product
     */
    public FileFacts facts() throws IOException {
        try {
            return FileFacts.fromFooter(footer());
        } catch (IllegalArgumentException e) {
            throw failure(e);
        }
    }

    /** Whether this product wrote the file, so that it has {@link #facts}. */
    public boolean hasFacts() {
        return FileFacts.areIn(footer());
    }

    /** Who wrote the file, in the writer's own words; empty if it does not say. */
    public String createdBy() {
        return Objects.requireNonNullElse(metadata.getFileMetaData().getCreatedBy(), "");
    }

    /** Rows of the file, by its row groups. */
    public long rowCount() {
        return metadata.getBlocks().stream()
                .mapToLong(BlockMetaData::getRowCount)
                .sum();
    }

    /** Schema of the file. */
    public MessageType schema() {
        return metadata.getFileMetaData().getSchema();
    }

    /** Name of the table or message that the rows are of. */
    public String schemaName() {
        return schema().getName();
    }

    /** The schema in the language of the Parquet format. */
    public String schemaText() {
        return schema().toString();
    }

    /** Row groups, column chunks and their statistics. */
    ParquetMetadata metadata() {
        return metadata;
    }

    /** The columns, in the file's order. */
    public List<FileColumn> columns() throws IOException {
        try {
            return FileColumn.of(schema());
        } catch (RuntimeException e) {
            throw failure(e);
        }
    }

    /** The row groups, in the file's order, with what the footer says of their columns. */
    public List<RowGroup> rowGroups() {
        return metadata.getBlocks().stream().map(RowGroup::of).toList();
    }

    /** All columns of all rows. */
    public RowReader read() {
        return read(schema(), unused -> true);
    }

    /**
     * Some columns of the rows of some row groups: of nothing else a byte is read.
     *
     * @param columns names, in the order in which rows are to have them
     * @param wanted decides by what the footer says whether to read a row group
     * @throws IllegalArgumentException if there are none, or one that the file does not have
     */
    public RowReader read(List<String> columns, Predicate<RowGroup> wanted) {
        MessageType schema = schema();
        List<Type> fields = new ArrayList<>();
        for (String column : columns) {
            if (!schema.containsField(column)) {
                throw new IllegalArgumentException("no column " + column + " in " + name + "; there are "
                        + schema.getFields().stream().map(Type::getName).collect(Collectors.joining(", ")));
            }
            fields.add(schema.getType(column));
        }
        if (fields.isEmpty()) {
            throw new IllegalArgumentException("no columns of " + name + " are asked for");
        }
        return read(new MessageType(schema.getName(), fields), wanted);
    }

    private RowReader read(MessageType columns, Predicate<RowGroup> wanted) {
        List<BlockMetaData> rowGroups = metadata.getBlocks().stream()
                .filter(rowGroup -> wanted.test(RowGroup.of(rowGroup)))
                .toList();
        return new RowReader(this, columns, rowGroups);
    }

    /**
     * Gives the rows as {@link RowReader} does.
     *
     * @throws IOException as there; rows before the fault were given by then
     */
    public void forEachRow(Consumer<Map<String, @Nullable Object>> visitor) throws IOException {
        RowReader rows = read();
        for (Map<String, @Nullable Object> row = rows.next(); row != null; row = rows.next()) {
            visitor.accept(row);
        }
    }

    /** All rows at once, as {@link RowReader} gives them. */
    public List<Map<String, @Nullable Object>> rows() throws IOException {
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        forEachRow(rows::add);
        return rows;
    }

    /** The pages of some columns of a row group. Chunks that lie side by side come in one request. */
    PageReadStore pages(BlockMetaData rowGroup, MessageType columns) throws IOException {
        List<ColumnChunkMetaData> chunks = rowGroup.getColumns().stream()
                .filter(chunk -> columns.containsPath(chunk.getPath().toArray()))
                .sorted(Comparator.comparingLong(ColumnChunkMetaData::getStartingPos))
                .toList();
        Map<List<String>, PageReader> pages = new HashMap<>();
        int next = 0;
        while (next < chunks.size()) {
            int first = next;
            long start = chunks.get(first).getStartingPos();
            long end = start + chunks.get(first).getTotalSize();
            for (next++; next < chunks.size() && chunks.get(next).getStartingPos() == end; next++) {
                long longer = end + chunks.get(next).getTotalSize();
                if (longer - start > MAX_REQUEST_BYTES) {
                    break;
                }
                end = longer;
            }
            byte[] bytes = readBytes(source, start, Math.toIntExact(end - start));
            for (ColumnChunkMetaData chunk : chunks.subList(first, next)) {
                pages.put(List.of(chunk.getPath().toArray()), pagesOf(chunk, bytes, start));
            }
        }
        return new PageReadStore() {
            @Override
            public PageReader getPageReader(ColumnDescriptor column) {
                return Objects.requireNonNull(pages.get(List.of(column.getPath())));
            }

            @Override
            public long getRowCount() {
                return rowGroup.getRowCount();
            }
        };
    }

    private ChunkPages pagesOf(ColumnChunkMetaData chunk, byte[] bytes, long start) throws IOException {
        int from = (int) (chunk.getStartingPos() - start);
        // Files of other writers may have no checksums.
        boolean needsChecksums = FileFacts.areIn(footer());
        return new ChunkPages(
                chunk,
                new ByteArrayInputStream(bytes, from, (int) chunk.getTotalSize()),
                codecs.getDecompressor(chunk.getCodec()),
                needsChecksums);
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
