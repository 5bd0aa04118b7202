package dev.alluvium.schema;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.alluvium.proto.cdp.v1.ContractDataOutput;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import dev.alluvium.proto.queries.v1.QueryPerf;
import dev.alluvium.proto.telemetry.v1.TelemetryRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The message types that one source knows: those compiled into the product, or those of a descriptor-set file. */
public final class MessageTypes {
    private final String source;
    private final Map<String, Descriptor> byName = new TreeMap<>();

    private MessageTypes(String source, Collection<FileDescriptor> files) {
        this.source = source;
        files.forEach(file -> add(file.getMessageTypes()));
    }

    /** The messages that the product brings: those of the data sets that it has configurations for. */
    public static MessageTypes compiledIn() {
        return new MessageTypes(
                "the compiled-in messages",
                List.of(
                        RowDelta.getDescriptor().getFile(),
                        TelemetryRecord.getDescriptor().getFile(),
                        QueryPerf.getDescriptor().getFile(),
                        ContractDataOutput.getDescriptor().getFile()));
    }

    /**
     * The messages of a file that {@code protoc --include_imports --descriptor_set_out} wrote.
     *
     * @throws IllegalArgumentException if there is no such file, it is no descriptor set, or it lacks an import
     */
    public static MessageTypes fromDescriptorSet(Path file) {
        FileDescriptorSet set;
        try {
            set = FileDescriptorSet.parseFrom(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("descriptor set " + file + " does not exist", e);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(
                    file + " is not a descriptor set of protoc --descriptor_set_out: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new IllegalArgumentException("descriptor set " + file + " cannot be read: " + e, e);
        }
        return new MessageTypes(file.toString(), link(file.toString(), set));
    }

    /**
     * The message with a full name such as {@code lakesync.v1.RowDelta}.
     *
     * @throws IllegalArgumentException if there is none; says which there are
     */
    public Descriptor find(String fullName) {
        Descriptor found = byName.get(fullName);
        if (found == null) {
            throw new IllegalArgumentException("no message " + fullName + " in " + source
                    + (byName.isEmpty() ? ", which has none" : "; there are " + String.join(", ", byName.keySet())));
        }
        return found;
    }

    /** The full names of all messages, nested ones included, sorted. */
    public Set<String> names() {
        return Collections.unmodifiableSet(byName.keySet());
    }

    /** A serialized FileDescriptorSet with the message's file and all it imports, imports first. */
    public static byte[] descriptorSet(Descriptor message) {
        Set<FileDescriptor> files = new LinkedHashSet<>();
        collect(message.getFile(), files);
        FileDescriptorSet.Builder set = FileDescriptorSet.newBuilder();
        files.forEach(file -> set.addFile(file.toProto()));
        return set.build().toByteArray();
    }

    /** {@link #descriptorSet} in Base64, as footers have it. */
    public static String descriptorSetText(Descriptor message) {
        return Base64.getEncoder().encodeToString(descriptorSet(message));
    }

    /** The messages of the message's file and of all files that it imports, by full name. */
    public static Map<String, Descriptor> reachable(Descriptor message) {
        Set<FileDescriptor> files = new LinkedHashSet<>();
        collect(message.getFile(), files);
        return Collections.unmodifiableMap(new MessageTypes("the imports of " + message.getFullName(), files).byName);
    }

    /**
     * The message that a {@link #descriptorSet} was made of.
     *
     * @throws IllegalArgumentException if the bytes are no complete descriptor set, or it lacks the message
     */
    public static Descriptor find(byte[] descriptorSet, String fullName) {
        String source = "the descriptor set";
        try {
            return new MessageTypes(source, link(source, FileDescriptorSet.parseFrom(descriptorSet))).find(fullName);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(source + " is damaged: " + e.getMessage(), e);
        }
    }

    private static void collect(FileDescriptor file, Set<FileDescriptor> files) {
        if (!files.contains(file)) {
            file.getDependencies().forEach(dependency -> collect(dependency, files));
            files.add(file);
        }
    }

    private void add(List<Descriptor> messages) {
        for (Descriptor message : messages) {
            if (!message.getOptions().getMapEntry()) {
                byName.put(message.getFullName(), message);
                add(message.getNestedTypes());
            }
        }
    }

    private static Collection<FileDescriptor> link(String source, FileDescriptorSet set) {
        Map<String, FileDescriptorProto> protos = new LinkedHashMap<>();
        set.getFileList().forEach(proto -> protos.put(proto.getName(), proto));
        Map<String, FileDescriptor> linked = new LinkedHashMap<>();
        for (FileDescriptorProto proto : protos.values()) {
            link(source, proto, protos, linked, new LinkedHashSet<>());
        }
        return linked.values();
    }

    private static FileDescriptor link(
            String source,
            FileDescriptorProto proto,
            Map<String, FileDescriptorProto> protos,
            Map<String, FileDescriptor> linked,
            Set<String> open) {
        FileDescriptor done = linked.get(proto.getName());
        if (done != null) {
            return done;
        }
        if (!open.add(proto.getName())) {
            throw new IllegalArgumentException(source + " has files that import each other: " + open);
        }
        List<FileDescriptor> imports = new ArrayList<>();
        for (String name : proto.getDependencyList()) {
            FileDescriptorProto imported = protos.get(name);
            if (imported == null) {
                throw new IllegalArgumentException(source + " lacks " + name + ", which " + proto.getName()
                        + " imports: write it with protoc --include_imports");
            }
            imports.add(link(source, imported, protos, linked, open));
        }
        try {
            FileDescriptor file = FileDescriptor.buildFrom(proto, imports.toArray(FileDescriptor[]::new));
            linked.put(proto.getName(), file);
            open.remove(proto.getName());
            return file;
        } catch (DescriptorValidationException e) {
            throw new IllegalArgumentException(source + ": " + proto.getName() + " is not valid: " + e.getMessage(), e);
        }
    }
}
