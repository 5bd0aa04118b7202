package dev.alluvium.schema;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A message over all its versions, added in the order of schema ids: all fields by number, those of the first version
 * first, and all types inside.
 */
final class MergedMessage {
    private final String fullName;
    private final Map<Integer, MergedField> fields = new LinkedHashMap<>();
    private final Map<String, MergedMessage> messages = new LinkedHashMap<>();
    private final Map<String, MergedEnum> enums = new LinkedHashMap<>();

    MergedMessage(String fullName) {
        this.fullName = fullName;
    }

    void add(Descriptor version, int id) throws IncompatibleSchemaException {
        for (FieldDescriptor field : version.getFields()) {
            MergedField known = fields.get(field.getNumber());
            if (known != null) {
                known.add(field, id);
            } else {
                fields.put(field.getNumber(), new MergedField(field, id).withEntry(field, id));
            }
        }
        for (Descriptor nested : version.getNestedTypes()) {
            if (!nested.getOptions().getMapEntry()) {
                messages.computeIfAbsent(nested.getFullName(), MergedMessage::new)
                        .add(nested, id);
            }
        }
        for (EnumDescriptor nested : version.getEnumTypes()) {
            enums.computeIfAbsent(nested.getFullName(), MergedEnum::new).add(nested, id);
        }
    }

    /** The full names of all types inside. */
    void types(Consumer<String> each) {
        enums.keySet().forEach(each);
        messages.forEach((name, message) -> {
            each.accept(name);
            message.types(each);
        });
    }

    /** The full names of the types that its fields are of, those of the messages inside included. */
    void references(Consumer<String> each) {
        for (MergedField field : fields.values()) {
            field.reference().ifPresent(each);
            field.entry().ifPresent(entry -> entry.references(each));
        }
        messages.values().forEach(message -> message.references(each));
    }

    /** Whether proto3 has words for all of it. */
    boolean fitsProto3() {
        return fields.values().stream()
                        .noneMatch(field -> field.isGroup()
                                || field.entry()
                                        .filter(entry -> !entry.fitsProto3())
                                        .isPresent())
                && enums.values().stream().noneMatch(MergedEnum::isClosed)
                && messages.values().stream().allMatch(MergedMessage::fitsProto3);
    }

    DescriptorProto toProto(boolean isProto3) {
        DescriptorProto.Builder proto = DescriptorProto.newBuilder().setName(Names.simple(fullName));
        Map<MergedField, String> names = names();
        Map<String, Integer> oneofs = new LinkedHashMap<>();
        for (MergedField field : fields.values()) {
            field.oneof().ifPresent(oneof -> oneofs.putIfAbsent(oneof, oneofs.size()));
        }
        oneofs.keySet().forEach(oneof -> proto.addOneofDeclBuilder().setName(oneof));
        for (MergedField field : inOrder()) {
            String name = names.getOrDefault(field, field.name());
            String entryName = entryName(name);
            FieldDescriptorProto.Builder written = field.toProto(name, "." + fullName + "." + entryName, isProto3);
            field.oneof().ifPresent(oneof -> written.setOneofIndex(oneofs.getOrDefault(oneof, 0)));
            if (written.getProto3Optional()) {
                written.setOneofIndex(proto.getOneofDeclCount());
                proto.addOneofDeclBuilder().setName(synthetic(name, names, oneofs));
            }
            proto.addField(written);
            field.entry().ifPresent(entry -> proto.addNestedType(entry.toEntry(entryName, isProto3)));
        }
        messages.values().forEach(message -> proto.addNestedType(message.toProto(isProto3)));
        proto.addAllEnumType(MergedEnum.toProtos(enums.values()));
        return proto.build();
    }

    /** Protobuf wants the arms of a oneof side by side. */
    private Set<MergedField> inOrder() {
        Set<MergedField> ordered = new LinkedHashSet<>();
        for (MergedField field : fields.values()) {
            ordered.add(field);
            if (field.oneof().isPresent()) {
                fields.values().stream()
                        .filter(other -> other.oneof().equals(field.oneof()))
                        .forEach(ordered::add);
            }
        }
        return ordered;
    }

    /** Of two fields of the same name the newer schema's keeps it, the other one gets its number. */
    private Map<MergedField, String> names() {
        List<MergedField> newestFirst = new ArrayList<>(fields.values());
        newestFirst.sort(Comparator.comparing(MergedField::nameId).reversed());
        Map<MergedField, String> names = new HashMap<>();
        Set<String> taken = new HashSet<>();
        for (MergedField field : newestFirst) {
            names.put(
                    field,
                    taken.add(field.name()) ? field.name() : Names.numbered(field.name(), field.number(), taken));
        }
        return names;
    }

    private static String synthetic(String name, Map<MergedField, String> names, Map<String, Integer> oneofs) {
        String synthetic = "_" + name;
        while (names.containsValue(synthetic) || oneofs.containsKey(synthetic)) {
            synthetic = "X" + synthetic;
        }
        return synthetic;
    }

    /** As protoc calls the entry of a map field. */
    private static String entryName(String field) {
        StringBuilder name = new StringBuilder();
        boolean isStart = true;
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            if (c == '_') {
                isStart = true;
            } else {
                name.append(isStart && c >= 'a' && c <= 'z' ? (char) (c - 'a' + 'A') : c);
                isStart = false;
            }
        }
        return name.append("Entry").toString();
    }

    private DescriptorProto toEntry(String name, boolean isProto3) {
        DescriptorProto.Builder proto = DescriptorProto.newBuilder().setName(name);
        fields.values()
                .forEach(field -> proto.addField(field.toProto(field.name(), "", isProto3)
                        .clearProto3Optional()
                        .clearJsonName()));
        proto.getOptionsBuilder().setMapEntry(true);
        return proto.build();
    }
}
