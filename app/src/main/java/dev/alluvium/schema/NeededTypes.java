package dev.alluvium.schema;

import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Which types at the top of a schema's files a message needs, itself included, by their full names. */
final class NeededTypes {
    /** All of them, whichever there are. */
    static final Predicate<String> ALL = name -> true;

    private static final String ANY = Any.getDescriptor().getFullName();

    private final Set<String> tops = new HashSet<>();
    private boolean isEverything;

    private NeededTypes() {}

    /**
     * What a message needs that is in a file or in what that imports: nothing if it is not there; everything if it has an
     * {@code Any}, which may hold everything.
     */
    static Predicate<String> of(FileDescriptor file, String message) {
        NeededTypes needed = new NeededTypes();
        Set<FileDescriptor> files = new LinkedHashSet<>();
        collect(file, files);
        for (FileDescriptor each : files) {
            needed.find(each.getMessageTypes(), message);
        }
        return needed.isEverything ? ALL : Set.copyOf(needed.tops)::contains;
    }

    private static void collect(FileDescriptor file, Set<FileDescriptor> files) {
        if (files.add(file)) {
            file.getDependencies().forEach(imported -> collect(imported, files));
        }
    }

    private void find(List<Descriptor> messages, String name) {
        for (Descriptor message : messages) {
            if (message.getFullName().equals(name)) {
                need(message);
            }
            find(message.getNestedTypes(), name);
        }
    }

    private void need(Descriptor message) {
        Descriptor top = message;
        for (Descriptor outer = message; outer != null; outer = outer.getContainingType()) {
            top = outer;
        }
        if (tops.add(top.getFullName())) {
            needFieldsOf(top);
        }
    }

    private void needFieldsOf(Descriptor message) {
        isEverything |= message.getFullName().equals(ANY);
        for (FieldDescriptor field : message.getFields()) {
            switch (field.getJavaType()) {
                case MESSAGE -> need(field.getMessageType());
                case ENUM -> need(field.getEnumType());
                default -> {}
            }
        }
        message.getNestedTypes().forEach(this::needFieldsOf);
    }

    private void need(EnumDescriptor type) {
        Descriptor outer = type.getContainingType();
        if (outer == null) {
            tops.add(type.getFullName());
        } else {
            need(outer);
        }
    }
}
