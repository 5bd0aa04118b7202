package dev.alluvium.parquet;

import org.apache.arrow.memory.util.MemoryUtil;

/** Differences of neighbours in as few bits as a block needs (Parquet format, Encodings.md, DELTA_BINARY_PACKED). */
final class DeltaPacking {
    private static final int BLOCK = 128;
    private static final int MINI_BLOCKS = 4;
    private static final int MINI_BLOCK = BLOCK / MINI_BLOCKS;
    private static final int MAX_VAR_INT = 10;

    private DeltaPacking() {}

    /** The most bytes that so many values can take. */
    static long maxBytes(int count) {
        return 4L * MAX_VAR_INT + (count / BLOCK + 1L) * (MAX_VAR_INT + MINI_BLOCKS + BLOCK * (long) Long.BYTES);
    }

    /**
     * Writes integers. Guarded by FileBenchmark.
     *
     * @param isInt whether they are of 32 bits, sign-extended; their differences wrap at 32 bits then
     * @param block room for the differences of a block, 128 of them
     * @return the address behind them
     */
    static long write(long[] values, int count, boolean isInt, long[] block, long address) {
        long at = HybridRuns.putVarInt(BLOCK, address);
        at = HybridRuns.putVarInt(MINI_BLOCKS, at);
        at = HybridRuns.putVarInt(count, at);
        at = HybridRuns.putVarInt(zigZag(count == 0 ? 0 : values[0]), at);
        for (int from = 1; from < count; from += BLOCK) {
            int size = Math.min(BLOCK, count - from);
            long least = Long.MAX_VALUE;
            for (int i = 0; i < size; i++) {
                long difference = values[from + i] - values[from + i - 1];
                block[i] = isInt ? (int) difference : difference;
                least = Math.min(least, block[i]);
            }
            long mask = isInt ? 0xFFFFFFFFL : -1L;
            for (int i = 0; i < size; i++) {
                block[i] = (block[i] - least) & mask;
            }
            for (int i = size; i < BLOCK; i++) {
                block[i] = 0;
            }
            at = HybridRuns.putVarInt(zigZag(least), at);
            at = writeMiniBlocks(block, size, at);
        }
        return at;
    }

    private static long writeMiniBlocks(long[] block, int size, long address) {
        long at = address + MINI_BLOCKS;
        for (int mini = 0; mini < MINI_BLOCKS; mini++) {
            int from = mini * MINI_BLOCK;
            long all = 0;
            for (int i = from; i < from + MINI_BLOCK; i++) {
                all |= block[i];
            }
            int width = Long.SIZE - Long.numberOfLeadingZeros(all);
            MemoryUtil.putByte(address + mini, (byte) width);
            if (from < size && width > 0) {
                at = pack(block, from, width, at);
            }
        }
        return at;
    }

    private static long pack(long[] block, int from, int width, long address) {
        long at = address;
        long bits = 0;
        int bitCount = 0;
        for (int i = from; i < from + MINI_BLOCK; i++) {
            long value = block[i];
            bits |= value << bitCount;
            bitCount += width;
            if (bitCount >= Long.SIZE) {
                MemoryUtil.putLong(at, bits);
                at += Long.BYTES;
                bitCount -= Long.SIZE;
                // A shift by all 64 bits would be none at all.
                bits = bitCount == 0 ? 0 : value >>> (width - bitCount);
            }
        }
        // 32 values of any width end at a multiple of four bytes.
        if (bitCount > 0) {
            MemoryUtil.putInt(at, (int) bits);
            at += Integer.BYTES;
        }
        return at;
    }

    private static long zigZag(long value) {
        return value << 1 ^ value >> 63;
    }
}
