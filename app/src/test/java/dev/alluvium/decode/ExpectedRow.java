package dev.alluvium.decode;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
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
import org.jspecify.annotations.Nullable;

/** The row that a message must become, told from protobuf-java's own reading of it, in the values of ArrowRows. */
final class ExpectedRow {
    private ExpectedRow() {}

    static Map<String, @Nullable Object> of(Message message, List<Column> columns) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        for (Column column : columns) {
            FieldDescriptor field = message.getDescriptorForType().findFieldByName(column.name());
            boolean absent = column.nullable() && !message.hasField(field);
            row.put(column.name(), absent ? null : value(field, message.getField(field), column.type()));
        }
        return row;
    }

    @SuppressWarnings("unchecked")
    private static Object value(FieldDescriptor field, Object value, ColumnType type) {
        if (type instanceof MapOf map) {
            Map<Object, @Nullable Object> entries = new LinkedHashMap<>();
            FieldDescriptor keyField = field.getMessageType().findFieldByNumber(1);
            FieldDescriptor valueField = field.getMessageType().findFieldByNumber(2);
            for (Message entry : (List<Message>) value) {
                if (CanonicalMessage.isForeign(entry)) {
                    continue;
                }
                Object key = value(keyField, entry.getField(keyField), map.key());
                entries.remove(key);
                entries.put(key, value(valueField, entry.getField(valueField), map.value()));
            }
            return entries;
        }
        if (type instanceof ListOf list) {
            List<Object> values = new ArrayList<>();
            ((List<Object>) value).forEach(element -> values.add(value(field, element, list.element())));
            return values;
        }
        if (type instanceof Struct struct) {
            return of((Message) value, struct.fields());
        }
        if (value instanceof Message message) {
            return message(message, (Scalar) type);
        }
        if (value instanceof EnumValueDescriptor name) {
            boolean isKnown = field.getEnumType().findValueByNumber(name.getNumber()) != null;
            return isKnown ? name.getName() : Integer.toString(name.getNumber());
        }
        if (value instanceof Float number) {
            return Float.floatToRawIntBits(number);
        }
        return value instanceof Double number ? Double.doubleToRawLongBits(number) : value;
    }

    private static Object message(Message message, Scalar type) {
        Descriptor descriptor = message.getDescriptorForType();
        switch (descriptor.getFullName()) {
            case "google.protobuf.Timestamp" -> {
                return micros(seconds(message), Math.floorDiv(nanos(message), 1000));
            }
            case "google.protobuf.Duration" -> {
                return micros(seconds(message), nanos(message) / 1000);
            }
            default -> {
                if (type == Scalar.JSON) {
                    return message;
                }
                if (descriptor.getFullName().startsWith("google.protobuf.")) {
                    FieldDescriptor field = descriptor.findFieldByNumber(1);
                    return value(field, message.getField(field), type);
                }
                return type == Scalar.BOOL ? true : message;
            }
        }
    }

    /** Whether two rows are the same; bytes stand for a message where the expected row has one. */
    static boolean matches(@Nullable Object expected, @Nullable Object actual) {
        if (expected instanceof Message message && actual instanceof ByteString bytes) {
            return parse(message.getDescriptorForType(), bytes).equals(message);
        }
        if (expected instanceof Message && actual instanceof String json) {
            byte[] text = json.getBytes(StandardCharsets.UTF_8);
            return new JsonScanner().scan(text, 0, text.length) == null;
        }
        if (expected instanceof Map<?, ?> want && actual instanceof Map<?, ?> have) {
            return new ArrayList<>(want.keySet()).equals(new ArrayList<>(have.keySet()))
                    && want.keySet().stream().allMatch(key -> matches(want.get(key), have.get(key)));
        }
        if (expected instanceof List<?> want && actual instanceof List<?> have) {
            boolean matches = want.size() == have.size();
            for (int i = 0; matches && i < want.size(); i++) {
                matches = matches(want.get(i), have.get(i));
            }
            return matches;
        }
        return expected == null ? actual == null : expected.equals(actual);
    }

    private static Message parse(Descriptor descriptor, ByteString bytes) {
        try {
            return DynamicMessage.newBuilder(descriptor).mergeFrom(bytes).buildPartial();
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("kept bytes are no " + descriptor.getFullName(), e);
        }
    }

    /** The nearest that a column holds where three seconds more would be too much for it. */
    private static long micros(long seconds, int micros) {
        long most = Long.MAX_VALUE / 1_000_000 - 3;
        return seconds > most ? Long.MAX_VALUE : seconds < -most ? -Long.MAX_VALUE : seconds * 1_000_000 + micros;
    }

    private static long seconds(Message time) {
        return (long) time.getField(time.getDescriptorForType().findFieldByNumber(1));
    }

    private static int nanos(Message time) {
        return (int) time.getField(time.getDescriptorForType().findFieldByNumber(2));
    }
}
