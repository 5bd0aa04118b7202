package dev.alluvium.decode;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldOptions;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MessageOptions;
import com.google.protobuf.DescriptorProtos.OneofDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DurationProto;
import com.google.protobuf.TimestampProto;
import com.google.protobuf.WrappersProto;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Random;

/**
 * Message types and bytes by chance, the same for the same seed. The bytes are written field by field from the
 * descriptor, so that fields come in any order, again and again, packed or not, with other arms of a oneof before them
 * and unknown fields between them.
 */
final class RandomProtobuf {
    private static final List<FieldDescriptorProto.Type> SCALARS = List.of(
            FieldDescriptorProto.Type.TYPE_INT32,
            FieldDescriptorProto.Type.TYPE_INT64,
            FieldDescriptorProto.Type.TYPE_UINT32,
            FieldDescriptorProto.Type.TYPE_UINT64,
            FieldDescriptorProto.Type.TYPE_SINT32,
            FieldDescriptorProto.Type.TYPE_SINT64,
            FieldDescriptorProto.Type.TYPE_FIXED32,
            FieldDescriptorProto.Type.TYPE_FIXED64,
            FieldDescriptorProto.Type.TYPE_SFIXED32,
            FieldDescriptorProto.Type.TYPE_SFIXED64,
            FieldDescriptorProto.Type.TYPE_FLOAT,
            FieldDescriptorProto.Type.TYPE_DOUBLE,
            FieldDescriptorProto.Type.TYPE_BOOL,
            FieldDescriptorProto.Type.TYPE_STRING,
            FieldDescriptorProto.Type.TYPE_BYTES,
            FieldDescriptorProto.Type.TYPE_ENUM);
    private static final List<FieldDescriptorProto.Type> KEYS = List.of(
            FieldDescriptorProto.Type.TYPE_INT32,
            FieldDescriptorProto.Type.TYPE_SINT64,
            FieldDescriptorProto.Type.TYPE_FIXED32,
            FieldDescriptorProto.Type.TYPE_SFIXED64,
            FieldDescriptorProto.Type.TYPE_BOOL,
            FieldDescriptorProto.Type.TYPE_STRING,
            FieldDescriptorProto.Type.TYPE_UINT64);
    private static final List<String> WELL_KNOWN = List.of(
            ".google.protobuf.Timestamp",
            ".google.protobuf.Duration",
            ".google.protobuf.Int32Value",
            ".google.protobuf.StringValue",
            ".google.protobuf.BoolValue",
            ".google.protobuf.DoubleValue",
            ".google.protobuf.BytesValue");
    private static final int[] UNKNOWN_NUMBERS = {15, 16, 999, 1 << 20};

    private final Random random;
    private boolean isProto2;

    RandomProtobuf(long seed) {
        this.random = new Random(seed);
    }

    /** A file of a few messages that contain one another; the first one is the root. */
    Descriptor descriptor() {
        isProto2 = random.nextInt(4) == 0;
        int messages = 1 + random.nextInt(4);
        FileDescriptorProto.Builder file = FileDescriptorProto.newBuilder()
                .setName("random.proto")
                .setPackage("r")
                .setSyntax(isProto2 ? "proto2" : "proto3")
                .addDependency("google/protobuf/timestamp.proto")
                .addDependency("google/protobuf/duration.proto")
                .addDependency("google/protobuf/wrappers.proto")
                .addEnumType(EnumDescriptorProto.newBuilder()
                        .setName("E")
                        .addValue(enumValue("E_ZERO", 0))
                        .addValue(enumValue("E_ONE", 1))
                        .addValue(enumValue("E_BIG", 1000))
                        .addValue(enumValue("E_NEGATIVE", -3)))
                .addMessageType(DescriptorProto.newBuilder().setName("Empty"));
        for (int i = 0; i < messages; i++) {
            file.addMessageType(message(i, messages));
        }
        try {
            FileDescriptor[] imports = {
                TimestampProto.getDescriptor(), DurationProto.getDescriptor(), WrappersProto.getDescriptor()
            };
            return FileDescriptor.buildFrom(file.build(), imports).findMessageTypeByName("M0");
        } catch (DescriptorValidationException e) {
            throw new AssertionError(e);
        }
    }

    private static EnumValueDescriptorProto enumValue(String name, int number) {
        return EnumValueDescriptorProto.newBuilder()
                .setName(name)
                .setNumber(number)
                .build();
    }

