package dev.alluvium.registry;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.Edition;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FeatureSet;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldOptions;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.TextFormat;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A .proto text as a descriptor, in all that decides how messages are read (Protocol Buffers Language Specification,
 * proto2, proto3, editions). Types are named as in the text; who links the descriptor finds them. Left out: services,
 * extensions, reserved names and numbers, defaults, and all options but those of the features, {@code packed},
 * {@code json_name} and {@code map_entry}.
 *
 * <p>Entries of {@code map} fields come last among the nested messages, since the message-index path of a record counts
 * messages as they are written.
 */
final class ProtoText {
    private static final Map<String, FieldDescriptorProto.Type> SCALARS = Map.ofEntries(
            Map.entry("double", FieldDescriptorProto.Type.TYPE_DOUBLE),
            Map.entry("float", FieldDescriptorProto.Type.TYPE_FLOAT),
            Map.entry("int32", FieldDescriptorProto.Type.TYPE_INT32),
            Map.entry("int64", FieldDescriptorProto.Type.TYPE_INT64),
            Map.entry("uint32", FieldDescriptorProto.Type.TYPE_UINT32),
            Map.entry("uint64", FieldDescriptorProto.Type.TYPE_UINT64),
            Map.entry("sint32", FieldDescriptorProto.Type.TYPE_SINT32),
            Map.entry("sint64", FieldDescriptorProto.Type.TYPE_SINT64),
            Map.entry("fixed32", FieldDescriptorProto.Type.TYPE_FIXED32),
            Map.entry("fixed64", FieldDescriptorProto.Type.TYPE_FIXED64),
            Map.entry("sfixed32", FieldDescriptorProto.Type.TYPE_SFIXED32),
            Map.entry("sfixed64", FieldDescriptorProto.Type.TYPE_SFIXED64),
            Map.entry("bool", FieldDescriptorProto.Type.TYPE_BOOL),
            Map.entry("string", FieldDescriptorProto.Type.TYPE_STRING),
            Map.entry("bytes", FieldDescriptorProto.Type.TYPE_BYTES));

    private static final Set<String> LABELS = Set.of("optional", "required", "repeated");
    private static final Set<String> VISIBILITIES = Set.of("export", "local");
    private static final Set<String> DEFINITIONS = Set.of("message", "enum");
    private static final Set<String> IMPORT_KINDS = Set.of("public", "weak", "option");
    private static final int MAX_DEPTH = 100;

    private static final TextFormat.Parser FEATURES = TextFormat.Parser.newBuilder()
            .setAllowUnknownFields(true)
            .setAllowUnknownExtensions(true)
            .build();

    private final ProtoTokens in;
    private final FileDescriptorProto.Builder file = FileDescriptorProto.newBuilder();
    private int depth;

    private ProtoText(String text) {
        this.in = new ProtoTokens(text);
    }

    /**
     * The descriptor of a text, without a file name.
     *
     * @throws IllegalArgumentException if it is none; the message names the line
     */
    static FileDescriptorProto parse(String text) {
        return new ProtoText(text).file();
    }

    // ---- files -----------------------------------------------------------------------------------------------------

    private FileDescriptorProto file() {
        while (!in.isAtEnd()) {
            skipVisibility();
            String word = in.take();
            switch (word) {
                case "syntax" -> {
                    in.expect("=");
                    file.setSyntax(in.takeString());
                    in.expect(";");
                }
                case "edition" -> {
                    in.expect("=");
                    edition(in.takeString());
                    in.expect(";");
                }
                case "package" -> {
                    file.setPackage(in.take());
                    in.expect(";");
                }
                case "import" -> imported();
                case "option" ->
                    option((name, value) -> {
                        if (isFeature(name)) {
                            feature(name, value, file.getOptionsBuilder().getFeaturesBuilder());
                        }
                    });
                case "message" -> file.addMessageType(message(in.take()));
                case "enum" -> file.addEnumType(enumeration());
                case "extend" -> extend();
                case "service" -> {
                    in.take();
                    var unused = block();
                }
                case ";" -> {}
                default -> throw in.problem("has \"" + word + "\" where a definition should be");
            }
        }
        if (!file.hasSyntax()) {
            file.setSyntax("proto2");
        }
        return file.build();
    }

    private void skipVisibility() {
        if (VISIBILITIES.contains(in.peek())) {
            in.take();
        }
    }

    private void edition(String year) {
        file.setSyntax("editions");
        try {
            file.setEdition(Edition.valueOf("EDITION_" + year));
        } catch (IllegalArgumentException e) {
            throw in.problem("is of an edition that is not known here: " + year);
        }
    }

    private void imported() {
        String kind = IMPORT_KINDS.contains(in.peek()) ? in.take() : "";
        String name = in.takeString();
        in.expect(";");
        if (kind.equals("option")) {
            return;
        }
        if (kind.equals("public")) {
            file.addPublicDependency(file.getDependencyCount());
        }
        file.addDependency(name);
    }

