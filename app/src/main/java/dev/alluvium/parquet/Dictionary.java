package dev.alluvium.parquet;

/**
 * The distinct values of a column chunk, each with its place (Parquet format, Encodings.md, RLE_DICTIONARY). Grows from
 * nothing, since thousands are open at once. One thread.
 */
interface Dictionary extends AutoCloseable {
    /** How many values it has. */
    int size();

    /** Bytes of the first values in the PLAIN encoding. */
    long plainBytes(int count);

    /** Writes the first values in the PLAIN encoding; returns the address behind them. */
    long writePlain(int count, long address);

    /** Bytes of heap that it holds. */
    long heapBytes();

    /** Bytes of native memory that it holds. */
    long nativeBytes();

    @Override
    void close();
}
