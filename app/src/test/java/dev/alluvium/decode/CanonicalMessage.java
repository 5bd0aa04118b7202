package dev.alluvium.decode;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Messages in the one form that all equal messages share. What protobuf-java's dynamic messages leave open is decided as
 * its generated classes do: a map has a key once, the last time; its entries have both parts; an entry whose value is a
 * number that its closed enum does not have is an unknown field of the message around it.
 */
final class CanonicalMessage {
    private CanonicalMessage() {}

    /** The bytes that two messages share if they are equal. */
    static ByteString bytes(Message message) {
        return of(message).toByteString();
    }

    private static Message of(Message message) {
        DynamicMessage.Builder builder = DynamicMessage.newBuilder(message.getDescriptorForType());
        for (Map.Entry<FieldDescriptor, Object> set : message.getAllFields().entrySet()) {
            FieldDescriptor field = set.getKey();
            if (field.isMapField()) {
                entries((List<?>) set.getValue()).forEach(entry -> builder.addRepeatedField(field, entry));
            } else if (field.isRepeated()) {
                ((List<?>) set.getValue()).forEach(value -> builder.addRepeatedField(field, single(value)));
            } else {
                builder.setField(field, single(set.getValue()));
            }
        }
        return builder.setUnknownFields(unknownFields(message)).buildPartial();
    }

    private static Object single(Object value) {
        return value instanceof Message message ? of(message) : value;
    }

    private static List<Message> entries(List<?> entries) {
        Map<String, Message> byKey = new TreeMap<>();
        for (Object one : entries) {
            Message entry = (Message) one;
            if (!isForeign(entry)) {
                FieldDescriptor key = entry.getDescriptorForType().findFieldByNumber(1);
                FieldDescriptor value = entry.getDescriptorForType().findFieldByNumber(2);
                byKey.put(
                        entry.getField(key).toString(),
                        DynamicMessage.newBuilder(entry.getDescriptorForType())
                                .setField(key, entry.getField(key))
                                .setField(value, single(entry.getField(value)))
                                .setUnknownFields(entry.getUnknownFields())
                                .buildPartial());
            }
        }
        return List.copyOf(byKey.values());
    }

    /** Whether a map entry has an enum value without a name in a closed enum. */
    static boolean isForeign(Message entry) {
        FieldDescriptor value = entry.getDescriptorForType().findFieldByNumber(2);
        return value.legacyEnumFieldTreatedAsClosed()
                && entry.getUnknownFields().getField(2).getVarintList().size() > 0;
    }

    /** A message's unknown fields, map entries among them. */
    static UnknownFieldSet unknownFields(Message message) {
        UnknownFieldSet.Builder unknown = UnknownFieldSet.newBuilder();
        for (Map.Entry<FieldDescriptor, Object> set : message.getAllFields().entrySet()) {
            if (set.getKey().isMapField()) {
                for (Object entry : (List<?>) set.getValue()) {
                    if (isForeign((Message) entry)) {
                        unknown.mergeField(
                                set.getKey().getNumber(),
                                UnknownFieldSet.Field.newBuilder()
                                        .addLengthDelimited(((Message) entry).toByteString())
                                        .build());
                    }
                }
            }
        }
        return unknown.mergeFrom(message.getUnknownFields()).build();
    }
}
