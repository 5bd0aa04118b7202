package dev.alluvium.parquet;

import java.util.Arrays;

/** Distinct numbers, as bits. */
final class NumberDictionary implements Dictionary {
    private static final int EMPTY = -1;
    private static final long MIX = 0x9E3779B97F4A7C15L;

    private final int width;
    private long[] entries = new long[0];
    private int[] slots = new int[0];
    private int size;

    /** @param width bytes of a value in the file */
    NumberDictionary(int width) {
        this.width = width;
    }

    /**
     * Finds the places of values, new ones at the end. Guarded by FileBenchmark.
     *
     * @return false if it would have to hold more than {@code maxBytes}; it may have grown, and some ids are missing
     */
    boolean find(long[] values, int count, int[] ids, long maxBytes) {
        int maxSize = (int) Math.min(Integer.MAX_VALUE, maxBytes / width);
        int id = EMPTY;
        long previous = 0;
        for (int i = 0; i < count; i++) {
            long value = values[i];
            if (value != previous || id == EMPTY) {
                id = place(value);
                previous = value;
                if (size > maxSize) {
                    return false;
                }
            }
            ids[i] = id;
        }
        return true;
    }

    private int place(long value) {
        if ((size + 1) * 2 > slots.length) {
            growSlots();
        }
        int mask = slots.length - 1;
        int slot = hash(value) & mask;
        while (true) {
            int id = slots[slot];
            if (id == EMPTY) {
                slots[slot] = size;
                return add(value);
            }
            if (entries[id] == value) {
                return id;
            }
            slot = (slot + 1) & mask;
        }
    }

    private int add(long value) {
        if (size == entries.length) {
            entries = Arrays.copyOf(entries, Math.max(4, size * 2));
        }
        entries[size] = value;
        return size++;
    }

    private void growSlots() {
        slots = new int[Math.max(8, slots.length * 2)];
        Arrays.fill(slots, EMPTY);
        int mask = slots.length - 1;
        for (int id = 0; id < size; id++) {
            int slot = hash(entries[id]) & mask;
            while (slots[slot] != EMPTY) {
                slot = (slot + 1) & mask;
            }
            slots[slot] = id;
        }
    }

    /** Rounded doubles differ in their high bits only: these must reach the low ones. */
    private static int hash(long value) {
        long mixed = value * MIX;
        return (int) (mixed >>> 32) ^ (int) (mixed >>> 51);
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public long plainBytes(int count) {
        return (long) count * width;
    }

    @Override
    public long writePlain(int count, long address) {
        return NumberValues.writePlain(entries, count, width, address);
    }

    @Override
    public long heapBytes() {
        return (long) Long.BYTES * entries.length + (long) Integer.BYTES * slots.length;
    }

    @Override
    public long nativeBytes() {
        return 0;
    }

    @Override
    public void close() {
        entries = new long[0];
        slots = new int[0];
        size = 0;
    }
}