    private DescriptorProto message(int index, int messages) {
        DescriptorProto.Builder message = DescriptorProto.newBuilder().setName("M" + index);
        int fields = 1 + random.nextInt(6);
        boolean hasOneof = random.nextInt(3) == 0;
        if (hasOneof) {
            message.addOneofDecl(OneofDescriptorProto.newBuilder().setName("choice"));
            for (int i = 0; i < 3; i++) {
                message.addField(typed("arm" + i, 20 + i, messages)
                        .setLabel(Label.LABEL_OPTIONAL)
                        .setOneofIndex(0));
            }
        }
        for (int i = 0; i < fields; i++) {
            int number = random.nextInt(8) == 0 ? 300 + i : 1 + i;
            switch (random.nextInt(5)) {
                case 0 -> addMap(message, number, messages, index);
                case 1 -> message.addField(repeated(typed("list" + number, number, messages)));
                case 2 -> addOptional(message, typed("maybe" + number, number, messages));
                default -> message.addField(typed("plain" + number, number, messages));
            }
        }
        if (isProto2 && random.nextBoolean()) {
            message.addNestedType(DescriptorProto.newBuilder()
                    .setName("Group9")
                    .addField(typed("inner", 1, messages).setLabel(Label.LABEL_OPTIONAL)));
            message.addField(FieldDescriptorProto.newBuilder()
                    .setName("group9")
                    .setNumber(9)
                    .setType(FieldDescriptorProto.Type.TYPE_GROUP)
                    .setTypeName(".r.M" + index + ".Group9")
                    .setLabel(random.nextBoolean() ? Label.LABEL_REPEATED : Label.LABEL_OPTIONAL));
        }
        return message.build();
    }

    private FieldDescriptorProto.Builder typed(String name, int number, int messages) {
        FieldDescriptorProto.Builder field = FieldDescriptorProto.newBuilder()
                .setName(name)
                .setNumber(number)
                .setLabel(Label.LABEL_OPTIONAL);
        switch (random.nextInt(6)) {
            case 0 ->
                field.setType(FieldDescriptorProto.Type.TYPE_MESSAGE).setTypeName(".r.M" + random.nextInt(messages));
            case 1 ->
                field.setType(FieldDescriptorProto.Type.TYPE_MESSAGE)
                        .setTypeName(
                                random.nextInt(6) == 0
                                        ? ".r.Empty"
                                        : WELL_KNOWN.get(random.nextInt(WELL_KNOWN.size())));
            default -> scalar(field, SCALARS.get(random.nextInt(SCALARS.size())));
        }
        return field;
    }

    private static FieldDescriptorProto.Builder scalar(
            FieldDescriptorProto.Builder field, FieldDescriptorProto.Type type) {
        field.setType(type);
        return type == FieldDescriptorProto.Type.TYPE_ENUM ? field.setTypeName(".r.E") : field;
    }

    private FieldDescriptorProto.Builder repeated(FieldDescriptorProto.Builder field) {
        field.setLabel(Label.LABEL_REPEATED);
        FieldDescriptorProto.Type type = field.getType();
        boolean isPackable = type != FieldDescriptorProto.Type.TYPE_STRING
                && type != FieldDescriptorProto.Type.TYPE_BYTES
                && type != FieldDescriptorProto.Type.TYPE_MESSAGE;
        return isPackable && random.nextBoolean()
                ? field.setOptions(FieldOptions.newBuilder().setPacked(random.nextBoolean()))
                : field;
    }

    private void addOptional(DescriptorProto.Builder message, FieldDescriptorProto.Builder field) {
        if (!isProto2) {
            field.setProto3Optional(true).setOneofIndex(message.getOneofDeclCount());
            message.addOneofDecl(OneofDescriptorProto.newBuilder().setName("_" + field.getName()));
        }
        message.addField(field);
    }

    private void addMap(DescriptorProto.Builder message, int number, int messages, int index) {
        String entry = "Map" + number + "Entry";
        message.addNestedType(DescriptorProto.newBuilder()
                .setName(entry)
                .setOptions(MessageOptions.newBuilder().setMapEntry(true))
                .addField(scalar(
                        FieldDescriptorProto.newBuilder()
                                .setName("key")
                                .setNumber(1)
                                .setLabel(Label.LABEL_OPTIONAL),
                        KEYS.get(random.nextInt(KEYS.size()))))
                .addField(typed("value", 2, messages)));
        message.addField(FieldDescriptorProto.newBuilder()
                .setName("map" + number)
                .setNumber(number)
                .setType(FieldDescriptorProto.Type.TYPE_MESSAGE)
                .setTypeName(".r.M" + index + "." + entry)
                .setLabel(Label.LABEL_REPEATED));
    }

    /** A message of that type on the wire. */
    byte[] bytes(Descriptor message) {
        return bytes(message, 0, random.nextInt(10) > 0);
    }

