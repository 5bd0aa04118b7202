package dev.alluvium.parquet;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.format.converter.ParquetMetadataConverter;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * Reads a data file: its footer when it is opened, its rows on request, every page checked against its checksum. Meant
 * for facts, checks and tools, not for speed. Every error names the file. Used by one thread.
 */
public final class DataFileReader implements AutoCloseable {

    /** Read at once when a file is opened: for an object store, one request brings the footer of most files. */
    private static final int TAIL_BYTES = 64 << 10;

    private static final int MAGIC_BYTES = 4;
    private static final int FOOTER_END_BYTES = Integer.BYTES + MAGIC_BYTES;

    private final String name;
    private final ByteSource source;
    private final ParquetMetadata metadata;
    private final PageCodecs codecs = new PageCodecs(0);

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
        byte[] tail = read(source, Math.max(0, length - TAIL_BYTES), (int) Math.min(length, TAIL_BYTES));
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
                : read(source, length - FOOTER_END_BYTES - footerBytes, footerBytes);
        return new ParquetMetadataConverter()
                .readParquetMetadata(new ByteArrayInputStream(footer), ParquetMetadataConverter.NO_FILTER);
    }

    private static byte[] read(ByteSource source, long position, int count) throws IOException {
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
            throw failure(name, e);
        }
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

    /** Row groups, column chunks and their statistics. */
    ParquetMetadata metadata() {
        return metadata;
    }

    /**
     * Gives the rows in the file's order. A row has every column as a key; the value is null, a Boolean, Integer, Long
     * (also of UINT32), BigInteger (UINT64), Float, Double, String, {@code byte[]}, Instant, LocalDateTime, LocalDate, or a Map or List of these.
     *
     * @throws IOException if the file cannot be read or a page does not have its checksum; rows of earlier row groups
     *     were given by then
     */
    public void forEachRow(Consumer<Map<String, @Nullable Object>> visitor) throws IOException {
        MessageColumnIO columns = new ColumnIOFactory().getColumnIO(schema());
        for (BlockMetaData rowGroup : metadata.getBlocks()) {
            rows(columns, rowGroup).forEach(visitor);
        }
    }

    /** All rows, as {@link #forEachRow} gives them. */
    public List<Map<String, @Nullable Object>> rows() throws IOException {
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        forEachRow(rows::add);
        return rows;
    }

    private List<Map<String, @Nullable Object>> rows(MessageColumnIO columns, BlockMetaData rowGroup)
            throws IOException {
        try {
            RecordReader<Map<String, @Nullable Object>> reader =
                    columns.getRecordReader(pages(rowGroup), new RowMaterializer(schema()));
            List<Map<String, @Nullable Object>> rows = new ArrayList<>();
            for (long i = 0; i < rowGroup.getRowCount(); i++) {
                rows.add(reader.read());
            }
            return rows;
        } catch (IOException | RuntimeException e) {
            throw failure(name, e);
        }
    }

    private PageReadStore pages(BlockMetaData rowGroup) throws IOException {
        Map<List<String>, PageReader> chunks = new HashMap<>();
        for (ColumnChunkMetaData chunk : rowGroup.getColumns()) {
            byte[] bytes = read(source, chunk.getStartingPos(), Math.toIntExact(chunk.getTotalSize()));
            List<String> path = List.of(chunk.getPath().toArray());
            chunks.put(path, new ChunkPages(chunk, bytes, codecs.getDecompressor(chunk.getCodec())));
        }
        return new PageReadStore() {
            @Override
            public PageReader getPageReader(ColumnDescriptor column) {
                return Objects.requireNonNull(chunks.get(List.of(column.getPath())));
            }

            @Override
            public long getRowCount() {
                return rowGroup.getRowCount();
            }
        };
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
