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

    ArrowBuf buffer() {
        if (capacity == 0) {
            grow(0);
        }
        return buffer.buffer();
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
