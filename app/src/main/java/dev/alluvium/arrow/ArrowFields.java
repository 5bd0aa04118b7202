package dev.alluvium.arrow;

import dev.alluvium.schema.Column;
import dev.alluvium.schema.ColumnType;
import dev.alluvium.schema.ColumnType.Scalar;
import dev.alluvium.schema.TableSchema;
import java.util.List;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** What a column is in Arrow: its field, and the buffer that its values are appended to. */
final class ArrowFields {
    static final String ELEMENT = "element";
    static final String KEY = "key";
    static final String VALUE = "value";
    private static final String ENTRIES = "entries";

    private ArrowFields() {}

    static Schema schema(TableSchema table) {
        return new Schema(table.columns().stream().map(ArrowFields::field).toList());
    }

    static ColumnBuffer buffer(Column column, BatchMemory memory) {
        ColumnType type = column.type();
        if (type instanceof ColumnType.Struct struct) {
            return new StructColumn(column, struct, memory);
        }
        if (type instanceof ColumnType.ListOf list) {
            return new ListColumn(column, list, memory);
        }
        if (type instanceof ColumnType.MapOf map) {
            return new MapColumn(column, map, memory);
        }
        return switch ((Scalar) type) {
            case BOOL -> new BoolColumn(column, memory);
            case INT32, UINT32, DATE -> new IntColumn(column, memory);
            case INT64, UINT64, TIMESTAMP_MICROS, TIMESTAMP_NANOS, LOCAL_TIMESTAMP_MICROS ->
                new LongColumn(column, memory);
            case FLOAT32 -> new FloatColumn(column, memory);
            case FLOAT64 -> new DoubleColumn(column, memory);
            case UTF8, JSON, ENUM, BINARY -> new BytesColumn(column, memory);
        };
    }

    private static Field field(Column column) {
        return new Field(
                column.name(), new FieldType(column.nullable(), type(column.type()), null), children(column.type()));
    }

    private static List<Field> children(ColumnType type) {
        if (type instanceof ColumnType.Struct struct) {
            return struct.fields().stream().map(ArrowFields::field).toList();
        }
        if (type instanceof ColumnType.ListOf list) {
            return List.of(field(new Column(ELEMENT, list.element(), list.elementNullable())));
        }
        if (type instanceof ColumnType.MapOf map) {
            List<Column> entry =
                    List.of(Column.required(KEY, map.key()), new Column(VALUE, map.value(), map.valueNullable()));
            return List.of(field(Column.required(ENTRIES, new ColumnType.Struct(entry))));
        }
        return List.of();
    }

    private static ArrowType type(ColumnType type) {
        if (type instanceof ColumnType.Struct) {
            return ArrowType.Struct.INSTANCE;
        }
        if (type instanceof ColumnType.ListOf) {
            return ArrowType.List.INSTANCE;
        }
        if (type instanceof ColumnType.MapOf) {
            return new ArrowType.Map(false);
        }
        return switch ((Scalar) type) {
            case BOOL -> ArrowType.Bool.INSTANCE;
            case INT32 -> new ArrowType.Int(32, true);
            case INT64 -> new ArrowType.Int(64, true);
            case UINT32 -> new ArrowType.Int(32, false);
            case UINT64 -> new ArrowType.Int(64, false);
            case FLOAT32 -> new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
            case FLOAT64 -> new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
            case UTF8, JSON, ENUM -> ArrowType.Utf8.INSTANCE;
            case BINARY -> ArrowType.Binary.INSTANCE;
            case TIMESTAMP_MICROS -> new ArrowType.Timestamp(TimeUnit.MICROSECOND, "UTC");
            case TIMESTAMP_NANOS -> new ArrowType.Timestamp(TimeUnit.NANOSECOND, "UTC");
            case LOCAL_TIMESTAMP_MICROS -> new ArrowType.Timestamp(TimeUnit.MICROSECOND, null);
            case DATE -> new ArrowType.Date(DateUnit.DAY);
        };
    }
}
