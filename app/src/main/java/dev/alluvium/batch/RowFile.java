package dev.alluvium.batch;

import dev.alluvium.decode.Group;
import dev.alluvium.parquet.DataFileWriter;
import dev.alluvium.parquet.LearnedEncodings;
import dev.alluvium.parquet.WriterSettings;
import dev.alluvium.schema.TableSchema;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.arrow.vector.VectorSchemaRoot;

/** A file of the local disk that rows are appended to, whatever its format. Used by one thread. */
public interface RowFile extends AutoCloseable {
    /** Creates the files of a pipeline. */
    @FunctionalInterface
    interface Maker {
        /** Creates a file for rows of a group with these columns; throws FileAlreadyExistsException if it exists. */
        RowFile create(Path file, Group group, TableSchema columns) throws IOException;
    }

    /**
     * Files of Parquet.
     *
     * @param learned what pays for the columns of the pipeline's topic
     */
    static Maker parquet(WriterSettings settings, MemoryBudget budget, LearnedEncodings learned) {
        return (file, group, columns) ->
                new ParquetFile(DataFileWriter.create(file, columns, settings, budget.pages(), learned));
    }

    /** Appends all rows of a batch, which stays the caller's. */
    void write(VectorSchemaRoot rows) throws IOException;

    /** Gives what is held in memory to the disk, at the price of a smaller row group if there are any. */
    void flush() throws IOException;

    /** Memory held beside the batches. */
    long bufferedBytes();

    /** The part of it that is heap, and so not from the budget's allocator. */
    default long heapBytes() {
        return bufferedBytes();
    }

    /** Bytes of the file so far, as well as they can be told. */
    long fileBytes();

    /**
     * Completes the file.
     *
     * @param footer key-value pairs that the file says of itself
     * @return its length in bytes
     */
    long finish(Map<String, String> footer) throws IOException;

    /** Deletes the file unless it is finished. A repeat does nothing. */
    @Override
    void close() throws IOException;

    /** A file of Parquet. */
    record ParquetFile(DataFileWriter writer) implements RowFile {
        @Override
        public void write(VectorSchemaRoot rows) throws IOException {
            writer.write(rows);
        }

        @Override
        public void flush() throws IOException {
            writer.flushRowGroup();
        }

        @Override
        public long bufferedBytes() {
            return writer.bufferedBytes();
        }

        @Override
        public long heapBytes() {
            return writer.heapBytes();
        }

        @Override
        public long fileBytes() {
            return writer.fileBytes();
        }

        @Override
        public long finish(Map<String, String> footer) throws IOException {
            return writer.finish(footer);
        }

        @Override
        public void close() throws IOException {
            writer.close();
        }
    }
}
