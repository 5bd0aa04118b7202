package dev.alluvium.parquet;

import org.apache.arrow.memory.util.MemoryUtil;

/** Byte strings in native memory, eight bytes at a time. Nothing is read outside of a string. */
final class NativeBytes {
    private static final long MIX = 0x9E3779B97F4A7C15L;
    /** From here on the call into the JVM's own copy pays. */
    private static final int LONG_COPY = 128;

    private NativeBytes() {}

    /** Copies bytes that do not overlap. */
    static void copy(long from, long to, int length) {
        if (length > LONG_COPY) {
            MemoryUtil.copyMemory(from, to, length);
        } else if (length >= Long.BYTES) {
            int last = length - Long.BYTES;
            for (int i = 0; i < last; i += Long.BYTES) {
                MemoryUtil.putLong(to + i, MemoryUtil.getLong(from + i));
            }
            MemoryUtil.putLong(to + last, MemoryUtil.getLong(from + last));
        } else {
            for (int i = 0; i < length; i++) {
                MemoryUtil.putByte(to + i, MemoryUtil.getByte(from + i));
            }
        }
    }

    static boolean areEqual(long first, long second, int length) {
        int i = 0;
        for (; i <= length - Long.BYTES; i += Long.BYTES) {
            if (MemoryUtil.getLong(first + i) != MemoryUtil.getLong(second + i)) {
                return false;
            }
        }
        return tail(first + i, length - i) == tail(second + i, length - i);
    }

    /** Compares as unsigned bytes; of two strings of which one begins the other, the shorter is the lesser. */
    static int compare(long first, int firstLength, long second, int secondLength) {
        int common = Math.min(firstLength, secondLength);
        int i = 0;
        for (; i <= common - Long.BYTES; i += Long.BYTES) {
            long left = MemoryUtil.getLong(first + i);
            long right = MemoryUtil.getLong(second + i);
            if (left != right) {
                return Long.compareUnsigned(Long.reverseBytes(left), Long.reverseBytes(right));
            }
        }
        int difference = Long.compareUnsigned(
                Long.reverseBytes(tail(first + i, common - i)), Long.reverseBytes(tail(second + i, common - i)));
        return difference != 0 ? difference : Integer.compare(firstLength, secondLength);
    }

    /** The first eight bytes, zeros after the end, such that an unsigned comparison orders as {@link #compare} or ties. */
    static long prefix(long address, int length) {
        return Long.reverseBytes(length >= Long.BYTES ? MemoryUtil.getLong(address) : tail(address, length));
    }

    static int hash(long address, int length) {
        long hash = length * MIX;
        int i = 0;
        for (; i <= length - Long.BYTES; i += Long.BYTES) {
            hash = (hash ^ MemoryUtil.getLong(address + i)) * MIX;
            hash ^= hash >>> 32;
        }
        hash = (hash ^ tail(address + i, length - i)) * MIX;
        return (int) (hash >>> 32) ^ (int) (hash >>> 51);
    }

    /** Up to seven bytes, the first one lowest. */
    private static long tail(long address, int length) {
        long bytes = 0;
        int at = 0;
        if ((length & Integer.BYTES) != 0) {
            bytes = MemoryUtil.getInt(address) & 0xFFFFFFFFL;
            at = Integer.BYTES;
        }
        if ((length & Short.BYTES) != 0) {
            bytes |= (MemoryUtil.getShort(address + at) & 0xFFFFL) << (at << 3);
            at += Short.BYTES;
        }
        if ((length & 1) != 0) {
            bytes |= (MemoryUtil.getByte(address + at) & 0xFFL) << (at << 3);
        }
        return bytes;
    }
}
