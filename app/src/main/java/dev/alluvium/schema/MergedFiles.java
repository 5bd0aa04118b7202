package dev.alluvium.schema;

import com.google.protobuf.DescriptorProtos.Edition;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The files of all versions of a schema, united: each type once, in the file where the newest version has it. Files that
 * come to import each other become one.
 */
final class MergedFiles {
    private static final String ANY = "google.protobuf.Any";

    private final Map<String, MergedMessage> messages = new LinkedHashMap<>();
    private final Map<String, MergedEnum> enums = new LinkedHashMap<>();
    /** Where each type on the top of a file stands. */
    private final Map<String, Place> places = new LinkedHashMap<>();

    private final Map<Place, Set<Place>> declaredImports = new TreeMap<>();
    private final Map<String, FileDescriptor> builtIn = new TreeMap<>();

    /** A file: one name may stand for different packages over time. */
    private record Place(String file, String scope) implements Comparable<Place> {
        private static final Comparator<Place> ORDER =
                Comparator.comparing(Place::file).thenComparing(Place::scope);

        static Place of(FileDescriptor file) {
            return new Place(file.getName(), file.getPackage());
        }

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }
    }

    /**
     * Adds a schema whose id is greater than those before.
     *
     * @param isWanted says so of a type on the top of a file, by its full name
     */
    void add(SchemaVersion version, Predicate<String> isWanted) throws IncompatibleSchemaException {
        add(version.file(), version.id(), isWanted, new LinkedHashSet<>());
    }

    private void add(FileDescriptor file, int id, Predicate<String> isWanted, Set<FileDescriptor> seen)
            throws IncompatibleSchemaException {
        if (!seen.add(file)) {
            return;
        }
        for (FileDescriptor imported : file.getDependencies()) {
            add(imported, id, isWanted, seen);
        }
        if (SchemaVersion.isOfProtobuf(file.getName())) {
            builtIn.put(file.getName(), file);
            return;
        }
        List<Descriptor> wanted = file.getMessageTypes().stream()
                .filter(message -> isWanted.test(message.getFullName()))
                .toList();
        List<EnumDescriptor> wantedEnums = file.getEnumTypes().stream()
                .filter(each -> isWanted.test(each.getFullName()))
                .toList();
        if (isWanted != NeededTypes.ALL && wanted.isEmpty() && wantedEnums.isEmpty()) {
            return;
        }
        Place place = Place.of(file);
        Set<Place> imports = declaredImports.computeIfAbsent(place, p -> new TreeSet<>());
        file.getDependencies().forEach(imported -> imports.add(Place.of(imported)));
        for (Descriptor message : wanted) {
            String name = message.getFullName();
            refuseOther(enums.containsKey(name), name, id);
            messages.computeIfAbsent(name, MergedMessage::new).add(message, id);
            places.put(name, place);
        }
        for (EnumDescriptor each : wantedEnums) {
            String name = each.getFullName();
            refuseOther(messages.containsKey(name), name, id);
            enums.computeIfAbsent(name, MergedEnum::new).add(each, id);
            places.put(name, place);
        }
    }

    private static void refuseOther(boolean isOther, String name, int id) throws IncompatibleSchemaException {
        if (isOther) {
            throw new IncompatibleSchemaException(
                    name + " is a message in one schema and an enum in another; the newest is " + id);
        }
    }

    // ---- which file imports which ----------------------------------------------------------------------------------

    /** All united files, linked. */
    Collection<FileDescriptor> link() throws IncompatibleSchemaException {
        Set<String> all = new TreeSet<>(messages.keySet());
        all.addAll(enums.keySet());
        return new Links(all).link();
    }

    /**
     * The united files with as much in them as a message needs, linked: whatever else changes makes no difference to them.
     * An {@code Any} may hold everything.
     */
    Collection<FileDescriptor> link(String root) throws IncompatibleSchemaException {
        Map<String, String> tops = new TreeMap<>();
        messages.forEach((name, message) -> {
            tops.put(name, name);
            message.types(inside -> tops.put(inside, name));
        });
        enums.keySet().forEach(name -> tops.put(name, name));
        Set<String> needed = new TreeSet<>();
        Set<String> seen = new TreeSet<>();
        List<String> open = new ArrayList<>(List.of(root));
        while (!open.isEmpty()) {
            String type = open.remove(open.size() - 1);
            if (type.equals(ANY)) {
                return link();
            }
            String top = tops.get(type);
            MergedMessage message = top == null || !seen.add(top) ? null : messages.get(top);
            if (top != null) {
                needed.add(top);
            }
            if (message != null) {
                message.references(open::add);
            }
        }
        return new Links(needed).link();
    }

    /** One way to put types into files. */
    private final class Links {
        private final Set<String> types;
        private final Map<String, Place> homes = new LinkedHashMap<>();

        Links(Set<String> types) {
            this.types = types;
            places.forEach((name, place) -> {
                if (types.contains(name)) {
                    homes.put(name, place);
                }
            });
        }

        Collection<FileDescriptor> link() throws IncompatibleSchemaException {
            Map<String, Place> owners = new TreeMap<>();
            homes.forEach((name, place) -> {
                owners.put(name, place);
                MergedMessage message = messages.get(name);
                if (message != null) {
                    message.types(inside -> owners.put(inside, place));
                }
            });
            for (FileDescriptor file : builtIn.values()) {
                file.getMessageTypes().forEach(message -> own(message, Place.of(file), owners));
                file.getEnumTypes().forEach(each -> owners.put(each.getFullName(), Place.of(file)));
            }
            Map<Place, Set<Place>> imports = new TreeMap<>();
            declaredImports.keySet().stream()
                    .filter(place -> isWhole() || homes.containsValue(place))
                    .forEach(place -> imports.put(place, new TreeSet<>()));
            messages.forEach((name, message) -> {
                Place from = homes.get(name);
                Set<Place> needed = from == null ? null : imports.get(from);
                if (needed != null) {
                    message.references(type -> {
                        Place to = owners.get(type);
                        if (to != null && !to.equals(from)) {
                            needed.add(to);
                        }
                    });
                }
            });
            uniteCycles(imports);
            // What an Any holds may come from a file that is imported for nothing else.
            declaredImports.forEach((from, all) -> {
                for (Place to : isWhole() ? all : Set.<Place>of()) {
                    Set<Place> known = imports.get(from);
                    boolean isThere = imports.containsKey(to) || builtIn.containsKey(to.file());
                    if (known != null && isThere && !reachable(to, imports).contains(from)) {
                        known.add(to);
                    }
                }
            });
            return new Linker(imports, homes).link();
        }

        private static void own(Descriptor message, Place place, Map<String, Place> owners) {
            owners.put(message.getFullName(), place);
            message.getNestedTypes().forEach(inside -> own(inside, place, owners));
            message.getEnumTypes().forEach(inside -> owners.put(inside.getFullName(), place));
        }

        /** The file itself and all that it imports, directly or not. */
        private static Set<Place> reachable(Place from, Map<Place, Set<Place>> imports) {
            Set<Place> found = new TreeSet<>(Set.of(from));
            List<Place> open = new ArrayList<>(found);
            while (!open.isEmpty()) {
                for (Place next : imports.getOrDefault(open.remove(open.size() - 1), Set.of())) {
                    if (found.add(next)) {
                        open.add(next);
                    }
                }
            }
            return found;
        }

        private void uniteCycles(Map<Place, Set<Place>> imports) throws IncompatibleSchemaException {
            for (Place one : List.copyOf(imports.keySet())) {
                if (!imports.containsKey(one)) {
                    continue;
                }
                Set<Place> circle = new TreeSet<>(reachable(one, imports));
                circle.removeIf(other -> !reachable(other, imports).contains(one));
                circle.remove(one);
                for (Place other : circle) {
                    if (!other.scope().equals(one.scope())) {
                        throw new IncompatibleSchemaException("the files " + one.file() + " and " + other.file()
                                + ", of different packages, would import each other");
                    }
                    Set<Place> more = imports.remove(other);
                    Set<Place> all = imports.get(one);
                    if (more != null && all != null) {
                        all.addAll(more);
                    }
                    imports.values().forEach(set -> {
                        if (set.remove(other)) {
                            set.add(one);
                        }
                    });
                    homes.replaceAll((name, place) -> place.equals(other) ? one : place);
                }
                Set<Place> own = imports.get(one);
                if (own != null) {
                    own.remove(one);
                }
            }
        }

        /** Whether everything is there that the schemas have. */
        private boolean isWhole() {
            return types.size() == messages.size() + enums.size();
        }
    }

    // ---- linked files ----------------------------------------------------------------------------------------------

    private final class Linker {
        private final Map<Place, Set<Place>> imports;
        private final Map<String, Place> homes;
        private final Map<Place, FileDescriptor> linked = new LinkedHashMap<>();
        private final Map<Place, String> names = new TreeMap<>();
        /** Editions have words for everything, but fewer programs know them. */
        private final boolean isProto3 = messages.values().stream().allMatch(MergedMessage::fitsProto3)
                && enums.values().stream().noneMatch(MergedEnum::isClosed);

        Linker(Map<Place, Set<Place>> imports, Map<String, Place> homes) {
            this.imports = imports;
            this.homes = homes;
            Set<String> taken = new TreeSet<>(builtIn.keySet());
            for (Place place : imports.keySet()) {
                names.put(place, taken.add(place.file()) ? place.file() : place.scope() + "/" + place.file());
            }
        }

        Collection<FileDescriptor> link() throws IncompatibleSchemaException {
            for (Place place : imports.keySet()) {
                link(place);
            }
            return linked.values();
        }

        private FileDescriptor link(Place place) throws IncompatibleSchemaException {
            @Nullable FileDescriptor known = builtIn.get(place.file());
            known = known == null ? linked.get(place) : known;
            if (known != null) {
                return known;
            }
            List<FileDescriptor> needed = new ArrayList<>();
            for (Place imported : imports.getOrDefault(place, Set.of())) {
                needed.add(link(imported));
            }
            FileDescriptorProto proto = proto(place, needed);
            try {
                FileDescriptor file = FileDescriptor.buildFrom(proto, needed.toArray(FileDescriptor[]::new));
                linked.put(place, file);
                return file;
            } catch (DescriptorValidationException e) {
                throw new IncompatibleSchemaException("the united file " + proto.getName() + " is not valid: "
                        + e.getProblemSymbolName() + ": " + e.getDescription());
            }
        }

        private FileDescriptorProto proto(Place place, List<FileDescriptor> needed) {
            FileDescriptorProto.Builder file = FileDescriptorProto.newBuilder()
                    .setName(names.getOrDefault(place, place.file()))
                    .setPackage(place.scope());
            if (isProto3) {
                file.setSyntax("proto3");
            } else {
                file.setSyntax("editions").setEdition(Edition.EDITION_2023);
            }
            needed.forEach(imported -> file.addDependency(imported.getName()));
            messages.forEach((name, message) -> {
                if (place.equals(homes.get(name))) {
                    file.addMessageType(message.toProto(isProto3));
                }
            });
            List<MergedEnum> here = new ArrayList<>();
            enums.forEach((name, each) -> {
                if (place.equals(homes.get(name))) {
                    here.add(each);
                }
            });
            return file.addAllEnumType(MergedEnum.toProtos(here)).build();
        }
    }
}
