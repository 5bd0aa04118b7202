package dev.alluvium.schema;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.Set;

/** The messages of package google.protobuf that become one scalar column. */
public enum WellKnownType {
    /** {@code Timestamp}: microseconds since the epoch; finer nanoseconds are dropped. */
    TIMESTAMP,
    /** {@code Duration}: microseconds; finer nanoseconds are dropped. */
    DURATION,
    /** {@code Int32Value} and its like: the value, null when the wrapper is absent. */
    WRAPPER,
    /** Any other message. */
    NONE;

    private static final Set<String> WRAPPERS = Set.of(
            "google.protobuf.DoubleValue",
            "google.protobuf.FloatValue",
            "google.protobuf.Int64Value",
            "google.protobuf.UInt64Value",
            "google.protobuf.Int32Value",
            "google.protobuf.UInt32Value",
            "google.protobuf.BoolValue",
            "google.protobuf.StringValue",
            "google.protobuf.BytesValue");

    /** Which of them a message is, by its full name, provided that it also has their fields. */
    public static WellKnownType of(Descriptor message) {
        String name = message.getFullName();
        if (name.equals("google.protobuf.Timestamp") && hasSecondsAndNanos(message)) {
            return TIMESTAMP;
        }
        if (name.equals("google.protobuf.Duration") && hasSecondsAndNanos(message)) {
            return DURATION;
        }
        return WRAPPERS.contains(name) && hasOneScalar(message) ? WRAPPER : NONE;
    }

    private static boolean hasSecondsAndNanos(Descriptor message) {
        FieldDescriptor seconds = message.findFieldByNumber(1);
        FieldDescriptor nanos = message.findFieldByNumber(2);
        return message.getFields().size() == 2
                && seconds != null
                && nanos != null
                && seconds.getType() == FieldDescriptor.Type.INT64
                && nanos.getType() == FieldDescriptor.Type.INT32
                && !seconds.isRepeated()
                && !nanos.isRepeated();
    }

    private static boolean hasOneScalar(Descriptor message) {
        FieldDescriptor value = message.findFieldByNumber(1);
        return message.getFields().size() == 1
                && value != null
                && !value.isRepeated()
                && value.getJavaType() != FieldDescriptor.JavaType.MESSAGE;
    }
}
