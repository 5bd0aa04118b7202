package dev.alluvium.schema;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What all records can be read as that were written with any of some schemas: protobuf knows fields by their number, so
 * one type with all numbers reads every version. The same for the same schemas, whatever the order in which they came.
 * docs/types.md has the rules.
 */
public final class MergedSchema {
    /** Of no schema. */
    public static final MergedSchema EMPTY = empty(Optional.empty());

    private final Optional<String> only;
    private final SortedMap<Integer, SchemaVersion> versions;
    private final MergedFiles files;
    private final Set<String> names;

    private MergedSchema(
            Optional<String> only, SortedMap<Integer, SchemaVersion> versions, MergedFiles files, Set<String> names) {
        this.only = only;
        this.versions = versions;
        this.files = files;
        this.names = names;
    }

    private static MergedSchema empty(Optional<String> only) {
        return new MergedSchema(only, new TreeMap<>(), new MergedFiles(), Set.of());
    }

    /** Of no schema; takes up nothing but a message and what it needs, so that whatever else changes does no harm. */
    public static MergedSchema only(String message) {
        return empty(Optional.of(message));
    }

    /**
     * These schemas, merged.
     *
     * @throws IncompatibleSchemaException if they cannot be read as one
     */
    public static MergedSchema of(Collection<SchemaVersion> schemas) throws IncompatibleSchemaException {
        return EMPTY.with(schemas);
    }

    private static void add(Descriptor message, Map<String, Descriptor> messages) {
        if (!message.getOptions().getMapEntry()) {
            messages.put(message.getFullName(), message);
            message.getNestedTypes().forEach(nested -> add(nested, messages));
        }
    }

    /**
     * This and more schemas; this one stays as it is.
     *
     * @throws IncompatibleSchemaException if they cannot be read as one
     */
    public MergedSchema with(Collection<SchemaVersion> schemas) throws IncompatibleSchemaException {
        SortedMap<Integer, SchemaVersion> all = new TreeMap<>(versions);
        schemas.forEach(schema -> all.put(schema.id(), schema));
        MergedFiles merged = new MergedFiles();
        for (SchemaVersion version : all.values()) {
            merged.add(
                    version,
                    only.map(message -> NeededTypes.of(version.file(), message)).orElse(NeededTypes.ALL));
        }
        Map<String, Descriptor> messages = new TreeMap<>();
        for (FileDescriptor file : merged.link()) {
            file.getMessageTypes().forEach(message -> add(message, messages));
        }
        return new MergedSchema(only, all, merged, Set.copyOf(messages.keySet()));
    }

    /** As above, with one more. */
    public MergedSchema with(SchemaVersion schema) throws IncompatibleSchemaException {
        return with(List.of(schema));
    }

    /** The ids of its schemas, ascending. */
    public Set<Integer> ids() {
        return Collections.unmodifiableSet(versions.keySet());
    }

    /**
     * The message of a full name, as all schemas together define it, in files of nothing but what it needs: they are the
     * same as long as that is.
     */
    public Optional<Descriptor> message(String fullName) {
        if (!names.contains(fullName)) {
            return Optional.empty();
        }
        Map<String, Descriptor> found = new TreeMap<>();
        try {
            for (FileDescriptor file : files.link(fullName)) {
                file.getMessageTypes().forEach(message -> add(message, found));
            }
        } catch (IncompatibleSchemaException e) {
            throw new IllegalStateException("the whole was linked before", e);
        }
        return Optional.ofNullable(found.get(fullName));
    }
}
