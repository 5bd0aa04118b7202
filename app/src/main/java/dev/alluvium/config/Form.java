package dev.alluvium.config;

import java.util.function.Function;

/**
 * A syntax that can say of itself which values there are.
 *
 * @param values for the reference: bounds, words or the kind of text; Markdown
 * @param parser as {@link Syntax#parse}
 * @param writer what the parser reads again
 */
record Form<T>(String values, Function<String, T> parser, Function<T, String> writer) implements Syntax<T> {

    /** A syntax of values that write themselves. */
    static <T> Form<T> of(String values, Function<String, T> parser) {
        return new Form<>(values, parser, String::valueOf);
    }

    @Override
    public T parse(String text) {
        return parser.apply(text);
    }

    @Override
    public String write(T value) {
        return writer.apply(value);
    }
}
