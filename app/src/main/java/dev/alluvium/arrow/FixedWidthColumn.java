package dev.alluvium.arrow;

import dev.alluvium.schema.Column;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.FieldVector;

/** A column whose values all have the same number of bits. */
public abstract sealed class FixedWidthColumn extends ColumnBuffer
        permits BoolColumn, IntColumn, LongColumn, FloatColumn, DoubleColumn {
    private static final int INITIAL_VALUES = 16;

    private final GrowingBuffer data;
    private final int bits;

    /** Copies of what {@link #data} says, one field access away from the append. */
    long address;

    int capacity;

    FixedWidthColumn(Column column, BatchMemory memory, int bits) {
        super(column, memory);
        this.data = new GrowingBuffer(memory, column.name());
        this.bits = bits;
    }

    final void grow() {
        reserve(Math.max(valueCount + 1, INITIAL_VALUES));
    }

    private void reserve(int values) {
        data.ensure(((long) values * bits + 7) >>> 3);
        refresh();
    }

    private void refresh() {
        address = data.address();
        capacity = (int) (data.capacity() * 8 / bits);
    }

    @Override
    final void skipValue() {
        // The slot of a null is reserved by the next value or by load.
    }

    @Override
    final void permuteValues(int[] order) {
        reserve(valueCount); // nulls at the end have no slot yet
        GrowingBuffer permuted = new GrowingBuffer(memory, column.name());
        permuted.ensure(((long) order.length * bits + 7) >>> 3);
        switch (bits) {
            case Long.SIZE -> copyLongs(order, permuted.address());
            case Integer.SIZE -> copyInts(order, permuted.address());
            default -> copyBits(order, permuted.address());
        }
        data.become(permuted);
        refresh();
    }

    private void copyLongs(int[] order, long to) {
        for (int i = 0; i < order.length; i++) {
            MemoryUtil.putLong(to + ((long) i << 3), MemoryUtil.getLong(address + ((long) order[i] << 3)));
        }
    }

    private void copyInts(int[] order, long to) {
        for (int i = 0; i < order.length; i++) {
            MemoryUtil.putInt(to + ((long) i << 2), MemoryUtil.getInt(address + ((long) order[i] << 2)));
        }
    }

    private void copyBits(int[] order, long to) {
        for (int i = 0; i < order.length; i++) {
            int from = order[i];
            int bit = (MemoryUtil.getByte(address + (from >>> 3)) >>> (from & 7)) & 1;
            long at = to + (i >>> 3);
            MemoryUtil.putByte(at, (byte) ((MemoryUtil.getByte(at) & ~(1 << (i & 7))) | (bit << (i & 7))));
        }
    }

    @Override
    final void truncateValues(int count) {
        // Values lie at their index; what is beyond the count is overwritten.
    }

    @Override
    final void load(FieldVector vector) {
        reserve(valueCount);
        loadBuffers(vector, data.buffer());
    }

    @Override
    final void clearValues() {
        data.clear();
        refresh();
    }

    @Override
    final void closeValues() {
        data.close();
        address = 0;
        capacity = 0;
    }
}
