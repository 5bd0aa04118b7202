package dev.alluvium.decode;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.alluvium.schema.WellKnownType;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * Any message as JSON text by proto3's JSON mapping: names in camel case, 64-bit integers and what is not finite in
 * quotes, bytes in Base64; absent fields and unknown ones are left out. For what an {@code Any} holds.
 */
final class MessageJson {
    /** Of the years 0001 and 9999: beyond them a time has no text in the mapping. */
    private static final long MIN_SECONDS = -62_135_596_800L;

    private static final long MAX_SECONDS = 253_402_300_799L;

    private final Map<String, Descriptor> types;

    /** @param types what an {@code Any} inside can be read as, by full name */
    MessageJson(Map<String, Descriptor> types) {
        this.types = types;
    }

    /** Appends the members that follow {@code @type} in the object of an {@code Any}, commas included. */
    void appendAnyContent(StringBuilder out, Message content) {
        if (WellKnownType.of(content.getDescriptorForType()) == WellKnownType.NONE) {
            members(out, content, ",");
        } else {
            message(out.append(",\"value\":"), content);
        }
    }

    private void message(StringBuilder out, Message message) {
        WellKnownType kind = WellKnownType.of(message.getDescriptorForType());
        switch (kind) {
            case TIMESTAMP -> timestamp(out, message);
            case DURATION -> duration(out, message);
            case WRAPPER -> {
                FieldDescriptor value = message.getDescriptorForType().findFieldByNumber(1);
                single(out, value, message.getField(value));
            }
            case STRUCT, VALUE, LIST_VALUE, FIELD_MASK, ANY -> {
                try {
                    new WellKnownJson(kind, types).append(out, message.toByteArray());
                } catch (InvalidProtocolBufferException e) {
                    throw new IllegalStateException("a parsed " + kind + " cannot be parsed", e);
                }
            }
            case NONE -> object(out, message);
        }
    }

    private void object(StringBuilder out, Message message) {
        out.append('{');
        members(out, message, "");
        out.append('}');
    }

    private void members(StringBuilder out, Message message, String first) {
        String separator = first;
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            boolean isSet = field.isRepeated() ? message.getRepeatedFieldCount(field) > 0 : message.hasField(field);
            if (isSet) {
                StableJson.appendString(out.append(separator), field.getJsonName());
                out.append(':');
                if (field.isMapField()) {
                    map(out, field, (List<?>) message.getField(field));
                } else if (field.isRepeated()) {
                    list(out, field, (List<?>) message.getField(field));
                } else {
                    single(out, field, message.getField(field));
                }
                separator = ",";
            }
        }
    }

    private void list(StringBuilder out, FieldDescriptor field, List<?> values) {
        out.append('[');
        String separator = "";
        for (Object value : values) {
            single(out.append(separator), field, value);
            separator = ",";
        }
        out.append(']');
    }

    private void map(StringBuilder out, FieldDescriptor field, List<?> entries) {
        FieldDescriptor key = field.getMessageType().findFieldByNumber(1);
        FieldDescriptor value = field.getMessageType().findFieldByNumber(2);
        out.append('{');
        String separator = "";
        for (Object one : entries) {
            Message entry = (Message) one;
            String name = RestPath.key(key, entry.getField(key));
            if (key.getType() == FieldDescriptor.Type.STRING) {
                out.append(separator).append(name);
            } else {
                StableJson.appendString(out.append(separator), name);
            }
            single(out.append(':'), value, entry.getField(value));
            separator = ",";
        }
        out.append('}');
    }

    private void single(StringBuilder out, FieldDescriptor field, Object value) {
        switch (field.getType()) {
            case BOOL, INT32, SINT32, SFIXED32 -> out.append(value);
            case UINT32, FIXED32 -> out.append(Integer.toUnsignedString((int) value));
            case INT64, SINT64, SFIXED64 -> out.append('"').append(value).append('"');
            case UINT64, FIXED64 ->
                out.append('"').append(Long.toUnsignedString((long) value)).append('"');
            case FLOAT -> number(out, (float) value);
            case DOUBLE -> WellKnownJson.appendNumber(out, (double) value);
            case STRING -> StableJson.appendString(out, (String) value);
            case BYTES ->
                out.append('"')
                        .append(Base64.getEncoder().encodeToString(((ByteString) value).toByteArray()))
                        .append('"');
            case ENUM -> enumValue(out, field, (EnumValueDescriptor) value);
            case MESSAGE, GROUP -> message(out, (Message) value);
        }
    }

    /** The shortest decimal of the float, not that of the double it becomes. */
    private static void number(StringBuilder out, float value) {
        double decimal = value;
        if (Float.isFinite(value)) {
            BigDecimal exact = new BigDecimal(value);
            int digits = 0;
            do {
                decimal = exact.round(new MathContext(++digits)).doubleValue();
            } while ((float) decimal != value);
        }
        WellKnownJson.appendNumber(out, value == 0 ? value : decimal);
    }

    private static void enumValue(StringBuilder out, FieldDescriptor field, EnumValueDescriptor value) {
        if (field.getEnumType().getFullName().equals("google.protobuf.NullValue")) {
            out.append("null");
        } else if (field.getEnumType().findValueByNumber(value.getNumber()) == null) {
            out.append(value.getNumber());
        } else {
            StableJson.appendString(out, value.getName());
        }
    }

    private void timestamp(StringBuilder out, Message time) {
        long seconds = seconds(time);
        int nanos = nanos(time);
        if (seconds < MIN_SECONDS || seconds > MAX_SECONDS || nanos < 0 || nanos > 999_999_999) {
            object(out, time);
        } else {
            out.append('"').append(Instant.ofEpochSecond(seconds, nanos)).append('"');
        }
    }

    private void duration(StringBuilder out, Message time) {
        long seconds = seconds(time);
        int nanos = nanos(time);
        if (Math.abs((long) nanos) > 999_999_999 || (seconds != 0 && nanos != 0 && seconds > 0 != nanos > 0)) {
            object(out, time);
            return;
        }
        out.append('"').append(seconds == 0 && nanos < 0 ? "-" : "").append(seconds);
        if (nanos != 0) {
            String digits = Integer.toString(1_000_000_000 + Math.abs(nanos)).substring(1);
            out.append('.').append(digits.endsWith("000000") ? digits.substring(0, 3) : micros(digits));
        }
        out.append("s\"");
    }

    private static String micros(String digits) {
        return digits.endsWith("000") ? digits.substring(0, 6) : digits;
    }

    private static long seconds(Message time) {
        return (long) time.getField(time.getDescriptorForType().findFieldByNumber(1));
    }

    private static int nanos(Message time) {
        return (int) time.getField(time.getDescriptorForType().findFieldByNumber(2));
    }
}
