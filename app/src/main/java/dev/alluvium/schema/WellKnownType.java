package dev.alluvium.schema;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The messages of package google.protobuf that become one scalar column. */
public enum WellKnownType {
    /** {@code Timestamp}: the time since the epoch. */
    TIMESTAMP,
    /** {@code Duration}: a number of time units. */
    DURATION,
    /** {@code Int32Value} and its like: the value, null when the wrapper is absent. */
    WRAPPER,
    /** {@code Struct}: a JSON object. */
    STRUCT,
    /** {@code Value}: any JSON. */
    VALUE,
    /** {@code ListValue}: a JSON array. */
    LIST_VALUE,
    /** {@code FieldMask}: a JSON string of paths in camel case, with commas between them. */
    FIELD_MASK,
    /** {@code Any}: a JSON object with {@code @type} and the message's fields, or its bytes where the type is unknown. */
    ANY,
    /** Any other message. */
    NONE;

    private record Shape(WellKnownType kind, List<String> fields) {}

    /** By name in package google.protobuf; fields as {@link #describe} tells them, by number. */
    private static final Map<String, Shape> SHAPES = Map.ofEntries(
            Map.entry("Timestamp", new Shape(TIMESTAMP, List.of("INT64", "INT32"))),
            Map.entry("Duration", new Shape(DURATION, List.of("INT64", "INT32"))),
            Map.entry("DoubleValue", new Shape(WRAPPER, List.of("DOUBLE"))),
            Map.entry("FloatValue", new Shape(WRAPPER, List.of("FLOAT"))),
            Map.entry("Int64Value", new Shape(WRAPPER, List.of("INT64"))),
            Map.entry("UInt64Value", new Shape(WRAPPER, List.of("UINT64"))),
            Map.entry("Int32Value", new Shape(WRAPPER, List.of("INT32"))),
            Map.entry("UInt32Value", new Shape(WRAPPER, List.of("UINT32"))),
            Map.entry("BoolValue", new Shape(WRAPPER, List.of("BOOL"))),
            Map.entry("StringValue", new Shape(WRAPPER, List.of("STRING"))),
            Map.entry("BytesValue", new Shape(WRAPPER, List.of("BYTES"))),
            Map.entry("Struct", new Shape(STRUCT, List.of("MESSAGE repeated"))),
            Map.entry("Value", new Shape(VALUE, List.of("ENUM", "DOUBLE", "STRING", "BOOL", "MESSAGE", "MESSAGE"))),
            Map.entry("ListValue", new Shape(LIST_VALUE, List.of("MESSAGE repeated"))),
            Map.entry("FieldMask", new Shape(FIELD_MASK, List.of("STRING repeated"))),
            Map.entry("Any", new Shape(ANY, List.of("STRING", "BYTES"))));

    /** Which of them a message is, by its full name, provided that it also has their fields. */
    public static WellKnownType of(Descriptor message) {
        if (!message.getFile().getPackage().equals("google.protobuf")) {
            return NONE;
        }
        Shape shape = SHAPES.get(message.getName());
        return shape != null
                        && message.getContainingType() == null
                        && describe(message).equals(shape.fields)
                ? shape.kind
                : NONE;
    }

    private static List<String> describe(Descriptor message) {
        List<String> fields = new ArrayList<>();
        for (int number = 1; number <= message.getFields().size(); number++) {
            FieldDescriptor field = message.findFieldByNumber(number);
            fields.add(field == null ? "" : field.getType() + (field.isRepeated() ? " repeated" : ""));
        }
        return fields;
    }

    /** Whether it becomes JSON text. */
    public boolean isJson() {
        return switch (this) {
            case STRUCT, VALUE, LIST_VALUE, FIELD_MASK, ANY -> true;
            case TIMESTAMP, DURATION, WRAPPER, NONE -> false;
        };
    }
}
