package dev.alluvium.arrow;

import dev.alluvium.schema.Column;
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
        address = data.address();
        capacity = (int) (data.capacity() * 8 / bits);
    }

    @Override
    final void skipValue() {
        // The slot of a null is reserved by the next value or by load.
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
        address = data.address();
        capacity = (int) (data.capacity() * 8 / bits);
    }

    @Override
    final void closeValues() {
        data.close();
        address = 0;
        capacity = 0;
    }
}
