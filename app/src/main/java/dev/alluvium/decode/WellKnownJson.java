package dev.alluvium.decode;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.FieldMask;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.ListValue;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.alluvium.schema.WellKnownType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The messages of package google.protobuf that are JSON themselves, as JSON text and back. The text is that of proto3's
 * JSON mapping where that has one; where it has none (a number that is not finite, a value without a kind) it comes as
 * near as it can and is not {@linkplain #isExact exact}.
 */
final class WellKnownJson {
    private static final String TYPE = "@type";
    private static final String BYTES = "value";

    private final WellKnownType kind;
    private final Map<String, Descriptor> types;

    /**
     * @param kind a {@linkplain WellKnownType#isJson JSON} one
     * @param types what an {@code Any} can be read as, by full name
     */
    WellKnownJson(WellKnownType kind, Map<String, Descriptor> types) {
        this.kind = kind;
        this.types = types;
    }

    /** The JSON text, in UTF-8, of a serialized message of this kind. */
    byte[] text(byte[] message) {
        StringBuilder out = new StringBuilder();
        try {
            append(out, message);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a checked " + kind + " cannot be parsed", e);
        }
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Appends the JSON text of a serialized message of this kind. */
    void append(StringBuilder out, byte[] message) throws InvalidProtocolBufferException {
        switch (kind) {
            case STRUCT -> append(out, new JsonWire(message, 0, message.length).struct());
            case VALUE -> append(out, new JsonWire(message, 0, message.length).value());
            case LIST_VALUE -> append(out, new JsonWire(message, 0, message.length).list());
            case FIELD_MASK -> append(out, FieldMask.parseFrom(message));
            case ANY -> append(out, Any.parseFrom(message));
            case TIMESTAMP, DURATION, WRAPPER, NONE -> throw new IllegalStateException(kind + " has no JSON text here");
        }
    }

    /**
     * Whether {@link #parse} gives this checked message back, unknown fields aside. Messages that are exact are so
     * merged, too.
     */
    boolean isExact(byte[] bytes, int offset, int length) {
        try {
            CodedInputStream in = CodedInputStream.newInstance(bytes, offset, length);
            return switch (kind) {
                case STRUCT -> isExact(new JsonWire(bytes, offset, length).struct());
                case VALUE -> isExact(new JsonWire(bytes, offset, length).value());
                case LIST_VALUE -> isExact(new JsonWire(bytes, offset, length).list());
                case FIELD_MASK -> isExact(FieldMask.parseFrom(in));
                case ANY -> content(Any.parseFrom(in)) == null;
                case TIMESTAMP, DURATION, WRAPPER, NONE -> false;
            };
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * The message behind a JSON text of {@link #text}.
     *
     * @throws IllegalArgumentException if the text is none
     */
    static Message parse(WellKnownType kind, String json) {
        Value value = JsonValues.parse(json);
        return switch (kind) {
            case STRUCT -> value.getStructValue();
            case VALUE -> value;
            case LIST_VALUE -> value.getListValue();
            case FIELD_MASK -> mask(value.getStringValue());
            case ANY -> any(value.getStructValue());
            case TIMESTAMP, DURATION, WRAPPER, NONE -> throw new IllegalArgumentException(kind + " is no JSON");
        };
    }

    private static void append(StringBuilder out, Struct struct) {
        out.append('{');
        String separator = "";
        for (Map.Entry<String, Value> field : struct.getFieldsMap().entrySet()) {
            out.append(separator);
            StableJson.appendString(out, field.getKey());
            append(out.append(':'), field.getValue());
            separator = ",";
        }
        out.append('}');
    }

    private static void append(StringBuilder out, ListValue list) {
        out.append('[');
        String separator = "";
        for (Value value : list.getValuesList()) {
            append(out.append(separator), value);
            separator = ",";
        }
        out.append(']');
    }

    private static void append(StringBuilder out, Value value) {
        switch (value.getKindCase()) {
            case NULL_VALUE, KIND_NOT_SET -> out.append("null");
            case NUMBER_VALUE -> appendNumber(out, value.getNumberValue());
            case STRING_VALUE -> StableJson.appendString(out, value.getStringValue());
            case BOOL_VALUE -> out.append(value.getBoolValue());
            case STRUCT_VALUE -> append(out, value.getStructValue());
            case LIST_VALUE -> append(out, value.getListValue());
        }
    }

    /** A number; in quotes what JSON has no number for. */
    static void appendNumber(StringBuilder out, double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            out.append('"').append(value).append('"');
        } else if (value == 0 && Double.doubleToRawLongBits(value) != 0) {
            out.append("-0.0");
        } else {
            EcmaNumber.append(out, value);
        }
    }

    private static boolean isExact(Struct struct) {
        return struct.getFieldsMap().values().stream().allMatch(WellKnownJson::isExact);
    }

    private static boolean isExact(ListValue list) {
        return list.getValuesList().stream().allMatch(WellKnownJson::isExact);
    }

    private static boolean isExact(Value value) {
        return switch (value.getKindCase()) {
            case NULL_VALUE -> value.getNullValueValue() == 0;
            case NUMBER_VALUE -> Double.isFinite(value.getNumberValue());
            case STRING_VALUE, BOOL_VALUE -> true;
            case STRUCT_VALUE -> isExact(value.getStructValue());
            case LIST_VALUE -> isExact(value.getListValue());
            case KIND_NOT_SET -> false;
        };
    }

    private static void append(StringBuilder out, FieldMask mask) {
        List<String> paths = new ArrayList<>();
        mask.getPathsList().forEach(path -> paths.add(camelCase(path)));
        StableJson.appendString(out, String.join(",", paths));
    }

    private static boolean isExact(FieldMask mask) {
        if (mask.getPathsCount() == 1 && mask.getPaths(0).isEmpty()) {
            return false;
        }
        return mask.getPathsList().stream()
                .allMatch(path ->
                        path.indexOf(',') < 0 && snakeCase(camelCase(path)).equals(path));
    }

    private static FieldMask mask(String text) {
        FieldMask.Builder mask = FieldMask.newBuilder();
        if (!text.isEmpty()) {
            for (String path : text.split(",", -1)) {
                mask.addPaths(snakeCase(path));
            }
        }
        return mask.build();
    }

    private static String camelCase(String path) {
        StringBuilder camel = new StringBuilder();
        for (int i = 0; i < path.length(); i++) {
            char next = i + 1 < path.length() ? path.charAt(i + 1) : 0;
            if (path.charAt(i) == '_' && next >= 'a' && next <= 'z') {
                camel.append((char) (next - 'a' + 'A'));
                i++;
            } else {
                camel.append(path.charAt(i));
            }
        }
        return camel.toString();
    }

    private static String snakeCase(String path) {
        StringBuilder snake = new StringBuilder();
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                snake.append('_').append((char) (c - 'A' + 'a'));
            } else {
                snake.append(c);
            }
        }
        return snake.toString();
    }

    private void append(StringBuilder out, Any any) {
        StableJson.appendString(out.append("{\"" + TYPE + "\":"), any.getTypeUrl());
        Message content = content(any);
        if (content == null) {
            String base64 = Base64.getEncoder().encodeToString(any.getValue().toByteArray());
            out.append(",\"" + BYTES + "\":\"").append(base64).append('"');
        } else {
            new MessageJson(types).appendAnyContent(out, content);
        }
        out.append('}');
    }

    /** The message inside, or null if its type is not known or its bytes are none of it. */
    private @Nullable Message content(Any any) {
        String url = any.getTypeUrl();
        Descriptor type = types.get(url.substring(url.lastIndexOf('/') + 1));
        if (type == null) {
            return null;
        }
        try {
            return DynamicMessage.newBuilder(type).mergeFrom(any.getValue()).buildPartial();
        } catch (InvalidProtocolBufferException e) {
            return null;
        }
    }

    private static Any any(Struct object) {
        String base64 =
                object.getFieldsOrDefault(BYTES, Value.getDefaultInstance()).getStringValue();
        return Any.newBuilder()
                .setTypeUrl(object.getFieldsOrDefault(TYPE, Value.getDefaultInstance())
                        .getStringValue())
                .setValue(ByteString.copyFrom(Base64.getDecoder().decode(base64)))
                .build();
    }
}
