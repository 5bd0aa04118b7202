package dev.alluvium.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * The reader of one mapping of the file. Ask for every key there can be, then {@link #end} or {@link #build}: what was
 * not asked for is an unknown key. A section that is missing from the file reads as an empty one, so that its keys
 * take their defaults or are reported as missing. One thread.
 */
final class Section {
    private final Source source;
    private final String path;
    private final int line;
    /** False if the place holds something else than a mapping, which is reported once and not once per key. */
    private final boolean isReadable;

    private final Map<String, Value> values = new LinkedHashMap<>();
    private final Set<String> known = new TreeSet<>();

    /** The root of a file. */
    static Section root(Source source, Optional<Node> node) {
        return new Section(source, "", 1, node);
    }

    Section(Source source, String path, int line, Optional<Node> node) {
        this.source = source;
        this.path = path;
        this.line = line;
        this.isReadable = node.isEmpty() || node.get() instanceof MappingNode;
        if (node.isPresent() && node.get() instanceof MappingNode mapping) {
            mapping.getValue().forEach(this::add);
        } else if (!isReadable) {
            problem("needs keys and values, not " + Value.kindOf(node.get()));
        }
    }

    private void add(NodeTuple tuple) {
        int keyLine = Value.lineOf(tuple.getKeyNode(), line);
        Optional<String> key = Value.keyOf(tuple.getKeyNode());
        if (key.isEmpty()) {
            source.problems().add(keyLine, path, "a key must be a plain word");
        } else if (values.containsKey(key.get())) {
            source.problems()
                    .add(
                            keyLine,
                            pathOf(key.get()),
                            "duplicate key; the other one is in line "
                                    + values.get(key.get()).line());
        } else {
            values.put(key.get(), new Value(source, pathOf(key.get()), keyLine, tuple.getValueNode()));
        }
    }

    String path() {
        return path;
    }

    private String pathOf(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    /** Whether a key is written that must be there because of others; a problem if it is not. */
    boolean isThere(Key<?> key) {
        if (!has(key.name())) {
            problem(key.name(), "missing");
        }
        return has(key.name());
    }

    /** A setting that has a value in any case: what is written, or the key's default; neither is a problem. */
    <T> Bound<T> get(Key<T> key) {
        Value value = ask(key, key.otherwise().map(key.syntax()::write).orElse(""));
        if (value != null) {
            return value.scalar(key.syntax());
        }
        if (key.otherwise().isPresent()) {
            return Bound.of(key.otherwise().get());
        }
        if (isReadable) {
            source.problems().add(line, pathOf(key.name()), "missing");
        }
        return Bound.invalid();
    }

    /** A setting that may be left out and then is not there. */
    <T> Bound<Optional<T>> find(Key<T> key) {
        Value value = ask(key, "");
        return value == null
                ? Bound.of(Optional.empty())
                : value.scalar(key.syntax()).map(Optional::of);
    }

    /** A list of scalars, each of the key's syntax; empty if it is left out. */
    <T> Bound<List<T>> list(Key<T> key) {
        Bound<List<Value>> elements = elements(key);
        return elements.value().isEmpty()
                ? Bound.invalid()
                : Bound.all(elements.get().stream()
                        .map(value -> value.scalar(key.syntax()))
                        .toList());
    }

    /** This section as a mapping whose keys are data, not settings. */
    <T> Bound<Map<String, T>> map(Syntax<T> syntax) {
        Map<String, Bound<T>> result = new LinkedHashMap<>();
        values.forEach((key, value) -> result.put(key, value.scalar(syntax)));
        return isReadable ? Bound.all(result) : Bound.invalid();
    }

    /** The sections in this one, by keys that are data, not settings. */
    Map<String, Section> sections() {
        Map<String, Section> result = new LinkedHashMap<>();
        values.forEach((key, value) -> result.put(key, value.section()));
        return result;
    }

    /** The keys of the mapping in the order of the file. */
    Set<String> keys() {
        return values.keySet();
    }

    /** A section that only holds settings together. */
    Section section(String key) {
        known.add(key);
        return section(key, values.get(key));
    }

    /** A section that is a setting itself. */
    Section section(Key<?> key) {
        return section(key.name(), ask(key, "{}"));
    }

    private Section section(String key, @Nullable Value value) {
        return value == null ? new Section(source, pathOf(key), line, Optional.empty()) : value.section();
    }

    /** A list of sections; empty if it is left out. */
    List<Section> sections(Key<?> key) {
        return elements(key).value().orElse(List.of()).stream()
                .map(Value::section)
                .toList();
    }

    /** As above, where it matters that the list cannot be read. */
    Bound<List<Section>> sectionList(Key<?> key) {
        return elements(key).map(list -> list.stream().map(Value::section).toList());
    }

    /** Whether the key holds a mapping, for settings that are either a word or a mapping. */
    boolean isSection(String key) {
        Value value = values.get(key);
        return value != null && value.node() instanceof MappingNode;
    }

    private Bound<List<Value>> elements(Key<?> key) {
        Value value = ask(key, "[]");
        if (value == null) {
            return Bound.of(List.of());
        }
        if (!(value.node() instanceof SequenceNode sequence)) {
            value.problem("needs a list, not " + Value.kindOf(value.node()));
            return Bound.invalid();
        }
        List<Value> elements = new ArrayList<>();
        for (Node node : sequence.getValue()) {
            String place = value.path() + "[" + elements.size() + "]";
            elements.add(new Value(source, place, Value.lineOf(node, value.line()), node));
        }
        return Bound.of(elements);
    }

    private @Nullable Value ask(Key<?> key, String otherwise) {
        known.add(key.name());
        Value value = values.get(key.name());
        Optional<Node> written = Optional.ofNullable(value).map(Value::node);
        source.known().add(new KnownKeys.Asked(pathOf(key.name()), key, otherwise, written));
        return value;
    }

    void problem(String message) {
        source.problems().add(line, path, message);
    }

    /** Reports at the key, or at the section if the key is left out. */
    void problem(String key, String message) {
        Value value = values.get(key);
        source.problems().add(value == null ? line : value.line(), pathOf(key), message);
    }

    /** Reports the keys that nobody asked for. */
    void end() {
        for (Map.Entry<String, Value> entry : values.entrySet()) {
            if (!known.contains(entry.getKey())) {
                entry.getValue().problem("unknown key; " + Suggestion.of(entry.getKey(), known));
            }
        }
    }

    /** Ends the section and builds its record. What the record refuses is a problem of this section. */
    <T> Bound<T> build(Supplier<T> record) {
        end();
        return construct(record);
    }

    /** As {@link #build}, of a section whose keys are data. */
    <T> Bound<T> construct(Supplier<T> record) {
        return construct(record, this::problem);
    }

    /** As {@link #build}, of one key: what is refused is a problem of that key. */
    <T> Bound<T> construct(String key, Supplier<T> made) {
        return construct(made, message -> problem(key, message));
    }

    private static <T> Bound<T> construct(Supplier<T> made, Consumer<String> problem) {
        try {
            return Bound.join(made);
        } catch (IllegalArgumentException e) {
            problem.accept(String.valueOf(e.getMessage()));
            return Bound.invalid();
        }
    }
}
