package dev.alluvium.schema;

import com.google.protobuf.DescriptorProtos.FeatureSet;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A field number of a message over all versions of the message, added in the order of schema ids. */
final class MergedField {
    /** What a type can be read as without loss, itself aside. */
    private static final Map<FieldDescriptor.Type, Set<FieldDescriptor.Type>> WIDER = Map.of(
            FieldDescriptor.Type.INT32, Set.of(FieldDescriptor.Type.INT64),
            FieldDescriptor.Type.UINT32, Set.of(FieldDescriptor.Type.UINT64, FieldDescriptor.Type.INT64),
            FieldDescriptor.Type.SINT32, Set.of(FieldDescriptor.Type.SINT64),
            FieldDescriptor.Type.STRING, Set.of(FieldDescriptor.Type.BYTES));

    private final int number;
    private final boolean isRepeated;
    private final String typeName;
    /** Of a map the versions of its entry, which is named after the field and therefore no type of its own. */
    private final @Nullable MergedMessage entry;

    private String name;
    private int nameId;
    private String jsonName;
    private FieldDescriptor.Type type;
    private boolean hasPresence;
    /** The oneof that all versions have it in; null if there is none. */
    private @Nullable String oneof;

    /** The definition that gave it its type, and the schema of that. */
    private String definition;

    private int definitionId;

    MergedField(FieldDescriptor field, int id) {
        this.number = field.getNumber();
        this.isRepeated = field.isRepeated();
        this.typeName = typeName(field);
        this.entry =
                field.isMapField() ? new MergedMessage(field.getMessageType().getFullName()) : null;
        this.name = field.getName();
        this.nameId = id;
        this.jsonName = field.getJsonName();
        this.type = field.getType();
        this.hasPresence = field.hasPresence();
        this.oneof = oneofOf(field);
        this.definition = describe(field);
        this.definitionId = id;
    }

    private static String typeName(FieldDescriptor field) {
        return switch (field.getType()) {
            case MESSAGE, GROUP ->
                field.isMapField() ? "" : field.getMessageType().getFullName();
            case ENUM -> field.getEnumType().getFullName();
            default -> "";
        };
    }

    private static @Nullable String oneofOf(FieldDescriptor field) {
        OneofDescriptor of = field.getRealContainingOneof();
        return of == null ? null : of.getName();
    }

    private static String describe(FieldDescriptor field) {
        String text = field.isMapField()
                ? "map<" + typeText(field.getMessageType().findFieldByNumber(1)) + ", "
                        + typeText(field.getMessageType().findFieldByNumber(2)) + ">"
                : (field.isRepeated() ? "repeated " : "") + typeText(field);
        return text + " " + field.getName();
    }

    private static String typeText(FieldDescriptor field) {
        String named = typeName(field);
        return named.isEmpty() ? field.getType().name().toLowerCase(Locale.ROOT) : named;
    }

    /** Takes in the definition of a schema whose id is greater than those before. */
    void add(FieldDescriptor field, int id) throws IncompatibleSchemaException {
        Optional<FieldDescriptor.Type> joined = join(type, field.getType());
        boolean isSameKind = isRepeated == field.isRepeated()
                && (entry != null) == field.isMapField()
                && typeName.equals(typeName(field));
        if (joined.isEmpty() || !isSameKind) {
            throw new IncompatibleSchemaException("field " + number + " of message "
                    + field.getContainingType().getFullName() + " is " + definition + " in schema " + definitionId
                    + " and " + describe(field) + " in schema " + id);
        }
        if (entry != null) {
            entry.add(field.getMessageType(), id);
        }
        if (joined.get() != type) {
            definition = describe(field);
            definitionId = id;
        }
        type = joined.get();
        hasPresence |= field.hasPresence();
        if (oneof != null && !oneof.equals(oneofOf(field))) {
            oneof = null;
        } else if (oneof == null && oneofOf(field) != null) {
            hasPresence = true;
        }
        name = field.getName();
        nameId = id;
        jsonName = field.getJsonName();
    }

    /** Takes in the definition that made this one: the entry of a map has parts of its own. */
    MergedField withEntry(FieldDescriptor field, int id) throws IncompatibleSchemaException {
        if (entry != null) {
            entry.add(field.getMessageType(), id);
        }
        return this;
    }

    /** The narrowest type that both can be read as; which of them came first makes no difference. */
    private static Optional<FieldDescriptor.Type> join(FieldDescriptor.Type one, FieldDescriptor.Type other) {
        if (one == other || widens(other, one)) {
            return Optional.of(one);
        }
        if (widens(one, other)) {
            return Optional.of(other);
        }
        return WIDER.getOrDefault(one, Set.of()).stream()
                .filter(wide -> widens(other, wide))
                .findFirst();
    }

    private static boolean widens(FieldDescriptor.Type narrow, FieldDescriptor.Type wide) {
        return WIDER.getOrDefault(narrow, Set.of()).contains(wide);
    }

    int number() {
        return number;
    }

    String name() {
        return name;
    }

    /** The schema that gave it its name. */
    int nameId() {
        return nameId;
    }

    boolean isGroup() {
        return type == FieldDescriptor.Type.GROUP;
    }

    Optional<MergedMessage> entry() {
        return Optional.ofNullable(entry);
    }

    Optional<String> oneof() {
        return Optional.ofNullable(oneof);
    }

    /** Whether it needs a oneof of its own in proto3, where presence of a scalar is written so. */
    boolean isProto3Optional() {
        return hasPresence && !isRepeated && oneof == null && type != FieldDescriptor.Type.MESSAGE;
    }

    /** The full names of the message or enum that it is of. */
    Optional<String> reference() {
        return typeName.isEmpty() ? Optional.empty() : Optional.of(typeName);
    }

    /**
     * The definition, without a oneof.
     *
     * @param unique the name that it has in its message
     * @param entryName how the entry of a map is called
     */
    FieldDescriptorProto.Builder toProto(String unique, String entryName, boolean isProto3) {
        FieldDescriptorProto.Builder field = FieldDescriptorProto.newBuilder()
                .setName(unique)
                .setNumber(number)
                .setLabel(isRepeated ? Label.LABEL_REPEATED : Label.LABEL_OPTIONAL)
                .setType(type == FieldDescriptor.Type.GROUP ? FieldDescriptorProto.Type.TYPE_MESSAGE : type.toProto());
        if (unique.equals(name)) {
            field.setJsonName(jsonName);
        }
        if (entry != null) {
            field.setTypeName(entryName);
        } else if (!typeName.isEmpty()) {
            field.setTypeName("." + typeName);
        }
        if (isProto3) {
            return isProto3Optional() ? field.setProto3Optional(true) : field;
        }
        if (type == FieldDescriptor.Type.GROUP) {
            field.getOptionsBuilder()
                    .setFeatures(FeatureSet.newBuilder().setMessageEncoding(FeatureSet.MessageEncoding.DELIMITED));
        } else if (!hasPresence && !isRepeated && type != FieldDescriptor.Type.MESSAGE) {
            field.getOptionsBuilder()
                    .setFeatures(FeatureSet.newBuilder().setFieldPresence(FeatureSet.FieldPresence.IMPLICIT));
        }
        return field;
    }
}
