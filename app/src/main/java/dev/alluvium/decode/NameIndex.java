package dev.alluvium.decode;

import java.util.Arrays;
import net.openhft.hashing.LongHashFunction;

/** Positions of names, looked up by their bytes without making an object. Names stay where they are: not copied. */
final class NameIndex {
    private static final LongHashFunction XX = LongHashFunction.xx();
    private static final int FEW = 16;
    private static final int MANY = 1_024;

    private byte[][] sources = {};
    private int[] starts = {};
    private int[] ends = {};
    /** Position plus one; 0 where nothing is. At most half of it is taken. */
    private int[] slots = {};

    private int size;

    /** Position of a name, or -1. */
    int find(byte[] source, int start, int end) {
        return size == 0 ? -1 : slots[slotOf(source, start, end)] - 1;
    }

    /** Adds a name that is not there yet; its position is the number of names before it. */
    void add(byte[] source, int start, int end) {
        if (size == sources.length) {
            grow(Math.max(FEW, size * 2));
        }
        sources[size] = source;
        starts[size] = start;
        ends[size] = end;
        size++;
        slots[slotOf(source, start, end)] = size;
    }

    int size() {
        return size;
    }

    void clear() {
        if (sources.length > MANY) {
            size = 0;
            grow(FEW);
        } else if (size > 0) {
            size = 0;
            Arrays.fill(slots, 0);
        }
    }

    private void grow(int capacity) {
        sources = Arrays.copyOf(sources, capacity);
        starts = Arrays.copyOf(starts, capacity);
        ends = Arrays.copyOf(ends, capacity);
        slots = new int[capacity * 2];
        for (int i = 0; i < size; i++) {
            slots[slotOf(sources[i], starts[i], ends[i])] = i + 1;
        }
    }

    /** The slot that has the name, or the free one that it would take. */
    private int slotOf(byte[] source, int start, int end) {
        int mask = slots.length - 1;
        int slot = (int) XX.hashBytes(source, start, end - start) & mask;
        while (slots[slot] != 0) {
            int i = slots[slot] - 1;
            if (Arrays.equals(source, start, end, sources[i], starts[i], ends[i])) {
                return slot;
            }
            slot = (slot + 1) & mask;
        }
        return slot;
    }
}
