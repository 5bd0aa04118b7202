package dev.alluvium.schema;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.alluvium.schema.ColumnType.Scalar;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The columns of a protobuf message: one per field of the descriptor, in its order, nested messages as structs with one
 * field per field. Implicit-presence scalars are required and hold their default; explicit {@code optional} (and
 * {@code required}) fields, messages and oneof arms are nullable. A message without fields becomes a boolean.
 */
public final class ProtobufSchema {
    /** How often a message type may stand on the way from the root to a field before the rest is left as bytes. */
    public static final int DEFAULT_DEPTH = 3;

    /** Raw bytes, tags included, of the fields of a record that its descriptor does not know. */
    public static final Column UNKNOWN = Column.optional("_unknown", Scalar.BINARY);

    private static final int MAX_COLUMNS = 10_000;

    private final int depth;
    private final Map<Descriptor, Integer> path = new HashMap<>();
    private int columnCount;

    private ProtobufSchema(int depth) {
        this.depth = depth;
    }

    /** The schema of a message, recursive messages unrolled to {@link #DEFAULT_DEPTH}. */
    public static TableSchema of(Descriptor message) {
        return of(message, DEFAULT_DEPTH);
    }

    /**
     * The schema of a message, named as the message in full.
     *
     * @param depth how often a message type may occur on the way from the root to a field, the root included, at least
     *     1; the next occurrence is a BINARY column with the serialized message
     * @throws IllegalArgumentException if that is more than 10,000 columns, nested ones included
     */
    public static TableSchema of(Descriptor message, int depth) {
        if (depth < 1) {
            throw new IllegalArgumentException("depth is " + depth + ", at least 1 is needed");
        }
        return new TableSchema(message.getFullName(), new ProtobufSchema(depth).columns(message));
    }

    private List<Column> columns(Descriptor message) {
        path.merge(message, 1, Integer::sum);
        List<Column> columns = new ArrayList<>();
        for (FieldDescriptor field : message.getFields()) {
            if (++columnCount > MAX_COLUMNS) {
                throw new IllegalArgumentException("message " + message.getFullName() + " unrolls to more than "
                        + MAX_COLUMNS + " columns at a depth of " + depth + ": lower the depth");
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
            case TIMESTAMP -> Scalar.TIMESTAMP_MICROS;
            case DURATION -> Scalar.INT64;
            case WRAPPER -> scalar(message.findFieldByNumber(1));
            case NONE -> {
                if (message.getFields().isEmpty()) {
                    yield Scalar.BOOL;
                }
                yield path.getOrDefault(message, 0) >= depth ? Scalar.BINARY : new ColumnType.Struct(columns(message));
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
