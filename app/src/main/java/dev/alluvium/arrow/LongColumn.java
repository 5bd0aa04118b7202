package dev.alluvium.arrow;

import dev.alluvium.schema.Column;
import dev.alluvium.schema.ColumnType;
import org.apache.arrow.memory.util.MemoryUtil;

/** INT64 and UINT64 values, and timestamps in microseconds or nanoseconds since the epoch. */
public final class LongColumn extends FixedWidthColumn {
    LongColumn(Column column, BatchMemory memory) {
        super(column, memory, 64);
    }

    /** Appends one value. */
    public void append(long value) {
        int index = valueCount;
        if (index >= capacity) {
            grow();
        }
        MemoryUtil.putLong(address + ((long) index << 3), value);
        valueCount = index + 1;
    }

    /** The value at an index below {@link #valueCount}; undefined where it is null. */
    public long get(int index) {
        return MemoryUtil.getLong(address + ((long) index << 3));
    }

    @Override
    public void appendZero() {
        append(0);
    }

    @Override
    int compareValues(int first, int second) {
        return column.type() == ColumnType.Scalar.UINT64
                ? Long.compareUnsigned(get(first), get(second))
                : Long.compare(get(first), get(second));
    }
}
