package dev.alluvium.arrow;

import dev.alluvium.schema.Column;
import dev.alluvium.schema.ColumnType;
import org.apache.arrow.vector.FieldVector;

/** Structs: append to the {@link #field fields} that have a value, then close the struct with {@link #endStruct}. */
public final class StructColumn extends ColumnBuffer {
    private final ColumnBuffer[] fields;

    StructColumn(Column column, ColumnType.Struct type, BatchMemory memory) {
        super(column, memory);
        this.fields = type.fields().stream().map(field -> of(field, memory)).toArray(ColumnBuffer[]::new);
    }

    /** The values of one field, in the order of the type's fields. */
    public ColumnBuffer field(int index) {
        return fields[index];
    }

    /** How many fields a struct has. */
    public int fieldCount() {
        return fields.length;
    }

    /** Closes a struct; fields not written since the one before get null if nullable, else their zero value. */
    public void endStruct() {
        int index = valueCount;
        for (ColumnBuffer field : fields) {
            if (field.valueCount == index) {
                field.appendAbsent();
            }
        }
        valueCount = index + 1;
    }

    /**
     * Takes the last {@link #endStruct} back. Its fields keep the value they have until they are truncated and written
     * anew, and none is filled a second time.
     */
    public void reopen() {
        reopenLast();
    }

    @Override
    void skipValue() {
        truncateValues(valueCount);
        for (ColumnBuffer field : fields) {
            field.appendAbsent();
        }
    }

    @Override
    public void appendZero() {
        endStruct();
    }

    @Override
    void permuteValues(int[] order) {
        for (ColumnBuffer field : fields) {
            field.permute(order);
        }
    }

    @Override
    void truncateValues(int count) {
        for (ColumnBuffer field : fields) {
            field.truncate(count);
        }
    }

    @Override
    void load(FieldVector vector) {
        loadBuffers(vector);
        for (int i = 0; i < fields.length; i++) {
            fields[i].load(vector.getChildrenFromFields().get(i));
        }
    }

    @Override
    void clearValues() {
        for (ColumnBuffer field : fields) {
            field.clear();
        }
    }

    @Override
    void closeValues() {
        for (ColumnBuffer field : fields) {
            field.close();
        }
    }
}
