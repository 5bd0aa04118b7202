package dev.alluvium.parquet;

import dev.alluvium.schema.Column;
import dev.alluvium.schema.ColumnType;
import dev.alluvium.schema.TableSchema;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.parquet.column.ColumnWriter;
import org.jspecify.annotations.Nullable;

/**
 * One Parquet column of a record batch: the way from a top-level vector down to the values, from which repetition and
 * definition levels follow (Parquet format, Nested Encoding).
 */
final class LeafColumn {

    /**
     * A vector on the way.
     *
     * @param validity set bits are values; null if no value is missing
     * @param offsets of the elements if this is a list or map; else null
     * @param repetition level of elements after the first
     */
    private record Level(
            String path,
            boolean nullable,
            @Nullable ArrowBuf validity,
            @Nullable ArrowBuf offsets,
            int repetition) {
        boolean isNull(int index) {
            return validity != null && (validity.getByte(index >> 3) & (1 << (index & 7))) == 0;
        }
    }

    private final Level[] levels;
    private final @Nullable LeafValues values;

    private LeafColumn(List<Level> levels, @Nullable LeafValues values) {
        this.levels = levels.toArray(Level[]::new);
        this.values = values;
    }

    /**
     * The leaf columns of a batch in the order of the Parquet schema. Nullable columns at the end of the table that the
     * batch does not carry are all null.
     *
     * @throws IllegalArgumentException if the batch does not have the columns of the table
     */
    static List<LeafColumn> of(TableSchema table, VectorSchemaRoot batch) {
        List<Column> columns = table.columns();
        List<FieldVector> vectors = batch.getFieldVectors();
        if (vectors.size() > columns.size()) {
            throw new IllegalArgumentException(
                    "batch has " + vectors.size() + " columns, the file has " + columns.size());
        }
        List<LeafColumn> leaves = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            if (i < vectors.size()) {
                FieldVector vector = vectors.get(i);
                if (!vector.getName().equals(column.name())) {
                    throw new IllegalArgumentException(
                            "column " + i + " is " + column.name() + ", the batch has " + vector.getName());
                }
                descend(column.name(), column.type(), column.nullable(), vector, new ArrayList<>(), 0, leaves);
            } else if (column.nullable()) {
                absent(column.type(), leaves);
            } else {
                throw new IllegalArgumentException("required column " + column.name() + " is not in the batch");
            }
        }
        return leaves;
    }

    private static void absent(ColumnType type, List<LeafColumn> leaves) {
        if (type instanceof ColumnType.Struct struct) {
            struct.fields().forEach(field -> absent(field.type(), leaves));
        } else if (type instanceof ColumnType.ListOf list) {
            absent(list.element(), leaves);
        } else if (type instanceof ColumnType.MapOf map) {
            absent(map.key(), leaves);
            absent(map.value(), leaves);
        } else {
            leaves.add(new LeafColumn(List.of(), null));
        }
    }

    private static void descend(
            String path,
            ColumnType type,
            boolean nullable,
            FieldVector vector,
            List<Level> way,
            int repetition,
            List<LeafColumn> leaves) {
        ArrowBuf bits = vector.getValidityBuffer();
        ArrowBuf validity = bits.capacity() == 0 ? null : bits;
        if (type instanceof ColumnType.Scalar scalar) {
            checked(vector, LeafValues.vectorOf(scalar), path);
            List<Level> levels = append(way, new Level(path, nullable, validity, null, repetition));
            leaves.add(new LeafColumn(levels, LeafValues.of(scalar, vector)));
        } else if (type instanceof ColumnType.Struct struct) {
            List<FieldVector> children =
                    checked(vector, StructVector.class, path).getChildrenFromFields();
            if (children.size() != struct.fields().size()) {
                throw new IllegalArgumentException("struct " + path + " has "
                        + struct.fields().size() + " fields, the batch has " + children.size());
            }
            List<Level> levels = append(way, new Level(path, nullable, validity, null, repetition));
            for (int i = 0; i < children.size(); i++) {
                Column field = struct.fields().get(i);
                String child = path + "." + field.name();
                descend(child, field.type(), field.nullable(), children.get(i), levels, repetition, leaves);
            }
        } else if (type instanceof ColumnType.ListOf list) {
            ListVector listVector = checked(vector, ListVector.class, path);
            List<Level> levels =
                    append(way, new Level(path, nullable, validity, listVector.getOffsetBuffer(), repetition + 1));
            FieldVector elements = listVector.getDataVector();
            descend(
                    path + ".element",
                    list.element(),
                    list.elementNullable(),
                    elements,
                    levels,
                    repetition + 1,
                    leaves);
        } else if (type instanceof ColumnType.MapOf map) {
            MapVector mapVector = checked(vector, MapVector.class, path);
            List<Level> levels =
                    append(way, new Level(path, nullable, validity, mapVector.getOffsetBuffer(), repetition + 1));
            List<FieldVector> entry =
                    checked(mapVector.getDataVector(), StructVector.class, path).getChildrenFromFields();
            descend(path + ".key", map.key(), false, entry.get(0), levels, repetition + 1, leaves);
            descend(path + ".value", map.value(), map.valueNullable(), entry.get(1), levels, repetition + 1, leaves);
        }
    }

    private static <T> T checked(FieldVector vector, Class<T> wanted, String path) {
        if (!wanted.isInstance(vector)) {
            throw new IllegalArgumentException("column " + path + " takes a " + wanted.getSimpleName()
                    + ", the batch has a " + vector.getClass().getSimpleName());
        }
        return wanted.cast(vector);
    }

    private static List<Level> append(List<Level> way, Level last) {
        List<Level> longer = new ArrayList<>(way);
        longer.add(last);
        return longer;
    }

    /**
     * Writes what a row holds of this column.
     *
     * @throws IllegalArgumentException if a required value is missing; the writer's column is then incomplete
     */
    void writeRow(int row, ColumnWriter to) {
        if (values == null) {
            to.writeNull(0, 0);
        } else {
            write(values, to, 0, row, 0, 0);
        }
    }

    private void write(LeafValues leaf, ColumnWriter to, int depth, int index, int repetition, int outerDefinition) {
        Level level = levels[depth];
        if (level.isNull(index)) {
            if (!level.nullable) {
                throw new IllegalArgumentException("required column " + level.path + " is null at " + index);
            }
            to.writeNull(repetition, outerDefinition);
            return;
        }
        int definition = level.nullable ? outerDefinition + 1 : outerDefinition;
        ArrowBuf offsets = level.offsets;
        if (offsets != null) {
            int start = offsets.getInt((long) index * Integer.BYTES);
            int end = offsets.getInt((index + 1L) * Integer.BYTES);
            if (start == end) {
                to.writeNull(repetition, definition);
                return;
            }
            write(leaf, to, depth + 1, start, repetition, definition + 1);
            for (int i = start + 1; i < end; i++) {
                write(leaf, to, depth + 1, i, level.repetition, definition + 1);
            }
        } else if (depth == levels.length - 1) {
            leaf.write(to, index, repetition, definition);
        } else {
            write(leaf, to, depth + 1, index, repetition, definition);
        }
    }
}
