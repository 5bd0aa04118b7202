package dev.alluvium.decode;

import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.alluvium.schema.ProtobufSchema;

/** The paths of {@link ProtobufSchema#REST}: {@code items[3].when}, {@code labels["a"]}, {@code counts[-5]}. */
final class RestPath {
    private RestPath() {}

    /** A field of the message at a path, which is empty for the root. */
    static String field(String path, FieldDescriptor field) {
        return path.isEmpty() ? field.getName() : path + '.' + field.getName();
    }

    /** An element of a repeated field, counted from 0. */
    static String element(String field, int index) {
        return field + '[' + index + ']';
    }

    /** A key as it stands between brackets or braces: text quoted as in JSON, unsigned numbers without a sign. */
    static String key(FieldDescriptor key, Object value) {
        return switch (key.getType()) {
            case STRING -> {
                StringBuilder text = new StringBuilder();
                StableJson.appendString(text, (String) value);
                yield text.toString();
            }
            case UINT32, FIXED32 -> Integer.toUnsignedString((int) value);
            case UINT64, FIXED64 -> Long.toUnsignedString((long) value);
            default -> value.toString();
        };
    }
}
