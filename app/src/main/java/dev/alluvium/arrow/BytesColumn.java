package dev.alluvium.arrow;

import dev.alluvium.schema.Column;
import java.util.Objects;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.FieldVector;

/** Values of any length: UTF-8 text, JSON text, enum names and binary. Does not check that text is UTF-8. */
public final class BytesColumn extends ColumnBuffer {
    private static final int INITIAL_BYTES = 128;

    private final Offsets offsets;
    private final GrowingBuffer data;

    /** Values whose end offset is written; nulls at the end wait until a value or {@link #load} needs theirs. */
    private int offsetsWritten;

    private int end;

    BytesColumn(Column column, BatchMemory memory) {
        super(column, memory);
        this.offsets = new Offsets(memory, column.name());
        this.data = new GrowingBuffer(memory, column.name());
    }

    /** Appends a copy of {@code length} bytes. */
    public void append(byte[] source, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, source.length);
        if (offsetsWritten != valueCount) {
            writeOffsets();
        }
        copy(source, offset, length);
        valueCount++;
        offsets.set(valueCount, end);
        offsetsWritten = valueCount;
    }

    /** Appends a copy of the whole array. */
    public void append(byte[] source) {
        append(source, 0, source.length);
    }

    /** Lengthens the last value, which must not be null, by {@code length} bytes. */
    public void extendLast(byte[] source, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, source.length);
        if (valueCount == 0 || isNull(valueCount - 1)) {
            throw new IllegalStateException("column " + column.name() + " has no last value to lengthen");
        }
        copy(source, offset, length);
        offsets.set(valueCount, end);
    }

    /** A copy of the value at an index below {@link #valueCount}; empty where it is null. */
    public byte[] get(int index) {
        writeOffsets();
        int start = offsets.get(index);
        byte[] value = new byte[offsets.get(index + 1) - start];
        MemoryUtil.copyFromMemory(data.address() + start, value, 0, value.length);
        return value;
    }

    private void copy(byte[] source, int offset, int length) {
        long newEnd = (long) end + length;
        if (newEnd > data.capacity()) {
            data.ensure(Math.max(newEnd, INITIAL_BYTES));
        }
        MemoryUtil.copyToMemory(source, offset, data.address() + end, length);
        end = (int) newEnd;
    }

    private void writeOffsets() {
        for (int i = offsetsWritten + 1; i <= valueCount; i++) {
            offsets.set(i, end);
        }
        offsetsWritten = valueCount;
    }

    @Override
    void skipValue() {
        // Its offset is written by the next value or by load.
    }

    @Override
    public void appendZero() {
        valueCount++;
        writeOffsets();
    }

    @Override
    void permuteValues(int[] order) {
        writeOffsets();
        Offsets permuted = new Offsets(memory, column.name());
        GrowingBuffer copy = new GrowingBuffer(memory, column.name());
        copy.ensure(end);
        int at = 0;
        for (int i = 0; i < order.length; i++) {
            int start = offsets.get(order[i]);
            int length = offsets.get(order[i] + 1) - start;
            MemoryUtil.copyMemory(data.address() + start, copy.address() + at, length);
            at += length;
            permuted.set(i + 1, at);
        }
        offsets.become(permuted);
        data.become(copy);
    }

    @Override
    void truncateValues(int count) {
        if (count < offsetsWritten) {
            end = offsets.get(count);
            offsetsWritten = count;
        }
    }

    @Override
    void load(FieldVector vector) {
        writeOffsets();
        loadBuffers(vector, offsets.buffer(), data.buffer());
    }

    @Override
    void clearValues() {
        end = 0;
        offsetsWritten = 0;
        offsets.clear();
        data.clear();
    }

    @Override
    void closeValues() {
        offsets.close();
        data.close();
    }

    @Override
    int compareValues(int first, int second) {
        writeOffsets();
        long at = data.address() + offsets.get(first);
        long other = data.address() + offsets.get(second);
        int length = offsets.get(first + 1) - offsets.get(first);
        int otherLength = offsets.get(second + 1) - offsets.get(second);
        for (int i = 0; i < Math.min(length, otherLength); i++) {
            int difference = Byte.compareUnsigned(MemoryUtil.getByte(at + i), MemoryUtil.getByte(other + i));
            if (difference != 0) {
                return difference;
            }
        }
        return Integer.compare(length, otherLength);
    }
}
