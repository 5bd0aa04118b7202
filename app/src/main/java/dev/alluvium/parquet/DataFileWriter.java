package dev.alluvium.parquet;

import dev.alluvium.schema.TableSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.schema.MessageType;

/**
 * Writes record batches into a data file of the local disk. Each batch becomes pages, which gather in memory as the open
 * row group; row groups go to the file one by one. The same batches with the same settings and the same learned encodings
 * give the same bytes. Used by one thread.
 */
public final class DataFileWriter implements AutoCloseable {

    private enum State {
        OPEN,
        FINISHED,
        CLOSED,
        BROKEN
    }

    private final Path file;
    private final WriterSettings settings;
    private final LocalOutput output;
    private final ParquetFileWriter parquet;
    private final RowGroupEncoder rowGroup;
    /** Gives back what belongs to this file alone. */
    private final Runnable release;

    private State state = State.OPEN;

    private DataFileWriter(
            Path file,
            WriterSettings settings,
            LocalOutput output,
            ParquetFileWriter parquet,
            RowGroupEncoder rows,
            Runnable release) {
        this.file = file;
        this.settings = settings;
        this.output = output;
        this.parquet = parquet;
        this.rowGroup = rows;
        this.release = release;
    }

    /**
     * Creates the file, with mode 0600.
     *
     * @param schema the columns of the file; a batch may carry fewer
     * @param memory for its pages; stays the caller's
     * @param learned what pays for the columns of the topic
     * @throws java.nio.file.FileAlreadyExistsException if the file exists
     * @throws IllegalArgumentException if Parquet has no form for the schema
     */
    public static DataFileWriter create(
            Path file, TableSchema schema, WriterSettings settings, PageMemory memory, LearnedEncodings learned)
            throws IOException {
        MessageType message = ParquetSchema.of(schema);
        RowGroupEncoder encoder = new PageEncoder(schema, message, settings, memory, learned);
        return create(file, message, settings, encoder, () -> {});
    }

    /** As above, with memory of its own and nothing learned. */
    public static DataFileWriter create(Path file, TableSchema schema, WriterSettings settings) throws IOException {
        MessageType message = ParquetSchema.of(schema);
        RootAllocator allocator = new RootAllocator();
        PageMemory memory = new PageMemory(allocator);
        RowGroupEncoder encoder = new PageEncoder(schema, message, settings, memory, new LearnedEncodings());
        return create(file, message, settings, encoder, () -> {
            memory.close();
            allocator.close();
        });
    }

    /** @param release runs when the file is finished, closed or not made at all */
    static DataFileWriter create(
            Path file, MessageType message, WriterSettings settings, RowGroupEncoder encoder, Runnable release)
            throws IOException {
        try {
            return create(file, message, settings, encoder, new LocalOutput(file), release);
        } catch (IOException | RuntimeException e) {
            release.run();
            throw e;
        }
    }

    private static DataFileWriter create(
            Path file,
            MessageType message,
            WriterSettings settings,
            RowGroupEncoder encoder,
            LocalOutput output,
            Runnable release)
            throws IOException {
        ParquetProperties properties =
                ParquetProperties.builder().withPageWriteChecksumEnabled(true).build();
        try {
            ParquetFileWriter parquet = new ParquetFileWriter(
                    output, message, ParquetFileWriter.Mode.CREATE, settings.rowGroupBytes(), 0, null, properties);
            parquet.start();
            output.flush();
            return new DataFileWriter(file, settings, output, parquet, encoder, release);
        } catch (IOException | RuntimeException e) {
            output.release();
            Files.deleteIfExists(file);
            throw e;
        }
    }

    /**
     * Appends the rows of a batch, which stays the caller's. Nullable columns at the end of the schema may be missing in
     * the batch: they are null.
     *
     * @throws IllegalArgumentException if the batch does not fit the schema, or a required value is null; the file can
     *     then only be closed
     */
    public void write(VectorSchemaRoot batch) throws IOException {
        guarded(() -> {
            int step = step(batch);
            int row = 0;
            while (row < batch.getRowCount()) {
                int end = (int) Math.min(batch.getRowCount(), (long) row + step);
                rowGroup.write(batch, row, end);
                if (isFull(end - row)) {
                    endRowGroup();
                }
                row = end;
            }
        });
    }

    /** Rows that are written at once: all of them, unless they would fill most of a row group as they are. */
    private int step(VectorSchemaRoot batch) {
        int rows = batch.getRowCount();
        long bytes = 1;
        for (FieldVector vector : batch.getFieldVectors()) {
            bytes += vector.getBufferSize();
        }
        return (int) Math.max(1, Math.min(rows, rows * (double) settings.rowGroupBytes() / 2 / bytes));
    }

    /** Whether the row group is nearer to its size now than it will be after so many more rows. */
    private boolean isFull(int nextRows) {
        double bytes = rowGroup.estimatedBytes();
        return bytes + bytes / rowGroup.rows() * nextRows / 2 >= settings.rowGroupBytes();
    }

    private void endRowGroup() throws IOException {
        rowGroup.writeTo(parquet);
        output.flush();
    }

    /** Memory that the open row group holds: pages and dictionaries, in bytes. */
    public long bufferedBytes() {
        return rowGroup.heldBytes();
    }

    /** The part of {@link #bufferedBytes} that is heap, which the allocator of the pages does not count. */
    public long heapBytes() {
        return rowGroup.heapBytes();
    }

    /** Bytes in the file, with an estimate of what the open row group will take. The footer is not in it. */
    public long fileBytes() {
        return output.getPos() + rowGroup.estimatedBytes();
    }

    /** Ends the open row group: its pages go to the file and its memory is given back. Does nothing without rows. */
    public void flushRowGroup() throws IOException {
        guarded(() -> {
            if (rowGroup.rows() > 0) {
                endRowGroup();
            }
        });
    }

    /**
     * Writes the footer. Nothing waits for the disk here: whoever publishes the file makes its copy durable, and one that
     * a crash leaves behind is written anew from the source.
     *
     * @param footer key-value pairs, written in the order of their keys
     * @return length of the file in bytes
     */
    public long finish(Map<String, String> footer) throws IOException {
        flushRowGroup();
        guarded(() -> {
            parquet.end(new TreeMap<>(footer));
            output.flush();
            output.release();
        });
        state = State.FINISHED;
        release.run();
        return output.getPos();
    }

    /** Deletes the file unless it is finished. A repeat does nothing. */
    @Override
    public void close() throws IOException {
        if (state == State.FINISHED || state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        rowGroup.discard();
        parquet.abort();
        try {
            output.release(); // first, so that nothing is written: the disk may be full
            parquet.close();
        } finally {
            release.run();
            Files.deleteIfExists(file);
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    private void guarded(Step step) throws IOException {
        if (state != State.OPEN) {
            throw new IllegalStateException("data file " + file + " is " + state);
        }
        state = State.BROKEN;
        try {
            step.run();
        } catch (IOException e) {
            throw new IOException("data file " + file + ": " + e.getMessage(), e);
        }
        state = State.OPEN;
    }
}