    private boolean isProto3() {
        return file.getSyntax().equals("proto3");
    }

    // ---- messages --------------------------------------------------------------------------------------------------

    private DescriptorProto message(String name) {
        if (++depth > MAX_DEPTH) {
            throw in.problem("has messages more than " + MAX_DEPTH + " deep");
        }
        DescriptorProto.Builder message = DescriptorProto.newBuilder().setName(name);
        DescriptorProto.Builder entries = DescriptorProto.newBuilder();
        in.expect("{");
        while (!in.takes("}")) {
            member(message, entries);
        }
        message.addAllNestedType(entries.getNestedTypeList());
        presence(message);
        depth--;
        return message.build();
    }

    private void member(DescriptorProto.Builder message, DescriptorProto.Builder entries) {
        if (VISIBILITIES.contains(in.peek())) {
            String word = in.take();
            if (!DEFINITIONS.contains(in.peek())) {
                field("", word, message, entries);
                return;
            }
        }
        String word = in.take();
        switch (word) {
            case "message" -> message.addNestedType(message(in.take()));
            case "enum" -> message.addEnumType(enumeration());
            case "oneof" -> oneof(message, entries);
            case "extend" -> extend(message, entries);
            case "extensions", "reserved" -> skipStatement();
            case "option" ->
                option((name, value) -> {
                    if (name.equals("map_entry")) {
                        message.getOptionsBuilder().setMapEntry(value.equals("true"));
                    } else if (isFeature(name)) {
                        feature(name, value, message.getOptionsBuilder().getFeaturesBuilder());
                    }
                });
            case ";" -> {}
            default -> {
                boolean isLabel = LABELS.contains(word);
                field(isLabel ? word : "", isLabel ? in.take() : word, message, entries);
            }
        }
    }

    /** Takes a field whose label and type are taken. */
    private void field(String label, String type, DescriptorProto.Builder message, DescriptorProto.Builder entries) {
        FieldDescriptorProto.Builder field = FieldDescriptorProto.newBuilder();
        if (type.equals("map") && in.takes("<")) {
            map(field, entries);
        } else {
            type(field, type);
            field.setLabel(
                    switch (label) {
                        case "repeated" -> Label.LABEL_REPEATED;
                        case "required" -> Label.LABEL_REQUIRED;
                        default -> Label.LABEL_OPTIONAL;
                    });
            field.setName(in.take());
        }
        in.expect("=");
        field.setNumber(in.takeNumber());
        if (in.takes("[")) {
            fieldOptions(field);
        }
        if (type.equals("group")) {
            String name = field.getName();
            field.setName(name.toLowerCase(Locale.ROOT))
                    .setTypeName(name)
                    .setType(FieldDescriptorProto.Type.TYPE_GROUP);
            message.addNestedType(message(name));
        } else {
            in.expect(";");
        }
        if (label.equals("optional") && isProto3()) {
            field.setProto3Optional(true);
        }
        if (field.hasName() && field.getTypeName().isEmpty() && !field.hasType()) {
            throw in.problem("has a field without a type: " + field.getName());
        }
        message.addField(field);
    }

    private static void type(FieldDescriptorProto.Builder field, String type) {
        FieldDescriptorProto.Type scalar = SCALARS.get(type);
        if (scalar != null) {
            field.setType(scalar);
        } else {
            field.setTypeName(type);
        }
    }

    private void map(FieldDescriptorProto.Builder field, DescriptorProto.Builder entries) {
        FieldDescriptorProto.Builder key = FieldDescriptorProto.newBuilder();
        FieldDescriptorProto.Builder value = FieldDescriptorProto.newBuilder();
        type(key, in.take());
        in.expect(",");
        type(value, in.take());
        in.expect(">");
        field.setName(in.take()).setLabel(Label.LABEL_REPEATED).setType(FieldDescriptorProto.Type.TYPE_MESSAGE);
        field.setTypeName(entryName(field.getName()));
        DescriptorProto.Builder entry = entries.addNestedTypeBuilder().setName(field.getTypeName());
        entry.addField(key.setName("key").setNumber(1).setLabel(Label.LABEL_OPTIONAL));
        entry.addField(value.setName("value").setNumber(2).setLabel(Label.LABEL_OPTIONAL));
        entry.getOptionsBuilder().setMapEntry(true);
    }

    private static String entryName(String field) {
        StringBuilder name = new StringBuilder();
        for (String part : field.split("_", -1)) {
            if (!part.isEmpty()) {
                name.append(part.substring(0, 1).toUpperCase(Locale.ROOT)).append(part.substring(1));
            }
        }
        return name.append("Entry").toString();
    }

    private void oneof(DescriptorProto.Builder message, DescriptorProto.Builder entries) {
        int index = message.getOneofDeclCount();
        message.addOneofDeclBuilder().setName(in.take());
        in.expect("{");
        while (!in.takes("}")) {
            String word = in.take();
            if (word.equals("option")) {
                option((name, value) -> {});
            } else if (!word.equals(";")) {
                field("", word, message, entries);
                message.getFieldBuilder(message.getFieldCount() - 1).setOneofIndex(index);
            }
        }
    }

