package dev.alluvium.arrow;

import dev.alluvium.schema.Column;
import org.apache.arrow.memory.util.MemoryUtil;

/** Booleans, one bit each. */
public final class BoolColumn extends FixedWidthColumn {
    BoolColumn(Column column, BatchMemory memory) {
        super(column, memory, 1);
    }

    /** Appends one value. */
    public void append(boolean value) {
        int index = valueCount;
        if (index >= capacity) {
            grow();
        }
        long at = address + (index >>> 3);
        int mask = 1 << (index & 7);
        int bits = MemoryUtil.getByte(at);
        MemoryUtil.putByte(at, (byte) (value ? bits | mask : bits & ~mask));
        valueCount = index + 1;
    }

    /** The value at an index below {@link #valueCount}; undefined where it is null. */
    public boolean get(int index) {
        return (MemoryUtil.getByte(address + (index >>> 3)) & 1 << (index & 7)) != 0;
    }

    @Override
    public void appendZero() {
        append(false);
    }

    @Override
    int compareValues(int first, int second) {
        return Boolean.compare(get(first), get(second));
    }
}
