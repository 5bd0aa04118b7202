package dev.alluvium.parquet;

import dev.alluvium.schema.TableSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.schema.MessageType;

/**
 * Writes record batches into a data file of the local disk. Rows gather in memory as pages of the open row group; row
 * groups go to the file one by one. The same rows with the same settings give the same bytes, however they were cut
 * into batches, unless the caller flushes row groups itself. Used by one thread.
 */
public final class DataFileWriter implements AutoCloseable {

    /** Rows after which a new row group is looked at for the first time: of records of 1 MB, 16 MB. */
    private static final int FIRST_SIZE_CHECK_ROWS = 16;

    private static final int MAX_ROWS_BETWEEN_SIZE_CHECKS = 4096;

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
    private long nextSizeCheckRows = FIRST_SIZE_CHECK_ROWS;
    private State state = State.OPEN;

    private DataFileWriter(
            Path file, WriterSettings settings, LocalOutput output, ParquetFileWriter parquet, RowGroupEncoder rows) {
        this.file = file;
        this.settings = settings;
        this.output = output;
        this.parquet = parquet;
        this.rowGroup = rows;
    }

    /**
     * Creates the file, with mode 0600.
     *
     * @param schema the columns of the file; a batch may carry fewer
     * @throws java.nio.file.FileAlreadyExistsException if the file exists
     * @throws IllegalArgumentException if Parquet has no form for the schema
     */
    public static DataFileWriter create(Path file, TableSchema schema, WriterSettings settings) throws IOException {
        MessageType message = ParquetSchema.of(schema);
        RowGroupEncoder encoder = new ColumnStoreEncoder(schema, message, settings, new PageCodecs(settings.level()));
        ParquetProperties properties =
                ParquetProperties.builder().withPageWriteChecksumEnabled(true).build();
        LocalOutput output = new LocalOutput(file);
        try {
            ParquetFileWriter parquet = new ParquetFileWriter(
                    output, message, ParquetFileWriter.Mode.CREATE, settings.rowGroupBytes(), 0, null, properties);
            parquet.start();
            output.flush();
            return new DataFileWriter(file, settings, output, parquet, encoder);
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
            int row = 0;
            while (row < batch.getRowCount()) {
                int slice = (int) Math.min(batch.getRowCount() - row, nextSizeCheckRows - rowGroup.rows());
                rowGroup.write(batch, row, row + slice);
                row += slice;
                if (rowGroup.rows() == nextSizeCheckRows) {
                    checkSize();
                }
            }
        });
    }

    /** Rows between checks follow from the rows so far, never from batches: so do the ends of row groups. */
    private void checkSize() throws IOException {
        long bytes = rowGroup.estimatedBytes();
        if (bytes >= settings.rowGroupBytes()) {
            endRowGroup();
            return;
        }
        long rowsToFill = (settings.rowGroupBytes() - bytes) / Math.max(1, bytes / rowGroup.rows());
        nextSizeCheckRows += Math.max(1, Math.min(rowsToFill / 2, MAX_ROWS_BETWEEN_SIZE_CHECKS));
    }

    private void endRowGroup() throws IOException {
        rowGroup.writeTo(parquet);
        output.flush();
        nextSizeCheckRows = FIRST_SIZE_CHECK_ROWS;
    }

    /** Memory that the open row group holds: pages and the buffers of columns, in bytes. */
    public long bufferedBytes() {
        return rowGroup.heldBytes();
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
