package dev.alluvium.arrow;

import dev.alluvium.schema.Column;
import org.apache.arrow.memory.util.MemoryUtil;

/** FLOAT64 values, bit for bit. */
public final class DoubleColumn extends FixedWidthColumn {
    DoubleColumn(Column column, BatchMemory memory) {
        super(column, memory, 64);
    }

    /** Appends one value. */
    public void append(double value) {
        int index = valueCount;
        if (index >= capacity) {
            grow();
        }
        MemoryUtil.putLong(address + ((long) index << 3), Double.doubleToRawLongBits(value));
        valueCount = index + 1;
    }

    /** The value at an index below {@link #valueCount}; undefined where it is null. */
    public double get(int index) {
        return Double.longBitsToDouble(MemoryUtil.getLong(address + ((long) index << 3)));
    }

    @Override
    public void appendZero() {
        append(0);
    }

    @Override
    int compareValues(int first, int second) {
        return Double.compare(get(first), get(second));
    }
}
