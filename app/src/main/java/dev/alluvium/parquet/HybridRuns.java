package dev.alluvium.parquet;

import org.apache.arrow.memory.util.MemoryUtil;

/** Runs of equal values and packed bits by turns (Parquet format, Encodings.md, RLE/bit-packing hybrid). */
final class HybridRuns {
    /** Values that are packed together, and the least that make a run. */
    private static final int GROUP = 8;

    private HybridRuns() {}

    /** The most bytes that so many values of so many bits can take. */
    static long maxBytes(int count, int width) {
        return (count / GROUP + 1L) * (width + 5 + Integer.BYTES) + Long.BYTES;
    }

    /** Bits that every value up to the greatest fits in. */
    static int widthOf(int greatest) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(greatest);
    }

    /**
     * Writes values of at most {@code width} bits. Guarded by FileBenchmark.
     *
     * @return the address behind them
     */
    static long write(int[] values, int count, int width, long address) {
        long at = address;
        int i = 0;
        while (i < count) {
            int run = runLength(values, i, count);
            if (run >= GROUP || i + run == count) {
                at = writeRun(values[i], run, width, at);
                i += run;
            } else {
                int end = i + GROUP;
                while (end < count && !isRun(values, end, count)) {
                    end += GROUP;
                }
                at = writePacked(values, i, Math.min(end, count), width, at);
                i = end;
            }
        }
        return at;
    }

    /** Writes one value many times; returns the address behind it. */
    static long writeRun(int value, int count, int width, long address) {
        long at = putVarInt((long) count << 1, address);
        for (int shift = 0; shift < width; shift += Byte.SIZE) {
            MemoryUtil.putByte(at++, (byte) (value >>> shift));
        }
        return at;
    }

    /** Writes places in a dictionary of so many values, after their width; returns the address behind them. */
    static long writePlaces(int[] places, int count, int size, long address) {
        int width = widthOf(size - 1);
        MemoryUtil.putByte(address, (byte) width);
        return write(places, count, width, address + 1);
    }

    private static int runLength(int[] values, int from, int count) {
        int first = values[from];
        int end = from + 1;
        while (end < count && values[end] == first) {
            end++;
        }
        return end - from;
    }

    private static boolean isRun(int[] values, int from, int count) {
        if (from + GROUP > count) {
            return false;
        }
        int first = values[from];
        for (int i = from + 1; i < from + GROUP; i++) {
            if (values[i] != first) {
                return false;
            }
        }
        return true;
    }

    private static long writePacked(int[] values, int from, int to, int width, long address) {
        int groups = (to - from + GROUP - 1) / GROUP;
        long at = putVarInt((long) groups << 1 | 1, address);
        long end = at + (long) groups * width;
        long bits = 0;
        int bitCount = 0;
        for (int i = from; i < to; i++) {
            bits |= (long) values[i] << bitCount;
            bitCount += width;
            if (bitCount >= Integer.SIZE) {
                MemoryUtil.putInt(at, (int) bits);
                at += Integer.BYTES;
                bits >>>= Integer.SIZE;
                bitCount -= Integer.SIZE;
            }
        }
        while (at < end) {
            MemoryUtil.putByte(at++, (byte) bits);
            bits >>>= Byte.SIZE;
        }
        return at;
    }

    /** Writes seven bits a byte, the lowest first; returns the address behind them. */
    static long putVarInt(long value, long address) {
        long at = address;
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            MemoryUtil.putByte(at++, (byte) (rest | 0x80));
            rest >>>= 7;
        }
        MemoryUtil.putByte(at++, (byte) rest);
        return at;
    }
}
