package dev.alluvium.arrow;

import dev.alluvium.schema.Column;
import dev.alluvium.schema.ColumnType;
import org.apache.arrow.memory.util.MemoryUtil;

/** INT32 and UINT32 values. */
public final class IntColumn extends FixedWidthColumn {
    IntColumn(Column column, BatchMemory memory) {
        super(column, memory, 32);
    }

    /** Appends one value. */
    public void append(int value) {
        int index = valueCount;
        if (index >= capacity) {
            grow();
        }
        MemoryUtil.putInt(address + ((long) index << 2), value);
        valueCount = index + 1;
    }

    /** The value at an index below {@link #valueCount}; undefined where it is null. */
    public int get(int index) {
        return MemoryUtil.getInt(address + ((long) index << 2));
    }

    @Override
    public void appendZero() {
        append(0);
    }

    @Override
    int compareValues(int first, int second) {
        return column.type() == ColumnType.Scalar.UINT32
                ? Integer.compareUnsigned(get(first), get(second))
                : Integer.compare(get(first), get(second));
    }
}
