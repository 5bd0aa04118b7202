package dev.alluvium.arrow;

import dev.alluvium.schema.Column;
import dev.alluvium.schema.ColumnType;
import java.util.List;
import org.apache.arrow.vector.FieldVector;

/** Lists: append to {@link #element} what a list holds, then close it with {@link #endList}. */
public final class ListColumn extends ColumnBuffer {
    private final Offsets offsets;
    private final ColumnBuffer element;

    ListColumn(Column column, ColumnType.ListOf type, BatchMemory memory) {
        super(column, memory);
        this.offsets = new Offsets(memory, column.name());
        this.element = of(new Column(ArrowFields.ELEMENT, type.element(), type.elementNullable()), memory);
    }

    /** The elements of all lists one after the other. */
    public ColumnBuffer element() {
        return element;
    }

    /** Closes a list of the elements appended since the list before; an empty one if there are none. */
    public void endList() {
        valueCount++;
        offsets.set(valueCount, element.valueCount);
    }

    /** Takes the last {@link #endList} or null back: elements appended from now on join those of the last list. */
    public void reopen() {
        reopenLast();
    }

    /** The index in {@link #element} of a list's first element; of the end of the last list at {@link #valueCount}. */
    public int start(int index) {
        return offsets.get(index);
    }

    @Override
    void skipValue() {
        element.truncate(offsets.get(valueCount));
        offsets.set(valueCount + 1, element.valueCount);
    }

    @Override
    public void appendZero() {
        endList();
    }

    @Override
    void permuteValues(int[] order) {
        element.permute(offsets.permute(order, memory, column.name()));
    }

    @Override
    void truncateValues(int count) {
        element.truncate(offsets.get(Math.min(count, valueCount)));
    }

    @Override
    void load(FieldVector vector) {
        loadBuffers(vector, offsets.buffer());
        List<FieldVector> children = vector.getChildrenFromFields();
        element.load(children.get(0));
    }

    @Override
    void clearValues() {
        offsets.clear();
        element.clear();
    }

    @Override
    void closeValues() {
        offsets.close();
        element.close();
    }
}
