package dev.alluvium.schema;

import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/**
 * A fingerprint of all that decides how the bytes of a message are read: of the message and every type within it the
 * names, numbers and wire types of fields, their presence, oneofs and defaults, the values of enums and whether these are
 * closed. Comments, options, JSON names, the order of declarations and the files they stand in are no part of it, so
 * that the same message has the same one whichever compiler described it. The order of fields, which is that of
 * columns, is a matter of {@link TableSchema#fingerprint}.
 */
public final class MessageFingerprint {
    private final Map<String, Descriptor> messages = new TreeMap<>();
    private final Map<String, EnumDescriptor> enums = new TreeMap<>();
    private final StringBuilder text = new StringBuilder();

    private MessageFingerprint() {}

    /** The fingerprint of a message type. */
    public static String of(Descriptor message) {
        MessageFingerprint all = new MessageFingerprint();
        all.collect(message);
        if (all.messages.containsKey(Any.getDescriptor().getFullName())) {
            // Those are what an Any is read as.
            MessageTypes.reachable(message).values().forEach(all::collect);
        }
        all.text.append(message.getFullName());
        all.messages.values().forEach(all::describe);
        all.enums.values().forEach(all::describe);
        return Fingerprint.of(all.text.toString());
    }

    private void collect(Descriptor message) {
        if (messages.putIfAbsent(message.getFullName(), message) != null) {
            return;
        }
        for (FieldDescriptor field : message.getFields()) {
            if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                collect(field.getMessageType());
            } else if (field.getJavaType() == FieldDescriptor.JavaType.ENUM) {
                enums.put(field.getEnumType().getFullName(), field.getEnumType());
            }
        }
    }

    private void describe(Descriptor message) {
        text.append("\nmessage ").append(message.getFullName());
        if (message.getOptions().getMapEntry()) {
            text.append(" entry");
        }
        message.getFields().stream()
                .sorted(Comparator.comparingInt(FieldDescriptor::getNumber))
                .forEach(this::describe);
    }

    private void describe(FieldDescriptor field) {
        text.append('\n')
                .append(field.getNumber())
                .append(field.isRepeated() ? " repeated " : field.hasPresence() ? " optional " : " ")
                .append(field.getType())
                .append(' ')
                .append(field.getName());
        if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
            text.append(' ').append(field.getMessageType().getFullName());
        } else if (field.getJavaType() == FieldDescriptor.JavaType.ENUM) {
            text.append(field.legacyEnumFieldTreatedAsClosed() ? " closed " : " open ")
                    .append(field.getEnumType().getFullName());
        }
        OneofDescriptor oneof = field.getRealContainingOneof();
        if (oneof != null) {
            text.append(" in ").append(oneof.getName());
        }
        if (field.hasDefaultValue()) {
            text.append(" = ").append(field.toProto().getDefaultValue());
        }
    }

    /** Of several names of a number the first one counts, and the first number is the default. */
    private void describe(EnumDescriptor type) {
        text.append("\nenum ")
                .append(type.getFullName())
                .append(' ')
                .append(type.getValues().get(0).getNumber());
        type.getValues().stream()
                .sorted(Comparator.comparingInt(EnumValueDescriptor::getNumber))
                .forEach(value ->
                        text.append('\n').append(value.getNumber()).append(' ').append(value.getName()));
    }
}
