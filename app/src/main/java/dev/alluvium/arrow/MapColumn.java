package dev.alluvium.arrow;

import dev.alluvium.schema.Column;
import dev.alluvium.schema.ColumnType;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;

/**
 * Maps: append to {@link #key} and {@link #value}, close the entry with {@link #endEntry} and the map with
 * {@link #endMap}. Does not look for keys that occur twice.
 */
public final class MapColumn extends ColumnBuffer {
    private final Offsets offsets;
    private final ColumnBuffer key;
    private final ColumnBuffer value;
    private int entryCount;

    MapColumn(Column column, ColumnType.MapOf type, BatchMemory memory) {
        super(column, memory);
        this.offsets = new Offsets(memory, column.name());
        this.key = of(Column.required(ArrowFields.KEY, type.key()), memory);
        this.value = of(new Column(ArrowFields.VALUE, type.value(), type.valueNullable()), memory);
    }

    /** The keys of all maps one after the other. */
    public ColumnBuffer key() {
        return key;
    }

    /** The values of all maps one after the other. */
    public ColumnBuffer value() {
        return value;
    }

    /** How many entries all maps have together, those of a map that is still open included. */
    public int entryCount() {
        return entryCount;
    }

    /** Closes an entry; a key not written is zero or empty, a value not written is null if nullable, else zero. */
    public void endEntry() {
        if (key.valueCount == entryCount) {
            key.appendAbsent();
        }
        if (value.valueCount == entryCount) {
            value.appendAbsent();
        }
        entryCount++;
    }

    /** Closes a map of the entries ended since the map before; an empty one if there are none. */
    public void endMap() {
        valueCount++;
        offsets.set(valueCount, entryCount);
    }

    /** Takes the last {@link #endMap} or null back: entries ended from now on join those of the last map. */
    public void reopen() {
        reopenLast();
    }

    /** The index in {@link #key} of a map's first entry; of the end of the last map at {@link #valueCount}. */
    public int start(int index) {
        return offsets.get(index);
    }

    @Override
    void skipValue() {
        truncateValues(valueCount);
        offsets.set(valueCount + 1, entryCount);
    }

    @Override
    public void appendZero() {
        endMap();
    }

    @Override
    void permuteValues(int[] order) {
        int[] entries = offsets.permute(order, memory, column.name());
        key.permute(entries);
        value.permute(entries);
    }

    @Override
    void truncateValues(int count) {
        entryCount = offsets.get(Math.min(count, valueCount));
        key.truncate(entryCount);
        value.truncate(entryCount);
    }

    @Override
    void load(FieldVector vector) {
        loadBuffers(vector, offsets.buffer());
        FieldVector entries = vector.getChildrenFromFields().get(0);
        entries.loadFieldBuffers(new ArrowFieldNode(entryCount, 0), withValidity(null));
        key.load(entries.getChildrenFromFields().get(0));
        value.load(entries.getChildrenFromFields().get(1));
    }

    @Override
    void clearValues() {
        entryCount = 0;
        offsets.clear();
        key.clear();
        value.clear();
    }

    @Override
    void closeValues() {
        offsets.close();
        key.close();
        value.close();
    }
}
