package dev.alluvium.parquet;

import java.io.IOException;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.parquet.hadoop.ParquetFileWriter;

/**
 * Turns record batches into the pages of one row group after the other: the seam behind which the way of encoding can
 * change. Framing, statistics, indexes and checksums are the file writer's. One thread.
 */
interface RowGroupEncoder {

    /**
     * Appends rows of a batch to the open row group.
     *
     * @param from first row of the batch to be written
     * @param to end of the rows, exclusive
     */
    void write(VectorSchemaRoot batch, int from, int to) throws IOException;

    /** Rows of the open row group. */
    long rows();

    /** Memory that the open row group holds, in bytes; 0 while it has no rows. */
    long heldBytes();

    /** The part of it that is heap: what no allocator counts. */
    long heapBytes();

    /** About how many bytes the open row group takes in the file. */
    long estimatedBytes();

    /** Writes the open row group, which must have rows, to the file and opens the next, empty one. */
    void writeTo(ParquetFileWriter file) throws IOException;

    /** Drops the open row group. */
    void discard();
}
