package dev.alluvium.config;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Writes keys as YAML, one a line, in the order in which they come; a key without a value becomes a comment. */
final class ReferenceYaml {
    private static final int COMMENT_COLUMN = 42;

    private final StringBuilder text = new StringBuilder();
    /** The sections that are open, outermost first: {@code pipelines[0]}, {@code source}. */
    private List<String> open = List.of();

    void comment(String line) {
        text.append(line.isEmpty() ? "#" : "# ").append(line).append('\n');
    }

    void write(KnownKeys.Asked question) {
        if (question.path().equals("pipelines")) {
            return; // Its elements open it.
        }
        List<String> place = new ArrayList<>(List.of(question.path().split("\\.", -1)));
        String name = place.remove(place.size() - 1);
        boolean isWrittenBelow = question.path().endsWith(".start")
                && question.written().filter(MappingNode.class::isInstance).isPresent();
        String prefix = isWrittenBelow ? "" : open(place);
        if (!isWrittenBelow) {
            line(prefix, name, question);
        }
    }

    private void line(String prefix, String name, KnownKeys.Asked question) {
        String value = question.written().map(ReferenceYaml::flow).orElse(plain(question.otherwise()));
        String absent = question.key().absent().replace("`", "");
        if (value.isEmpty()) {
            String dash = prefix.endsWith("- ") ? prefix : prefix + "# ";
            append(dash + name + ":", absent);
            return;
        }
        boolean isExample = question.written().isPresent() && !value.equals(plain(question.otherwise()));
        String note = isExample ? "example" + (absent.isEmpty() ? "" : "; " + absent) : "";
        append(prefix + name + ": " + value, note);
    }

    private void append(String line, String note) {
        text.append(line);
        if (!note.isEmpty()) {
            text.append(" ".repeat(Math.max(1, COMMENT_COLUMN - line.length())))
                    .append("# ")
                    .append(note);
        }
        text.append('\n');
    }

    /** Opens the sections that are not open yet; returns what stands before a key in the innermost. */
    private String open(List<String> place) {
        int same = 0;
        while (same < place.size() && same < open.size() && place.get(same).equals(open.get(same))) {
            same++;
        }
        String prefix = indent(place.subList(0, same));
        for (int i = same; i < place.size(); i++) {
            String section = place.get(i);
            if (section.endsWith("]")) {
                boolean isFirst = section.endsWith("[0]");
                text.append(isFirst ? "\npipelines:\n" : "\n");
                prefix = "  - ";
            } else {
                text.append(prefix).append(section).append(":\n");
                prefix = indent(place.subList(0, i + 1));
            }
        }
        open = List.copyOf(place);
        return prefix;
    }

    private static String indent(List<String> place) {
        int columns = place.stream()
                .mapToInt(section -> section.endsWith("]") ? 4 : 2)
                .sum();
        return " ".repeat(columns);
    }

    /** A node in one line. */
    static String flow(Node node) {
        if (node instanceof ScalarNode scalar) {
            return plain(scalar.getValue());
        } else if (node instanceof SequenceNode list) {
            return list.getValue().stream().map(ReferenceYaml::flow).collect(Collectors.joining(", ", "[", "]"));
        } else if (node instanceof MappingNode mapping) {
            return mapping.getValue().stream()
                    .map(entry -> flow(entry.getKeyNode()) + ": " + flow(entry.getValueNode()))
                    .collect(Collectors.joining(", ", "{ ", " }"));
        }
        throw new IllegalArgumentException("cannot write " + node);
    }

    /** A scalar, quoted if YAML would read it as something else; empty lists and mappings stay. */
    private static String plain(String value) {
        return value.matches("([A-Za-z0-9./][A-Za-z0-9 ./:_+-]*)?|\\[]|\\{}")
                ? value
                : "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
