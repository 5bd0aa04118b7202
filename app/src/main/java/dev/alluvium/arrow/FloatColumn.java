package dev.alluvium.arrow;

import dev.alluvium.schema.Column;
import org.apache.arrow.memory.util.MemoryUtil;

/** FLOAT32 values, bit for bit. */
public final class FloatColumn extends FixedWidthColumn {
    FloatColumn(Column column, BatchMemory memory) {
        super(column, memory, 32);
    }

    /** Appends one value. */
    public void append(float value) {
        int index = valueCount;
        if (index >= capacity) {
            grow();
        }
        MemoryUtil.putInt(address + ((long) index << 2), Float.floatToRawIntBits(value));
        valueCount = index + 1;
    }

    /** The value at an index below {@link #valueCount}; undefined where it is null. */
    public float get(int index) {
        return Float.intBitsToFloat(MemoryUtil.getInt(address + ((long) index << 2)));
    }

    @Override
    public void appendZero() {
        append(0);
    }

    @Override
    int compareValues(int first, int second) {
        return Float.compare(get(first), get(second));
    }
}