    /** In proto3 an optional field is the only arm of a oneof that nobody wrote; those come after all others. */
    private static void presence(DescriptorProto.Builder message) {
        Set<String> names = new HashSet<>();
        message.getFieldList().forEach(field -> names.add(field.getName()));
        message.getOneofDeclList().forEach(oneof -> names.add(oneof.getName()));
        for (FieldDescriptorProto.Builder field : message.getFieldBuilderList()) {
            if (field.getProto3Optional()) {
                String name = "_" + field.getName();
                while (!names.add(name)) {
                    name = "X" + name;
                }
                field.setOneofIndex(message.getOneofDeclCount());
                message.addOneofDeclBuilder().setName(name);
            }
        }
    }

    // ---- enums -----------------------------------------------------------------------------------------------------

    private EnumDescriptorProto enumeration() {
        EnumDescriptorProto.Builder enumeration =
                EnumDescriptorProto.newBuilder().setName(in.take());
        in.expect("{");
        while (!in.takes("}")) {
            String word = in.take();
            switch (word) {
                case "option" ->
                    option((name, value) -> {
                        if (name.equals("allow_alias")) {
                            enumeration.getOptionsBuilder().setAllowAlias(value.equals("true"));
                        } else if (isFeature(name)) {
                            feature(name, value, enumeration.getOptionsBuilder().getFeaturesBuilder());
                        }
                    });
                case "reserved" -> skipStatement();
                case ";" -> {}
                default -> {
                    in.expect("=");
                    enumeration.addValueBuilder().setName(word).setNumber(in.takeNumber());
                    if (in.takes("[")) {
                        options((name, value) -> {});
                    }
                    in.expect(";");
                }
            }
        }
        return enumeration.build();
    }

    // ---- options ---------------------------------------------------------------------------------------------------

    @FunctionalInterface
    private interface OptionReader {
        void read(String name, String value);
    }

    private void option(OptionReader reader) {
        readOption(reader);
        in.expect(";");
    }

    private void options(OptionReader reader) {
        do {
            readOption(reader);
        } while (in.takes(","));
        in.expect("]");
    }

    /** A name, in parentheses where it is an extension, and a value: a word, a string or a message in text format. */
    private void readOption(OptionReader reader) {
        StringBuilder name = new StringBuilder();
        while (!in.peek().equals("=")) {
            name.append(in.take());
        }
        in.expect("=");
        if (in.peek().equals("{")) {
            reader.read(name.toString(), block());
        } else {
            reader.read(name.toString(), in.isString() ? in.takeString() : in.take());
        }
    }

    private void fieldOptions(FieldDescriptorProto.Builder field) {
        options((name, value) -> {
            if (name.equals("packed")) {
                field.getOptionsBuilder().setPacked(value.equals("true"));
            } else if (name.equals("json_name")) {
                field.setJsonName(value);
            } else if (isFeature(name)) {
                FieldOptions.Builder options = field.getOptionsBuilder();
                feature(name, value, options.getFeaturesBuilder());
            }
        });
    }

    private static boolean isFeature(String name) {
        return name.equals("features") || (name.startsWith("features.") && name.indexOf('(') < 0);
    }

    private void feature(String name, String value, FeatureSet.Builder features) {
        String text = name.equals("features") ? value : name.substring("features.".length()) + ": " + value;
        try {
            FEATURES.merge(text, features);
        } catch (TextFormat.ParseException e) {
            throw in.problem("has features that are not known here: " + e.getMessage());
        }
    }

    /** What stands between braces, its words with blanks between. */
    private String block() {
        StringBuilder text = new StringBuilder();
        in.expect("{");
        for (int open = 1; open > 0; ) {
            String word = in.take();
            open += word.equals("{") ? 1 : word.equals("}") ? -1 : 0;
            if (open > 0) {
                text.append(word).append(' ');
            }
        }
        return text.toString();
    }

    // ---- what does not decide how a message is read ----------------------------------------------------------------

    /** Fields of extensions are dropped; a group among them is a message like any other. */
    private void extend() {
        DescriptorProto.Builder scope = DescriptorProto.newBuilder();
        extend(scope, DescriptorProto.newBuilder());
        file.addAllMessageType(scope.getNestedTypeList());
    }

    private void extend(DescriptorProto.Builder scope, DescriptorProto.Builder entries) {
        in.take();
        in.expect("{");
        int before = scope.getFieldCount();
        while (!in.takes("}")) {
            member(scope, entries);
        }
        while (scope.getFieldCount() > before) {
            scope.removeField(scope.getFieldCount() - 1);
        }
    }

    private void skipStatement() {
        while (!in.takes(";")) {
            in.take();
        }
    }
}