    private byte[] bytes(Descriptor message, int depth, boolean hasUnknown) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            List<FieldDescriptor> fields = message.getFields();
            int count = depth > 5 ? 0 : random.nextInt(depth == 0 ? 12 : 4);
            for (int i = 0; i < count && !fields.isEmpty(); i++) {
                field(out, fields.get(random.nextInt(fields.size())), depth);
                if (depth == 0 && hasUnknown && random.nextInt(30) == 0) {
                    unknown(out, fields.get(random.nextInt(fields.size())));
                }
            }
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private void field(CodedOutputStream out, FieldDescriptor field, int depth) throws IOException {
        int times = field.isRepeated() ? 1 + random.nextInt(field.isMapField() && depth == 0 ? 14 : 3) : 1;
        if (field.isPackable() && random.nextBoolean()) {
            ByteArrayOutputStream packed = new ByteArrayOutputStream();
            CodedOutputStream values = CodedOutputStream.newInstance(packed);
            for (int i = 0; i < times; i++) {
                scalar(values, field);
            }
            values.flush();
            out.writeByteArray(field.getNumber(), packed.toByteArray());
            return;
        }
        for (int i = 0; i < times; i++) {
            if (field.getType() == FieldDescriptor.Type.GROUP) {
                out.writeTag(field.getNumber(), Wire.START_GROUP);
                out.writeRawBytes(bytes(field.getMessageType(), depth + 1, false));
                out.writeTag(field.getNumber(), Wire.END_GROUP);
            } else if (field.getType() == FieldDescriptor.Type.MESSAGE) {
                out.writeByteArray(field.getNumber(), bytes(field.getMessageType(), depth + 1, false));
            } else {
                out.writeTag(field.getNumber(), Wire.typeOf(field));
                scalar(out, field);
            }
        }
    }

    private void scalar(CodedOutputStream out, FieldDescriptor field) throws IOException {
        boolean isTime = field.getContainingType().getFullName().endsWith("ation")
                || field.getContainingType().getFullName().endsWith("stamp");
        switch (field.getType()) {
            case INT32, UINT32, SINT32 -> out.writeInt32NoTag((int) number());
            case INT64, UINT64, SINT64 -> out.writeInt64NoTag(isTime ? number() % 1_000_000_000_000L : number());
            case BOOL -> out.writeInt64NoTag(random.nextInt(3));
            case ENUM -> out.writeInt32NoTag(enumNumber());
            case FIXED32, SFIXED32, FLOAT ->
                out.writeFixed32NoTag(random.nextBoolean() ? (int) number() : Float.floatToIntBits(random.nextFloat()));
            case FIXED64, SFIXED64, DOUBLE ->
                out.writeFixed64NoTag(random.nextBoolean() ? number() : Double.doubleToLongBits(random.nextDouble()));
            case STRING -> out.writeStringNoTag(text());
            case BYTES -> out.writeBytesNoTag(ByteString.copyFromUtf8(text()));
            case MESSAGE, GROUP -> throw new AssertionError(field);
        }
    }

    private int enumNumber() {
        int[] known = {0, 1, 1000, -3};
        return isProto2 || random.nextBoolean() ? known[random.nextInt(4)] : random.nextInt(200) - 100;
    }

    /** Often small, so that the keys of a map repeat. */
    private long number() {
        return random.nextInt(3) > 0 ? random.nextInt(10) - 3 : random.nextLong();
    }

    private String text() {
        String[] texts = {"", "a", "b", "key", "grüße", "日本語のテキスト", "😀", "a longer text of plain ASCII, more than 8"};
        return texts[random.nextInt(texts.length)];
    }

    private void unknown(CodedOutputStream out, FieldDescriptor any) throws IOException {
        boolean isMismatch = random.nextInt(3) == 0 && any.getType() != FieldDescriptor.Type.ENUM;
        int number = isMismatch ? any.getNumber() : UNKNOWN_NUMBERS[random.nextInt(UNKNOWN_NUMBERS.length)];
        switch (isMismatch && Wire.typeOf(any) == Wire.FIXED32 ? 1 : random.nextInt(4)) {
            case 0 -> out.writeFixed32(number, random.nextInt());
            case 1 -> out.writeUInt64(number, random.nextLong());
            case 2 -> {
                out.writeTag(number == any.getNumber() ? 17 : number, Wire.START_GROUP);
                out.writeFixed64(3, random.nextLong());
                out.writeString(4, text());
                out.writeTag(number == any.getNumber() ? 17 : number, Wire.END_GROUP);
            }
            default -> out.writeFixed64(number, random.nextLong());
        }
    }
}
