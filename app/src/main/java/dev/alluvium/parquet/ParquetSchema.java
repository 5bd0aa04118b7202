package dev.alluvium.parquet;

import static org.apache.parquet.schema.LogicalTypeAnnotation.dateType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.intType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.jsonType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.listType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.mapType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.timestampType;

import dev.alluvium.schema.Column;
import dev.alluvium.schema.ColumnType;
import dev.alluvium.schema.TableSchema;
import java.util.List;
import org.apache.parquet.schema.ColumnOrder;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;
import org.apache.parquet.schema.Types;

/**
 * The Parquet form of a table schema. Lists have three levels and maps repeat {@code key_value} (Parquet format,
 * LogicalTypes.md).
 */
public final class ParquetSchema {

    private ParquetSchema() {}

    /**
     * The schema of a data file.
     *
     * @throws IllegalArgumentException if the table or one of its structs has no columns: Parquet has no such thing
     */
    public static MessageType of(TableSchema schema) {
        return new MessageType(schema.name(), fields(schema.columns(), "table " + schema.name()));
    }

    private static List<Type> fields(List<Column> columns, String owner) {
        if (columns.isEmpty()) {
            throw new IllegalArgumentException(owner + " has no columns, which Parquet cannot hold");
        }
        return columns.stream()
                .map(column -> field(column.name(), column.type(), column.nullable()))
                .toList();
    }

    private static Type field(String name, ColumnType type, boolean nullable) {
        Repetition repetition = nullable ? Repetition.OPTIONAL : Repetition.REQUIRED;
        if (type instanceof ColumnType.Scalar scalar) {
            return scalar(name, scalar, repetition);
        }
        if (type instanceof ColumnType.Struct struct) {
            return new GroupType(repetition, name, fields(struct.fields(), "struct " + name));
        }
        if (type instanceof ColumnType.ListOf list) {
            Type element = field("element", list.element(), list.elementNullable());
            return annotated(repetition, name, listType(), new GroupType(Repetition.REPEATED, "list", element));
        }
        ColumnType.MapOf map = (ColumnType.MapOf) type;
        Type key = field("key", map.key(), false);
        Type value = field("value", map.value(), map.valueNullable());
        return annotated(repetition, name, mapType(), new GroupType(Repetition.REPEATED, "key_value", key, value));
    }

    private static GroupType annotated(
            Repetition repetition, String name, LogicalTypeAnnotation annotation, GroupType repeated) {
        return Types.buildGroup(repetition).as(annotation).addField(repeated).named(name);
    }

    private static PrimitiveType scalar(String name, ColumnType.Scalar type, Repetition repetition) {
        return switch (type) {
            case BOOL -> Types.primitive(PrimitiveTypeName.BOOLEAN, repetition).named(name);
            case INT32 -> Types.primitive(PrimitiveTypeName.INT32, repetition).named(name);
            case INT64 -> Types.primitive(PrimitiveTypeName.INT64, repetition).named(name);
            case UINT32 ->
                Types.primitive(PrimitiveTypeName.INT32, repetition)
                        .as(intType(32, false))
                        .named(name);
            case UINT64 ->
                Types.primitive(PrimitiveTypeName.INT64, repetition)
                        .as(intType(64, false))
                        .named(name);
            // The total order that Parquet 1.18 takes by default hides min and max from readers that are older.
            case FLOAT32 ->
                Types.primitive(PrimitiveTypeName.FLOAT, repetition)
                        .columnOrder(ColumnOrder.typeDefined())
                        .named(name);
            case FLOAT64 ->
                Types.primitive(PrimitiveTypeName.DOUBLE, repetition)
                        .columnOrder(ColumnOrder.typeDefined())
                        .named(name);
            // Not the enum annotation: readers that do not know it hand out bytes.
            case UTF8, ENUM ->
                Types.primitive(PrimitiveTypeName.BINARY, repetition)
                        .as(stringType())
                        .named(name);
            case JSON ->
                Types.primitive(PrimitiveTypeName.BINARY, repetition)
                        .as(jsonType())
                        .named(name);
            case BINARY -> Types.primitive(PrimitiveTypeName.BINARY, repetition).named(name);
            case TIMESTAMP_MICROS ->
                Types.primitive(PrimitiveTypeName.INT64, repetition)
                        .as(timestampType(true, TimeUnit.MICROS))
                        .named(name);
            case TIMESTAMP_NANOS ->
                Types.primitive(PrimitiveTypeName.INT64, repetition)
                        .as(timestampType(true, TimeUnit.NANOS))
                        .named(name);
            case LOCAL_TIMESTAMP_MICROS ->
                Types.primitive(PrimitiveTypeName.INT64, repetition)
                        .as(timestampType(false, TimeUnit.MICROS))
                        .named(name);
            case DATE ->
                Types.primitive(PrimitiveTypeName.INT32, repetition)
                        .as(dateType())
                        .named(name);
        };
    }
}
