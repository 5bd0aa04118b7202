package dev.alluvium.schema;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.alluvium.schema.ColumnType.Scalar;
import dev.alluvium.schema.ProtobufMapping.Form;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The columns of a protobuf message: one per field of the descriptor, in its order, nested messages as structs with one
 * field per field. Implicit-presence scalars are required and hold their default; explicit {@code optional} (and
 * {@code required}) fields, messages and oneof arms are nullable. A message without fields becomes a boolean, a
 * {@link WellKnownType} one scalar. A mapping that files were written with never changes: golden tests hold it.
 */
public final class ProtobufSchema {
    /** Raw bytes, tags included, of the fields of a record that its descriptor does not know. */
    public static final Column UNKNOWN = Column.optional("_unknown", Scalar.BINARY);

    /**
     * What the other columns cannot hold of a record, by the path of a message such as {@code items[3].when} or
     * {@code labels["a"]}: of a message that is a struct its unknown fields, of one that is a single column all of it,
     * both serialized. In braces instead of brackets a key leads to the unknown fields of the map entry itself.
     */
    public static final Column REST = Column.optional("_rest", new ColumnType.MapOf(Scalar.UTF8, Scalar.BINARY, false));

    private static final int MAX_COLUMNS = 10_000;

    private final ProtobufMapping mapping;
    private final Map<Descriptor, Integer> path = new HashMap<>();
    private int columnCount;

    private ProtobufSchema(ProtobufMapping mapping) {
        this.mapping = mapping;
    }

    /** The schema of a message under {@link ProtobufMapping#DEFAULT}. */
    public static TableSchema of(Descriptor message) {
        return of(message, ProtobufMapping.DEFAULT);
    }

    /**
     * The schema of a message, named as the message in full.
     *
     * @throws IllegalArgumentException if that is more than 10,000 columns, nested ones included, or the mapping names a
     *     field that the message does not have or that cannot be what the mapping says
     */
    public static TableSchema of(Descriptor message, ProtobufMapping mapping) {
        List<Column> columns = new ProtobufSchema(mapping).columns(message);
        mapping.forms().forEach((name, form) -> replace(columns, field(message, name), form));
        mapping.required().forEach(name -> require(columns, field(message, name)));
        return new TableSchema(message.getFullName(), columns);
    }

    private static FieldDescriptor field(Descriptor message, String name) {
        FieldDescriptor field = message.findFieldByName(name);
        if (field == null) {
            throw new IllegalArgumentException("message " + message.getFullName() + " has no field " + name);
        }
        return field;
    }

    private static void replace(List<Column> columns, FieldDescriptor field, Form form) {
        Column usual = columns.get(field.getIndex());
        boolean fits = switch (form) {
            case DATE -> usual.type() == Scalar.INT32;
            case LOCAL_TIMESTAMP -> usual.type() == Scalar.TIMESTAMP_MICROS;
            case JSON -> usual.type() == Scalar.UTF8 && usual.nullable();
        };
        if (!fits) {
            throw new IllegalArgumentException(field.getFullName() + " cannot be a column of type "
                    + form.name().toLowerCase(Locale.ROOT) + ": "
                    + switch (form) {
                        case DATE -> "a date is an int32 that counts days from 1970-01-01";
                        case LOCAL_TIMESTAMP -> "it is made of a google.protobuf.Timestamp in microseconds";
                        case JSON -> "it is made of an optional string";
                    });
        }
        columns.set(field.getIndex(), new Column(usual.name(), form.type(), usual.nullable()));
    }

    private static void require(List<Column> columns, FieldDescriptor field) {
        if (!field.hasPresence() || field.getRealContainingOneof() != null) {
            throw new IllegalArgumentException(field.getFullName()
                    + " cannot be required: only a field that says whether it is set, and is no arm of a oneof");
        }
        Column usual = columns.get(field.getIndex());
        columns.set(field.getIndex(), Column.required(usual.name(), usual.type()));
    }

    private List<Column> columns(Descriptor message) {
        path.merge(message, 1, Integer::sum);
        List<Column> columns = new ArrayList<>();
        for (FieldDescriptor field : message.getFields()) {
            if (++columnCount > MAX_COLUMNS) {
                throw new IllegalArgumentException("message " + message.getFullName() + " unrolls to more than "
                        + MAX_COLUMNS + " columns at a depth of " + mapping.depth() + ": lower the depth");
            }
            columns.add(new Column(field.getName(), type(field), !field.isRepeated() && field.hasPresence()));
        }
        path.merge(message, -1, Integer::sum);
        return columns;
    }

    private ColumnType type(FieldDescriptor field) {
        if (field.isMapField()) {
            Descriptor entry = field.getMessageType();
            FieldDescriptor key = entry.findFieldByNumber(1);
            return new ColumnType.MapOf(scalar(key), single(entry.findFieldByNumber(2)), false);
        }
        return field.isRepeated() ? new ColumnType.ListOf(single(field), false) : single(field);
    }

    private ColumnType single(FieldDescriptor field) {
        if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
            return scalar(field);
        }
        Descriptor message = field.getMessageType();
        return switch (WellKnownType.of(message)) {
            case TIMESTAMP -> mapping.times().timestamp();
            case DURATION -> Scalar.INT64;
            case WRAPPER -> scalar(message.findFieldByNumber(1));
            case STRUCT, VALUE, LIST_VALUE, FIELD_MASK, ANY -> Scalar.JSON;
            case NONE -> {
                if (message.getFields().isEmpty()) {
                    yield Scalar.BOOL;
                }
                yield path.getOrDefault(message, 0) >= mapping.depth()
                        ? Scalar.BINARY
                        : new ColumnType.Struct(columns(message));
            }
        };
    }

    private static Scalar scalar(FieldDescriptor field) {
        return switch (field.getType()) {
            case BOOL -> Scalar.BOOL;
            case INT32, SINT32, SFIXED32 -> Scalar.INT32;
            case INT64, SINT64, SFIXED64 -> Scalar.INT64;
            case UINT32, FIXED32 -> Scalar.UINT32;
            case UINT64, FIXED64 -> Scalar.UINT64;
            case FLOAT -> Scalar.FLOAT32;
            case DOUBLE -> Scalar.FLOAT64;
            case STRING -> Scalar.UTF8;
            case ENUM -> Scalar.ENUM;
            case BYTES -> Scalar.BINARY;
            case MESSAGE, GROUP -> throw new IllegalArgumentException(field.getFullName() + " is not a scalar");
        };
    }
}
