package dev.alluvium.arrow;

import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.util.MemoryUtil;

/** The int offsets of a list or of values of any length: value i lies in [i, i+1). Number 0 is always 0. */
final class Offsets {
    private static final int INITIAL_VALUES = 16;

    private final GrowingBuffer buffer;
    private long address;
    private int capacity;

    Offsets(BatchMemory memory, String column) {
        this.buffer = new GrowingBuffer(memory, column);
    }

    void set(int index, int offset) {
        if (index >= capacity) {
            grow(index);
        }
        MemoryUtil.putInt(address + ((long) index << 2), offset);
    }

    int get(int index) {
        return index == 0 ? 0 : MemoryUtil.getInt(address + ((long) index << 2));
    }

    /**
     * Brings the ranges into another order: at index i comes the range that was at {@code order[i]}.
     *
     * @return for each place in a range where its content was before
     */
    int[] permute(int[] order, BatchMemory memory, String column) {
        Offsets permuted = new Offsets(memory, column);
        int[] contents = new int[get(order.length)];
        int at = 0;
        for (int i = 0; i < order.length; i++) {
            int end = get(order[i] + 1);
            for (int from = get(order[i]); from < end; from++) {
                contents[at++] = from;
            }
            permuted.set(i + 1, at);
        }
        become(permuted);
        return contents;
    }

    ArrowBuf buffer() {
        if (capacity == 0) {
            grow(0);
        }
        return buffer.buffer();
    }

    /** Gives its memory back and takes over that of another one, which is left without. */
    void become(Offsets other) {
        buffer.become(other.buffer);
        refresh();
        other.refresh();
    }

    void clear() {
        buffer.clear();
        refresh();
    }

    void close() {
        buffer.close();
        refresh();
    }

    private void grow(int index) {
        buffer.ensure(Math.max(index + 1L, INITIAL_VALUES) << 2);
        refresh();
        MemoryUtil.putInt(address, 0);
    }

    private void refresh() {
        address = buffer.address();
        capacity = (int) (buffer.capacity() >>> 2);
    }
}
