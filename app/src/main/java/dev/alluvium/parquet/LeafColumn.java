package dev.alluvium.parquet;

import dev.alluvium.schema.Column;
import dev.alluvium.schema.ColumnType;
import dev.alluvium.schema.ColumnType.Scalar;
import dev.alluvium.schema.TableSchema;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.TimeStampMicroVector;
import org.apache.arrow.vector.TimeStampNanoTZVector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.jspecify.annotations.Nullable;

/**
 * One Parquet column of a record batch: the way from a top-level vector down to the values, from which repetition and
 * definition levels follow (Parquet format, Nested Encoding).
 */
final class LeafColumn {

    /**
     * A vector on the way.
     *
     * @param path for messages
     * @param validity set bits are values; null if no value is missing
     * @param offsets of the elements if this is a list or map; else null
     * @param repetition level of elements after the first
     */
    record Level(
            String path,
            boolean nullable,
            @Nullable ArrowBuf validity,
            @Nullable ArrowBuf offsets,
            int repetition) {}

    private final Level[] levels;
    private final Scalar type;
    private final @Nullable FieldVector vector;

    private LeafColumn(List<Level> levels, Scalar type, @Nullable FieldVector vector) {
        this.levels = levels.toArray(Level[]::new);
        this.type = type;
        this.vector = vector;
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
            leaves.add(new LeafColumn(List.of(), (Scalar) type, null));
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
        ArrowBuf validity = vector.getNullCount() == 0 ? null : vector.getValidityBuffer();
        if (type instanceof Scalar scalar) {
            checked(vector, vectorOf(scalar), path);
            List<Level> levels = append(way, new Level(path, nullable, validity, null, repetition));
            leaves.add(new LeafColumn(levels, scalar, vector));
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

    /** The Arrow vector that a scalar type takes. */
    private static Class<? extends FieldVector> vectorOf(Scalar type) {
        return switch (type) {
            case BOOL -> BitVector.class;
            case INT32 -> IntVector.class;
            case INT64 -> BigIntVector.class;
            case UINT32 -> UInt4Vector.class;
            case UINT64 -> UInt8Vector.class;
            case FLOAT32 -> Float4Vector.class;
            case FLOAT64 -> Float8Vector.class;
            case UTF8, JSON, ENUM -> VarCharVector.class;
            case BINARY -> VarBinaryVector.class;
            case TIMESTAMP_MICROS -> TimeStampMicroTZVector.class;
            case TIMESTAMP_NANOS -> TimeStampNanoTZVector.class;
            case LOCAL_TIMESTAMP_MICROS -> TimeStampMicroVector.class;
            case DATE -> DateDayVector.class;
        };
    }

    /** From the top-level vector down to the leaf's own; none if the batch does not carry the column. */
    Level[] levels() {
        return levels;
    }

    Scalar type() {
        return type;
    }

    /** Whether the batch does not carry the column: all its rows are null. */
    boolean isAbsent() {
        return vector == null;
    }

    /** The leaf's own vector; throws if the batch does not carry the column. */
    FieldVector vector() {
        if (vector == null) {
            throw new IllegalStateException("the batch does not have the column");
        }
        return vector;
    }

    long dataAddress() {
        return vector().getDataBuffer().memoryAddress();
    }

    /** Of byte strings only. */
    long offsetsAddress() {
        return vector().getOffsetBuffer().memoryAddress();
    }

    /** Whether every row has exactly one value. */
    boolean isPlain() {
        for (Level level : levels) {
            if (level.validity != null || level.offsets != null) {
                return false;
            }
        }
        return true;
    }

    /** The definition level of a value outside of lists. */
    int levelsDefined() {
        int defined = 0;
        for (Level level : levels) {
            defined += level.nullable ? 1 : 0;
        }
        return defined;
    }

    /** Whether its levels are those of another leaf of the same batch: fields of a struct that are always there. */
    @SuppressWarnings("ReferenceEquality") // the way down is the same one, not an equal one
    boolean hasShapeOf(LeafColumn other) {
        if (isAbsent() || levels.length != other.levels.length) {
            return false;
        }
        int last = levels.length - 1;
        for (int i = 0; i < last; i++) {
            if (levels[i] != other.levels[i]) {
                return false;
            }
        }
        return levels[last].validity == null
                && other.levels[last].validity == null
                && levels[last].nullable == other.levels[last].nullable;
    }

    /** Index in the leaf's vector at which the values of a row begin, or would; of the row behind the last, where they end. */
    int firstPlace(int row) {
        int index = row;
        for (Level level : levels) {
            ArrowBuf offsets = level.offsets;
            if (offsets != null) {
                index = offsets.capacity() == 0 ? 0 : offsets.getInt((long) index * Integer.BYTES);
            }
        }
        return index;
    }

    /** Bytes of the values of rows as they lie in memory. */
    long plainBytes(int from, int to) {
        if (isAbsent()) {
            return 0;
        }
        int first = firstPlace(from);
        int end = firstPlace(to);
        return switch (type) {
            case BOOL -> (end - first + 7L) >> 3;
            case INT32, UINT32, DATE, FLOAT32 -> (long) (end - first) * Integer.BYTES;
            case UTF8, JSON, ENUM, BINARY -> {
                ArrowBuf offsets = vector().getOffsetBuffer();
                yield first == end
                        ? 0
                        : (long) offsets.getInt((long) end * Integer.BYTES)
                                - offsets.getInt((long) first * Integer.BYTES)
                                + (end - first) * (long) Integer.BYTES;
            }
            default -> (long) (end - first) * Long.BYTES;
        };
    }
}
