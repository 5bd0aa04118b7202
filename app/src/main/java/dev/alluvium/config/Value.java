package dev.alluvium.config;

import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * What stands behind a key or in a list.
 *
 * @param line where it is reported: the line of its key
 */
record Value(Source source, String path, int line, Node node) {
    /** The parser gives a bare word that is all reference a tag of its own. */
    private static final Set<Tag> SCALAR_TAGS = Set.of(Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.ENV_TAG);

    /** The text of a scalar, put through substitution and syntax. Quotes around it make no difference. */
    <T> Bound<T> scalar(Syntax<T> syntax) {
        if (!(node instanceof ScalarNode scalar) || !isText(scalar, syntax)) {
            problem("needs a single value, not " + kindOf(node));
            return Bound.invalid();
        }
        String text;
        try {
            text = source.substitution().apply(scalar.getValue());
        } catch (IllegalArgumentException e) {
            problem(String.valueOf(e.getMessage()));
            return Bound.invalid();
        }
        try {
            return Bound.of(syntax.parse(text));
        } catch (IllegalArgumentException e) {
            // The text of the file, not what was put in for it: that may be a secret.
            String note = text.equals(scalar.getValue()) ? "" : " (as substituted)";
            problem("\"" + scalar.getValue() + "\"" + note + " " + e.getMessage());
            return Bound.invalid();
        }
    }

    Section section() {
        return new Section(source, path, line, Optional.of(node));
    }

    void problem(String message) {
        source.problems().add(line, path, message);
    }

    private static boolean isText(ScalarNode scalar, Syntax<?> syntax) {
        return SCALAR_TAGS.contains(scalar.getTag())
                || (syntax.takesNull() && scalar.getTag().equals(Tag.NULL));
    }

    static int lineOf(Node node, int otherwise) {
        return node.getStartMark().map(Mark::getLine).map(line -> line + 1).orElse(otherwise);
    }

    static Optional<String> keyOf(Node node) {
        return node instanceof ScalarNode scalar && !node.getTag().equals(Tag.NULL)
                ? Optional.of(scalar.getValue())
                : Optional.empty();
    }

    static String kindOf(Node node) {
        if (node instanceof ScalarNode) {
            return node.getTag().equals(Tag.NULL)
                    ? "nothing"
                    : SCALAR_TAGS.contains(node.getTag()) ? "a single value" : "the tag " + node.getTag();
        }
        return node instanceof MappingNode ? "keys and values" : "a list";
    }
}
