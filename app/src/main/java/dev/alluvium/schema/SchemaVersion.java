package dev.alluvium.schema;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One schema of a schema registry, which never changes: a file and what it imports.
 *
 * @param id its number in the registry
 * @param file the schema itself; records name a message by its place in it
 */
public record SchemaVersion(int id, FileDescriptor file) {
    /** Whether a file is protobuf's own: that is always the one of this program, whatever a registry has. */
    public static boolean isOfProtobuf(String fileName) {
        return fileName.startsWith("google/protobuf/") && BuiltInFiles.ALL.containsKey(fileName);
    }

    /**
     * A schema of its parts. An import that is neither among them nor built in is left out: nothing but options may come
     * from it.
     *
     * @param imports files by the names under which others import them
     * @throws IllegalArgumentException if the parts are no complete, valid schema
     */
    public static SchemaVersion link(int id, FileDescriptorProto file, Map<String, FileDescriptorProto> imports) {
        Map<String, FileDescriptor> linked = new LinkedHashMap<>(BuiltInFiles.ALL);
        linked.keySet().removeIf(name -> imports.containsKey(name) && !isOfProtobuf(name));
        FileDescriptorProto main = file.toBuilder().setName(mainName(file)).build();
        return new SchemaVersion(id, link(main, imports, linked, new LinkedHashSet<>()));
    }

    /** A registry's schema has no file name: two of one package are one file that changes. */
    private static String mainName(FileDescriptorProto file) {
        return "registry/" + (file.getPackage().isEmpty() ? "-" : file.getPackage()) + ".proto";
    }

    private static FileDescriptor link(
            FileDescriptorProto file,
            Map<String, FileDescriptorProto> all,
            Map<String, FileDescriptor> linked,
            Set<String> open) {
        if (!open.add(file.getName())) {
            throw new IllegalArgumentException("files import each other: " + open);
        }
        List<FileDescriptor> imports = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        FileDescriptorProto.Builder known = file.toBuilder()
                .clearDependency()
                .clearPublicDependency()
                .clearWeakDependency()
                .clearOptionDependency();
        for (int i = 0; i < file.getDependencyCount(); i++) {
            String name = file.getDependency(i);
            FileDescriptor imported = linked.get(name);
            FileDescriptorProto unlinked = all.get(name);
            if (imported == null && unlinked != null) {
                imported = link(unlinked.toBuilder().setName(name).build(), all, linked, open);
                linked.put(name, imported);
            }
            if (imported == null) {
                missing.add(name);
            } else {
                if (file.getPublicDependencyList().contains(i)) {
                    known.addPublicDependency(known.getDependencyCount());
                }
                known.addDependency(name);
                imports.add(imported);
            }
        }
        open.remove(file.getName());
        try {
            return FileDescriptor.buildFrom(known.build(), imports.toArray(FileDescriptor[]::new));
        } catch (DescriptorValidationException e) {
            throw new IllegalArgumentException(
                    "is not valid: " + e.getMessage()
                            + (missing.isEmpty()
                                    ? ""
                                    : "; its imports " + missing + " are no references of the schema"),
                    e);
        }
    }
}
