package dev.alluvium.parquet;

import org.apache.arrow.memory.BufferAllocator;

/**
 * What an encoder works with while it makes pages: arrays and native memory that hold one page at a time, and the native
 * state of compression. Some megabytes; as many exist as threads encode at once. One thread at a time.
 */
final class PageScratch implements AutoCloseable {
    /** Longer arrays are given back after use. */
    private static final int KEPT_VALUES = 1 << 18;

    private static final int DELTA_BLOCK = 128;

    final LeafLevels levels = new LeafLevels();
    final PageCompressor compressor = new PageCompressor();
    /** The page before compression. */
    final NativeBuffer raw;
    /** The page after it. */
    final NativeBuffer packed;
    /** Room for a block of {@link DeltaPacking}. */
    final long[] block = new long[DELTA_BLOCK];

    /** Values of the page as bits, sign-extended; or the lengths of byte strings. */
    long[] numbers = new long[0];
    /** Where byte strings start in the leaf's data. */
    int[] starts = new int[0];
    /** How long they are. */
    int[] lengths = new int[0];
    /** Places in a dictionary. */
    int[] ids = new int[0];

    PageScratch(BufferAllocator allocator) {
        this.raw = new NativeBuffer(allocator);
        this.packed = new NativeBuffer(allocator);
    }

    long[] numbers(int count) {
        if (numbers.length < count) {
            numbers = new long[grown(count)];
        }
        return numbers;
    }

    int[] ids(int count) {
        if (ids.length < count) {
            ids = new int[grown(count)];
        }
        return ids;
    }

    void reserveStrings(int count) {
        if (starts.length < count) {
            starts = new int[grown(count)];
            lengths = new int[grown(count)];
        }
    }

    private static int grown(int count) {
        return Math.max(64, count + (count >> 3));
    }

    /** Makes it fit to be kept until the next rows come: what a budget counts is given back. */
    void trim() {
        levels.forget();
        if (numbers.length > KEPT_VALUES) {
            numbers = new long[0];
        }
        if (ids.length > KEPT_VALUES) {
            ids = new int[0];
        }
        if (starts.length > KEPT_VALUES) {
            starts = new int[0];
            lengths = new int[0];
        }
        raw.close();
        packed.close();
    }

    @Override
    public void close() {
        raw.close();
        packed.close();
        compressor.close();
    }
}
