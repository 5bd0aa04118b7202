package dev.alluvium.arrow;

import dev.alluvium.schema.Column;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.jspecify.annotations.Nullable;

/**
 * The values of one column of a batch, appended one by one, in Arrow's layout. Owned by its batch and, like it, by one
 * thread. Appending never blocks and fails only when the allocator has no more memory or a buffer passes 1 GiB.
 */
public abstract sealed class ColumnBuffer permits FixedWidthColumn, BytesColumn, ListColumn, MapColumn, StructColumn {
    final Column column;
    final BatchMemory memory;
    int valueCount;

    /** All ones where nothing was ever null, so that appending a value leaves it alone. */
    private final GrowingBuffer validity;

    private int nullCount;

    ColumnBuffer(Column column, BatchMemory memory) {
        this.column = column;
        this.memory = memory;
        this.validity = new GrowingBuffer(memory, column.name());
    }

    static ColumnBuffer of(Column column, BatchMemory memory) {
        return ArrowFields.buffer(column, memory);
    }

    /** How many values there are, nulls included. */
    public final int valueCount() {
        return valueCount;
    }

    /** How many of the values are null. */
    public final int nullCount() {
        return nullCount;
    }

    /** Whether the value at an index below {@link #valueCount} is null. */
    public final boolean isNull(int index) {
        return nullCount > 0
                && index >>> 3 < validity.capacity()
                && (MemoryUtil.getByte(validity.address() + (index >>> 3)) & 1 << (index & 7)) == 0;
    }

    /** Appends a null; throws IllegalStateException where the column has none. */
    public final void appendNull() {
        if (!column.nullable()) {
            throw new IllegalStateException("column " + column.name() + " is not nullable");
        }
        markNull();
        skipValue();
        valueCount++;
    }

    /** Appends what stands for "not written": null if the column is nullable, else zero, empty text or an empty list. */
    public final void appendAbsent() {
        if (column.nullable()) {
            appendNull();
        } else {
            appendZero();
        }
    }

    /**
     * Drops values from the end until at most {@code count} are left, and with them what was written of a value that is
     * not ended yet: elements, entries and fields.
     */
    public final void truncate(int count) {
        for (int i = count; nullCount > 0 && i < valueCount; i++) {
            markValid(i);
        }
        truncateValues(count);
        valueCount = Math.min(count, valueCount);
    }

    /**
     * Compares two values: less than 0 where the first is the lesser. Null comes after every value, NaN after every other
     * number, and -0.0 before 0.0; text and bytes go by their bytes, unsigned. Throws IllegalStateException for lists,
     * maps and structs, which have no order.
     */
    public final int compare(int first, int second) {
        boolean isFirstNull = isNull(first);
        if (isFirstNull || isNull(second)) {
            return isFirstNull == isNull(second) ? 0 : isFirstNull ? 1 : -1;
        }
        return compareValues(first, second);
    }

    /** Brings the values into another order: at index i comes what was at {@code order[i]}, each of them once. */
    final void permute(int[] order) {
        if (order.length != valueCount) {
            throw new IllegalArgumentException(
                    "column " + column.name() + " has " + valueCount + " values, the order " + order.length);
        }
        permuteValues(order);
        if (nullCount > 0) {
            permuteNulls(order);
        }
    }

    private void permuteNulls(int[] order) {
        GrowingBuffer permuted = new GrowingBuffer(memory, column.name());
        permuted.ensure((valueCount + 7L) >>> 3);
        MemoryUtil.setMemory(permuted.address(), permuted.capacity(), (byte) -1);
        for (int i = 0; i < order.length; i++) {
            if (isNull(order[i])) {
                long at = permuted.address() + (i >>> 3);
                MemoryUtil.putByte(at, (byte) (MemoryUtil.getByte(at) & ~(1 << (i & 7))));
            }
        }
        validity.become(permuted);
    }

    /** Compares two values that are not null. */
    int compareValues(int first, int second) {
        throw new IllegalStateException("column " + column.name() + " has no order: it is a " + column.type());
    }

    abstract void permuteValues(int[] order);

    /** Room for the slot of a null, where the layout needs any. */
    abstract void skipValue();

    /** Appends zero, false, empty text, an empty list or a struct of absent fields, also where null is possible. */
    public abstract void appendZero();

    abstract void truncateValues(int count);

    /** Hands the buffers to a vector of the same shape, which shares them. */
    abstract void load(FieldVector vector);

    abstract void clearValues();

    abstract void closeValues();

    final void clear() {
        clearValues();
        forgetNulls();
        validity.clear();
        valueCount = 0;
    }

    final void close() {
        clear();
        closeValues();
        validity.close();
    }

    /** Takes back the last value's slot so that it can be written on; its validity becomes "not null". */
    final void reopenLast() {
        if (valueCount == 0) {
            throw new IllegalStateException("column " + column.name() + " has no value to reopen");
        }
        valueCount--;
        markValid(valueCount);
    }

    final ArrowFieldNode node() {
        return new ArrowFieldNode(valueCount, nullCount);
    }

    /** The bitmap, or null where no value is null: Arrow makes its own then. */
    final @Nullable ArrowBuf validityBuffer() {
        if (nullCount == 0) {
            return null;
        }
        reserveValidity(valueCount);
        return validity.buffer();
    }

    final void loadBuffers(FieldVector vector, ArrowBuf... buffers) {
        vector.loadFieldBuffers(node(), withValidity(validityBuffer(), buffers));
    }

    /** What {@code loadFieldBuffers} takes; it makes its own validity bitmap where that is null. */
    @SuppressWarnings("NullAway") // Arrow's own list of buffers has a null there
    static List<ArrowBuf> withValidity(@Nullable ArrowBuf validity, ArrowBuf... buffers) {
        List<ArrowBuf> all = new ArrayList<>();
        all.add(validity);
        all.addAll(List.of(buffers));
        return all;
    }

    private void markNull() {
        reserveValidity(valueCount + 1);
        long at = validity.address() + (valueCount >>> 3);
        MemoryUtil.putByte(at, (byte) (MemoryUtil.getByte(at) & ~(1 << (valueCount & 7))));
        nullCount++;
    }

    private void markValid(int index) {
        if (isNull(index)) {
            long at = validity.address() + (index >>> 3);
            MemoryUtil.putByte(at, (byte) (MemoryUtil.getByte(at) | 1 << (index & 7)));
            nullCount--;
        }
    }

    private void reserveValidity(int values) {
        long before = validity.capacity();
        validity.ensure((values + 7L) >>> 3);
        if (validity.capacity() > before) {
            MemoryUtil.setMemory(validity.address() + before, validity.capacity() - before, (byte) -1);
        }
    }

    private void forgetNulls() {
        if (nullCount > 0) {
            MemoryUtil.setMemory(validity.address(), validity.capacity(), (byte) -1);
            nullCount = 0;
        }
    }
}
