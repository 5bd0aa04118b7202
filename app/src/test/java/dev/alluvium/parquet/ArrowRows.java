package dev.alluvium.parquet;

import dev.alluvium.schema.Column;
import dev.alluvium.schema.ColumnType;
import dev.alluvium.schema.TableSchema;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
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
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** Rows as maps, of the value types that {@link DataFileReader} gives, into Arrow record batches. */
final class ArrowRows {

    private ArrowRows() {}

    static VectorSchemaRoot batch(
            BufferAllocator allocator,
            TableSchema schema,
            List<? extends Map<String, ? extends @Nullable Object>> rows) {
        VectorSchemaRoot root = VectorSchemaRoot.create(
                new Schema(schema.columns().stream().map(ArrowRows::field).toList()), allocator);
        root.allocateNew();
        for (int row = 0; row < rows.size(); row++) {
            for (Column column : schema.columns()) {
                set(
                        root.getVector(column.name()),
                        column.type(),
                        row,
                        rows.get(row).get(column.name()));
            }
        }
        root.setRowCount(rows.size());
        return root;
    }

    private static Field field(Column column) {
        return field(column.name(), column.type(), column.nullable());
    }

    private static Field field(String name, ColumnType type, boolean nullable) {
        if (type instanceof ColumnType.Struct struct) {
            return new Field(
                    name,
                    new FieldType(nullable, new ArrowType.Struct(), null),
                    struct.fields().stream().map(ArrowRows::field).toList());
        }
        if (type instanceof ColumnType.ListOf list) {
            return new Field(
                    name,
                    new FieldType(nullable, new ArrowType.List(), null),
                    List.of(field("element", list.element(), list.elementNullable())));
        }
        if (type instanceof ColumnType.MapOf map) {
            Field entries = new Field(
                    "entries",
                    new FieldType(false, new ArrowType.Struct(), null),
                    List.of(field("key", map.key(), false), field("value", map.value(), map.valueNullable())));
            return new Field(name, new FieldType(nullable, new ArrowType.Map(false), null), List.of(entries));
        }
        ArrowType arrow = switch ((ColumnType.Scalar) type) {
            case BOOL -> new ArrowType.Bool();
            case INT32 -> new ArrowType.Int(32, true);
            case INT64 -> new ArrowType.Int(64, true);
            case UINT32 -> new ArrowType.Int(32, false);
            case UINT64 -> new ArrowType.Int(64, false);
            case FLOAT32 -> new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
            case FLOAT64 -> new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
            case UTF8, JSON, ENUM -> new ArrowType.Utf8();
            case BINARY -> new ArrowType.Binary();
            case TIMESTAMP_MICROS -> new ArrowType.Timestamp(TimeUnit.MICROSECOND, "UTC");
            case TIMESTAMP_NANOS -> new ArrowType.Timestamp(TimeUnit.NANOSECOND, "UTC");
            case LOCAL_TIMESTAMP_MICROS -> new ArrowType.Timestamp(TimeUnit.MICROSECOND, null);
            case DATE -> new ArrowType.Date(DateUnit.DAY);
        };
        return new Field(name, new FieldType(nullable, arrow, null), null);
    }

    private static void set(FieldVector vector, ColumnType type, int index, @Nullable Object value) {
        if (value == null) {
            vector.setNull(index);
        } else if (type instanceof ColumnType.Struct struct) {
            StructVector structVector = (StructVector) vector;
            structVector.setIndexDefined(index);
            for (Column field : struct.fields()) {
                FieldVector child = structVector.getChild(field.name());
                set(child, field.type(), index, ((Map<?, ?>) value).get(field.name()));
            }
        } else if (type instanceof ColumnType.ListOf list) {
            ListVector listVector = (ListVector) vector;
            List<?> elements = (List<?>) value;
            int start = listVector.startNewValue(index);
            for (int i = 0; i < elements.size(); i++) {
                set(listVector.getDataVector(), list.element(), start + i, elements.get(i));
            }
            listVector.endValue(index, elements.size());
        } else if (type instanceof ColumnType.MapOf map) {
            ListVector mapVector = (ListVector) vector;
            StructVector entries = (StructVector) mapVector.getDataVector();
            int at = mapVector.startNewValue(index);
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
                entries.setIndexDefined(at);
                set((FieldVector) entries.getChildByOrdinal(0), map.key(), at, entry.getKey());
                set((FieldVector) entries.getChildByOrdinal(1), map.value(), at, entry.getValue());
                at++;
            }
            mapVector.endValue(index, ((Map<?, ?>) value).size());
        } else {
            setScalar(vector, (ColumnType.Scalar) type, index, value);
        }
    }

    private static void setScalar(FieldVector vector, ColumnType.Scalar type, int index, Object value) {
        switch (type) {
            case BOOL -> ((BitVector) vector).setSafe(index, (Boolean) value ? 1 : 0);
            case INT32 -> ((IntVector) vector).setSafe(index, (Integer) value);
            case INT64 -> ((BigIntVector) vector).setSafe(index, (Long) value);
            case UINT32 -> ((UInt4Vector) vector).setSafe(index, (int) (long) (Long) value);
            case UINT64 -> ((UInt8Vector) vector).setSafe(index, ((BigInteger) value).longValue());
            case FLOAT32 -> ((Float4Vector) vector).setSafe(index, (Float) value);
            case FLOAT64 -> ((Float8Vector) vector).setSafe(index, (Double) value);
            case UTF8, JSON, ENUM ->
                ((VarCharVector) vector).setSafe(index, ((String) value).getBytes(StandardCharsets.UTF_8));
            case BINARY -> ((VarBinaryVector) vector).setSafe(index, (byte[]) value);
            case TIMESTAMP_MICROS ->
                ((TimeStampMicroTZVector) vector)
                        .setSafe(index, ChronoUnit.MICROS.between(Instant.EPOCH, (Instant) value));
            case TIMESTAMP_NANOS ->
                ((TimeStampNanoTZVector) vector)
                        .setSafe(index, ChronoUnit.NANOS.between(Instant.EPOCH, (Instant) value));
            case LOCAL_TIMESTAMP_MICROS ->
                ((TimeStampMicroVector) vector)
                        .setSafe(
                                index,
                                ChronoUnit.MICROS.between(
                                        Instant.EPOCH, ((LocalDateTime) value).toInstant(ZoneOffset.UTC)));
            case DATE -> ((DateDayVector) vector).setSafe(index, (int) ((LocalDate) value).toEpochDay());
        }
    }
}
