package dev.alluvium.decode;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.OneofDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.protobuf.TimestampProto;
import java.time.Instant;

/**
 * A message with a field of each kind that can divide files.
 *
 * <pre>
 * message LedgerEvent {
 *   google.protobuf.Timestamp closed_at = 1;
 *   uint32 ledger_sequence = 2;
 *   string contract_id = 3;
 *   Header header = 4;          // message Header { string tenant = 1; optional sint64 shard = 2; }
 *   int64 at_ms = 5;
 *   string closed_text = 6;
 *   bool deleted = 7;
 *   Kind kind = 8;              // NONE = 0, CREATED = 1
 *   oneof change { string created = 9; Header moved = 10; int32 removed = 11; }
 *   uint64 big = 12;
 *   double price = 13;
 *   optional int64 signed = 14;
 * }
 * </pre>
 */
final class LedgerEvents {
    static final Descriptor TYPE = build();

    private LedgerEvents() {}

    private static Descriptor build() {
        DescriptorProto header = DescriptorProto.newBuilder()
                .setName("Header")
                .addField(field("tenant", 1, FieldDescriptorProto.Type.TYPE_STRING))
                .addField(optional(field("shard", 2, FieldDescriptorProto.Type.TYPE_SINT64), 0))
                .addOneofDecl(oneof("_shard"))
                .build();
        DescriptorProto event = DescriptorProto.newBuilder()
                .setName("LedgerEvent")
                .addField(field("closed_at", 1, FieldDescriptorProto.Type.TYPE_MESSAGE)
                        .setTypeName(".google.protobuf.Timestamp"))
                .addField(field("ledger_sequence", 2, FieldDescriptorProto.Type.TYPE_UINT32))
                .addField(field("contract_id", 3, FieldDescriptorProto.Type.TYPE_STRING))
                .addField(field("header", 4, FieldDescriptorProto.Type.TYPE_MESSAGE)
                        .setTypeName(".ledger.Header"))
                .addField(field("at_ms", 5, FieldDescriptorProto.Type.TYPE_INT64))
                .addField(field("closed_text", 6, FieldDescriptorProto.Type.TYPE_STRING))
                .addField(field("deleted", 7, FieldDescriptorProto.Type.TYPE_BOOL))
                .addField(field("kind", 8, FieldDescriptorProto.Type.TYPE_ENUM).setTypeName(".ledger.Kind"))
                .addField(field("created", 9, FieldDescriptorProto.Type.TYPE_STRING)
                        .setOneofIndex(0))
                .addField(field("moved", 10, FieldDescriptorProto.Type.TYPE_MESSAGE)
                        .setTypeName(".ledger.Header")
                        .setOneofIndex(0))
                .addField(field("removed", 11, FieldDescriptorProto.Type.TYPE_INT32)
                        .setOneofIndex(0))
                .addField(field("big", 12, FieldDescriptorProto.Type.TYPE_UINT64))
                .addField(field("price", 13, FieldDescriptorProto.Type.TYPE_DOUBLE))
                .addField(optional(field("signed", 14, FieldDescriptorProto.Type.TYPE_INT64), 1))
                .addOneofDecl(oneof("change"))
                .addOneofDecl(oneof("_signed"))
                .build();
        FileDescriptorProto file = FileDescriptorProto.newBuilder()
                .setName("ledger.proto")
                .setPackage("ledger")
                .setSyntax("proto3")
                .addDependency("google/protobuf/timestamp.proto")
                .addMessageType(event)
                .addMessageType(header)
                .addEnumType(EnumDescriptorProto.newBuilder()
                        .setName("Kind")
                        .addValue(EnumValueDescriptorProto.newBuilder()
                                .setName("NONE")
                                .setNumber(0))
                        .addValue(EnumValueDescriptorProto.newBuilder()
                                .setName("CREATED")
                                .setNumber(1)))
                .build();
        try {
            return FileDescriptor.buildFrom(file, new FileDescriptor[] {TimestampProto.getDescriptor()})
                    .findMessageTypeByName("LedgerEvent");
        } catch (DescriptorValidationException e) {
            throw new AssertionError(e);
        }
    }

    private static FieldDescriptorProto.Builder field(String name, int number, FieldDescriptorProto.Type type) {
        return FieldDescriptorProto.newBuilder().setName(name).setNumber(number).setType(type);
    }

    private static FieldDescriptorProto.Builder optional(FieldDescriptorProto.Builder field, int oneof) {
        return field.setOneofIndex(oneof).setProto3Optional(true);
    }

    private static OneofDescriptorProto oneof(String name) {
        return OneofDescriptorProto.newBuilder().setName(name).build();
    }

    /** Sets fields by path: {@code event("contract_id", "C", "header.shard", -5L)}. */
    static byte[] event(Object... pathsAndValues) {
        DynamicMessage.Builder event = DynamicMessage.newBuilder(TYPE);
        for (int i = 0; i < pathsAndValues.length; i += 2) {
            set(event, (String) pathsAndValues[i], pathsAndValues[i + 1]);
        }
        return event.build().toByteArray();
    }

    private static void set(Message.Builder message, String path, Object value) {
        int dot = path.indexOf('.');
        FieldDescriptor field = message.getDescriptorForType().findFieldByName(dot < 0 ? path : path.substring(0, dot));
        if (dot >= 0) {
            var inside = message.newBuilderForField(field).mergeFrom((DynamicMessage) message.getField(field));
            set(inside, path.substring(dot + 1), value);
            message.setField(field, inside.build());
        } else if (value instanceof Timestamp time) {
            message.setField(
                    field,
                    DynamicMessage.newBuilder(field.getMessageType())
                            .setField(field.getMessageType().findFieldByNumber(1), time.getSeconds())
                            .setField(field.getMessageType().findFieldByNumber(2), time.getNanos())
                            .build());
        } else if (field.getJavaType() == FieldDescriptor.JavaType.ENUM) {
            message.setField(field, field.getEnumType().findValueByNumberCreatingIfUnknown((int) value));
        } else {
            message.setField(field, value);
        }
    }

    static Timestamp time(String text) {
        Instant time = Instant.parse(text);
        return Timestamp.newBuilder()
                .setSeconds(time.getEpochSecond())
                .setNanos(time.getNano())
                .build();
    }
}
