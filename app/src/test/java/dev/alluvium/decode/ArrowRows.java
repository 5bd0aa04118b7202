package dev.alluvium.decode;

import com.google.protobuf.ByteString;
import dev.alluvium.schema.Column;
import dev.alluvium.schema.ColumnType;
import dev.alluvium.schema.ColumnType.ListOf;
import dev.alluvium.schema.ColumnType.MapOf;
import dev.alluvium.schema.ColumnType.Scalar;
import dev.alluvium.schema.ColumnType.Struct;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
import org.apache.arrow.vector.complex.StructVector;
import org.jspecify.annotations.Nullable;

/** Reads Arrow rows back as plain values: maps, lists, boxed scalars, ByteString for bytes, raw bits for floats. */
final class ArrowRows {
    private ArrowRows() {}

    static Map<String, @Nullable Object> row(VectorSchemaRoot root, List<Column> columns, int row) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            FieldVector vector = root.getVector(i);
            if (!vector.getField().getName().equals(column.name())
                    || vector.getField().isNullable() != column.nullable()) {
                throw new AssertionError("column " + i + " is " + vector.getField() + ", not " + column);
            }
            values.put(column.name(), value(vector, column.type(), column.nullable(), row));
        }
        return values;
    }

    private static @Nullable Object value(FieldVector vector, ColumnType type, boolean nullable, int index) {
        if (vector.isNull(index)) {
            if (!nullable) {
                throw new AssertionError("null in required column " + vector.getName() + " at " + index);
            }
            return null;
        }
        if (type instanceof Struct struct) {
            return struct((StructVector) vector, struct.fields(), index);
        }
        if (type instanceof ListOf list) {
            ListVector lists = (ListVector) vector;
            List<@Nullable Object> values = new ArrayList<>();
            for (int i = lists.getElementStartIndex(index); i < lists.getElementEndIndex(index); i++) {
                values.add(value(lists.getDataVector(), list.element(), list.elementNullable(), i));
            }
            return values;
        }
        if (type instanceof MapOf map) {
            ListVector maps = (ListVector) vector;
            StructVector entries = (StructVector) maps.getDataVector();
            Map<Object, @Nullable Object> values = new LinkedHashMap<>();
            for (int i = maps.getElementStartIndex(index); i < maps.getElementEndIndex(index); i++) {
                Object key = value(entries.getChildrenFromFields().get(0), map.key(), false, i);
                Object value = value(entries.getChildrenFromFields().get(1), map.value(), map.valueNullable(), i);
                if (key == null || values.containsKey(key)) {
                    throw new AssertionError("key " + key + " twice in map " + vector.getName());
                }
                values.put(key, value);
            }
            return values;
        }
        return scalar(vector, (Scalar) type, index);
    }

    private static Map<String, @Nullable Object> struct(StructVector vector, List<Column> fields, int index) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (int i = 0; i < fields.size(); i++) {
            Column field = fields.get(i);
            values.put(
                    field.name(), value(vector.getChildrenFromFields().get(i), field.type(), field.nullable(), index));
        }
        return values;
    }

    private static Object scalar(FieldVector vector, Scalar type, int index) {
        return switch (type) {
            case BOOL -> ((BitVector) vector).get(index) != 0;
            case INT32 -> ((IntVector) vector).get(index);
            case INT64 -> ((BigIntVector) vector).get(index);
            case UINT32 -> ((UInt4Vector) vector).get(index);
            case UINT64 -> ((UInt8Vector) vector).get(index);
            case FLOAT32 -> Float.floatToRawIntBits(((Float4Vector) vector).get(index));
            case FLOAT64 -> Double.doubleToRawLongBits(((Float8Vector) vector).get(index));
            case UTF8, JSON, ENUM -> new String(((VarCharVector) vector).get(index), StandardCharsets.UTF_8);
            case BINARY -> ByteString.copyFrom(((VarBinaryVector) vector).get(index));
            case TIMESTAMP_MICROS -> ((TimeStampMicroTZVector) vector).get(index);
            case TIMESTAMP_NANOS -> ((TimeStampNanoTZVector) vector).get(index);
            case LOCAL_TIMESTAMP_MICROS -> ((TimeStampMicroVector) vector).get(index);
            case DATE -> ((DateDayVector) vector).get(index);
        };
    }
}
