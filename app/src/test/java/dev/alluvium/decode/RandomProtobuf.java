package dev.alluvium.decode;

import com.google.protobuf.AnyProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.DescriptorProto.ExtensionRange;
import com.google.protobuf.DescriptorProtos.Edition;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FeatureSet;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldOptions;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileOptions;
import com.google.protobuf.DescriptorProtos.MessageOptions;
import com.google.protobuf.DescriptorProtos.OneofDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DurationProto;
import com.google.protobuf.FieldMaskProto;
import com.google.protobuf.StructProto;
import com.google.protobuf.TimestampProto;
import com.google.protobuf.WrappersProto;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

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
            ".google.protobuf.BytesValue",
            ".google.protobuf.Struct",
            ".google.protobuf.Value",
            ".google.protobuf.ListValue",
            ".google.protobuf.FieldMask",
            ".google.protobuf.Any");
    private static final List<FieldDescriptorProto.Type> EXTENSIONS = List.of(
            FieldDescriptorProto.Type.TYPE_INT64,
            FieldDescriptorProto.Type.TYPE_STRING,
            FieldDescriptorProto.Type.TYPE_MESSAGE);
    private static final FileDescriptor[] IMPORTS = {
        TimestampProto.getDescriptor(),
        DurationProto.getDescriptor(),
        WrappersProto.getDescriptor(),
        StructProto.getDescriptor(),
        FieldMaskProto.getDescriptor(),
        AnyProto.getDescriptor()
    };
    private static final int[] UNKNOWN_NUMBERS = {15, 16, 999, 1 << 20};

    /** In what language the file is written. */
    private enum Syntax {
        PROTO2,
        PROTO3,
        EDITIONS
    }

    private final Random random;
    private Syntax syntax = Syntax.PROTO3;
    private boolean isClosed;

    RandomProtobuf(long seed) {
        this.random = new Random(seed);
    }

    /** The first message of {@link #file}. */
    Descriptor descriptor() {
        return link(file());
    }

    /** A file of a few messages that contain one another, and extensions of the first, which is the root. */
    FileDescriptorProto file() {
        int choice = random.nextInt(6);
        syntax = choice == 0 ? Syntax.PROTO2 : choice == 1 ? Syntax.EDITIONS : Syntax.PROTO3;
        isClosed = syntax == Syntax.PROTO2;
        int messages = 1 + random.nextInt(4);
        FileDescriptorProto.Builder file = FileDescriptorProto.newBuilder()
                .setName("random.proto")
                .setPackage("r")
                .addEnumType(EnumDescriptorProto.newBuilder()
                        .setName("E")
                        .addValue(enumValue("E_ZERO", 0))
                        .addValue(enumValue("E_ONE", 1))
                        .addValue(enumValue("E_BIG", 1000))
                        .addValue(enumValue("E_NEGATIVE", -3)))
                .addMessageType(DescriptorProto.newBuilder().setName("Empty"));
        for (FileDescriptor imported : IMPORTS) {
            file.addDependency(imported.getName());
        }
        switch (syntax) {
            case PROTO2 -> file.setSyntax("proto2");
            case PROTO3 -> file.setSyntax("proto3");
            case EDITIONS ->
                file.setSyntax("editions")
                        .setEdition(Edition.EDITION_2023)
                        .setOptions(FileOptions.newBuilder().setFeatures(features()));
        }
        for (int i = 0; i < messages; i++) {
            file.addMessageType(message(i, messages));
        }
        if (syntax != Syntax.PROTO3) {
            DescriptorProto.Builder root = file.getMessageTypeBuilder(1);
            root.addExtensionRange(ExtensionRange.newBuilder().setStart(500).setEnd(600));
            for (int i = 0; i < EXTENSIONS.size(); i++) {
                FieldDescriptorProto.Builder extension = FieldDescriptorProto.newBuilder()
                        .setName("extension" + i)
                        .setNumber(500 + i)
                        .setExtendee(".r.M0")
                        .setLabel(random.nextBoolean() ? Label.LABEL_REPEATED : Label.LABEL_OPTIONAL)
                        .setType(EXTENSIONS.get(i));
                file.addExtension(i == 2 ? extension.setTypeName(".r.M0") : extension);
            }
        }
        return file.build();
    }

    /** What the whole file has; implicit presence and closed enums exclude each other. */
    private FeatureSet features() {
        FeatureSet.Builder features = FeatureSet.newBuilder();
        isClosed = random.nextBoolean();
        if (isClosed) {
            features.setEnumType(FeatureSet.EnumType.CLOSED);
        } else if (random.nextBoolean()) {
            features.setFieldPresence(FeatureSet.FieldPresence.IMPLICIT);
        }
        if (random.nextBoolean()) {
            features.setRepeatedFieldEncoding(FeatureSet.RepeatedFieldEncoding.EXPANDED);
        }
        if (random.nextBoolean()) {
            features.setMessageEncoding(FeatureSet.MessageEncoding.DELIMITED);
        }
        return features.build();
    }

    /** The root message of a file of {@link #file}, whole or with fields taken out. */
    static Descriptor link(FileDescriptorProto file) {
        try {
            return FileDescriptor.buildFrom(file, IMPORTS).findMessageTypeByName("M0");
        } catch (DescriptorValidationException e) {
            throw new AssertionError(e.getMessage() + "\n" + file, e);
        }
    }

    /** The same file without some fields of its messages: an earlier, or a later, version of it. */
    FileDescriptorProto without(FileDescriptorProto file) {
        FileDescriptorProto.Builder less = file.toBuilder();
        for (DescriptorProto.Builder message : less.getMessageTypeBuilderList()) {
            List<FieldDescriptorProto> kept = message.getFieldList().stream()
                    .filter(field -> random.nextInt(4) > 0)
                    .toList();
            Map<Integer, Integer> oneofs = new TreeMap<>();
            kept.stream()
                    .filter(FieldDescriptorProto::hasOneofIndex)
                    .forEach(field -> oneofs.put(field.getOneofIndex(), 0));
            List<OneofDescriptorProto> declared = message.getOneofDeclList();
            message.clearOneofDecl();
            for (Map.Entry<Integer, Integer> oneof : oneofs.entrySet()) {
                oneof.setValue(message.getOneofDeclCount());
                message.addOneofDecl(declared.get(oneof.getKey()));
            }
            message.clearField();
            for (FieldDescriptorProto field : kept) {
                message.addField(
                        field.hasOneofIndex()
                                ? field.toBuilder()
                                        .setOneofIndex(oneofs.getOrDefault(field.getOneofIndex(), 0))
                                        .build()
                                : field);
            }
        }
        return less.build();
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
                default -> message.addField(plain(typed("plain" + number, number, messages)));
            }
        }
        if (syntax == Syntax.PROTO2 && random.nextBoolean()) {
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

    /** Proto2 knows required fields and defaults, editions single fields with features of their own. */
    private FieldDescriptorProto.Builder plain(FieldDescriptorProto.Builder field) {
        if (syntax == Syntax.PROTO2 && random.nextInt(4) == 0) {
            return field.setLabel(Label.LABEL_REQUIRED);
        }
        if (syntax == Syntax.PROTO2 && field.getType() == FieldDescriptorProto.Type.TYPE_STRING) {
            return field.setDefaultValue("no text");
        }
        if (syntax == Syntax.PROTO2 && field.getType() == FieldDescriptorProto.Type.TYPE_ENUM) {
            return field.setDefaultValue("E_BIG");
        }
        if (syntax == Syntax.EDITIONS && random.nextInt(4) == 0) {
            FeatureSet.FieldPresence presence =
                    random.nextBoolean() ? FeatureSet.FieldPresence.EXPLICIT : FeatureSet.FieldPresence.LEGACY_REQUIRED;
            return field.setOptions(FieldOptions.newBuilder()
                    .setFeatures(FeatureSet.newBuilder().setFieldPresence(presence)));
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
        return isPackable && syntax != Syntax.EDITIONS && random.nextBoolean()
                ? field.setOptions(FieldOptions.newBuilder().setPacked(random.nextBoolean()))
                : field;
    }

    private void addOptional(DescriptorProto.Builder message, FieldDescriptorProto.Builder field) {
        if (syntax == Syntax.PROTO3) {
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
        return bytes(message, 0, random.nextInt(3) == 0);
    }

    private byte[] bytes(Descriptor message, int depth, boolean hasUnknown) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            List<FieldDescriptor> fields = new ArrayList<>(message.getFields());
            if (message.isExtendable()) {
                fields.addAll(message.getFile().getExtensions());
            }
            int count = depth > 5 ? 0 : random.nextInt(depth == 0 ? 12 : 4);
            for (int i = 0; i < count; i++) {
                if (!fields.isEmpty()) {
                    field(out, fields.get(random.nextInt(fields.size())), depth, hasUnknown);
                }
                if (hasUnknown && random.nextInt(10) == 0) {
                    unknown(out, message.getFields());
                }
            }
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private void field(CodedOutputStream out, FieldDescriptor field, int depth, boolean hasUnknown) throws IOException {
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
                out.writeRawBytes(bytes(field.getMessageType(), depth + 1, hasUnknown));
                out.writeTag(field.getNumber(), Wire.END_GROUP);
            } else if (field.getType() == FieldDescriptor.Type.MESSAGE) {
                out.writeByteArray(field.getNumber(), bytes(field.getMessageType(), depth + 1, hasUnknown));
            } else {
                out.writeTag(field.getNumber(), Wire.typeOf(field));
                scalar(out, field);
            }
        }
    }

    private void scalar(CodedOutputStream out, FieldDescriptor field) throws IOException {
        String owner = field.getContainingType().getFullName();
        boolean isTime = owner.equals("google.protobuf.Timestamp") || owner.equals("google.protobuf.Duration");
        if (isTime && random.nextInt(8) > 0) {
            out.writeInt64NoTag(time(field));
            return;
        }
        if (owner.equals("google.protobuf.Any") && field.getNumber() == 1 && random.nextBoolean()) {
            out.writeStringNoTag("type.googleapis.com/r.M0");
            return;
        }
        switch (field.getType()) {
            case INT32, UINT32, SINT32 -> out.writeInt32NoTag((int) number());
            case INT64, UINT64, SINT64 -> out.writeInt64NoTag(number());
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

    /** As times are: seconds of our days, whole microseconds, now and then of the other sign or finer. */
    private long time(FieldDescriptor field) {
        int sign = random.nextInt(5) == 0 ? -1 : 1;
        if (field.getNumber() == 1) {
            return random.nextInt(5) == 0 ? 0 : sign * random.nextLong(3_000_000_000L);
        }
        int nanos = random.nextInt(1_000_000) * 1000;
        return random.nextInt(5) == 0 ? sign * (nanos + random.nextInt(1000)) : nanos;
    }

    private int enumNumber() {
        int[] known = {0, 1, 1000, -3};
        return random.nextInt(isClosed ? 6 : 2) > 0 ? known[random.nextInt(4)] : random.nextInt(200) - 100;
    }

    /** Often small, so that the keys of a map repeat. */
    private long number() {
        return random.nextInt(3) > 0 ? random.nextInt(10) - 3 : random.nextLong();
    }

    private String text() {
        String[] texts = {"", "a", "b", "key", "grüße", "日本語のテキスト", "😀", "a longer text of plain ASCII, more than 8"};
        return texts[random.nextInt(texts.length)];
    }

    private void unknown(CodedOutputStream out, List<FieldDescriptor> fields) throws IOException {
        FieldDescriptor any = fields.isEmpty() ? null : fields.get(random.nextInt(fields.size()));
        boolean isMismatch = any != null && random.nextInt(3) == 0;
        int number = isMismatch && any != null ? any.getNumber() : UNKNOWN_NUMBERS[random.nextInt(4)];
        switch (isMismatch && any != null && Wire.typeOf(any) == Wire.FIXED32 ? 1 : random.nextInt(4)) {
            case 0 -> out.writeFixed32(number, random.nextInt());
            case 1 -> out.writeUInt64(number, random.nextLong());
            case 2 -> {
                int group = isMismatch ? 17 : number;
                out.writeTag(group, Wire.START_GROUP);
                out.writeFixed64(3, random.nextLong());
                out.writeString(4, text());
                out.writeTag(group, Wire.END_GROUP);
            }
            default -> out.writeFixed64(number, random.nextLong());
        }
    }
}
