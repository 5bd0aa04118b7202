package dev.alluvium.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * How the text of a scalar becomes a value. A text that does not fit is an {@link IllegalArgumentException} whose
 * message reads on after the quoted text ("is not a duration; write ...") and does not repeat it, since it may be a
 * secret.
 */
@FunctionalInterface
interface Syntax<T> {
    T parse(String text);

    /** Whether the bare word {@code null} is a text of this syntax, and not the absence of a value. */
    default boolean takesNull() {
        return false;
    }

    /** Which values there are, for the reference: bounds, words or the kind of text; empty if nobody says. */
    default String values() {
        return "";
    }

    /** A text that {@link #parse} makes this value of again. */
    default String write(T value) {
        return String.valueOf(value);
    }

    /** Any text, also an empty one. */
    static Syntax<String> text() {
        return Form.of("text", text -> text);
    }

    /** {@code true} or {@code false}. */
    static Syntax<Boolean> flag() {
        return oneOf(Map.of("true", true, "false", false));
    }

    /** A whole number between two bounds, both allowed. */
    static Syntax<Integer> number(int least, int most) {
        return number((long) least, most).then(Long::intValue);
    }

    /** A whole number between two bounds, both allowed. */
    static Syntax<Long> number(long least, long most) {
        return Form.of("number, " + Bounds.of(least, most, String::valueOf), text -> {
            if (!text.matches("-?[0-9]{1,19}")) {
                throw new IllegalArgumentException("is not a whole number");
            }
            long value;
            try {
                value = Long.parseLong(text);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("is too large a number", e);
            }
            if (value < least || value > most) {
                throw new IllegalArgumentException("is not a number from " + least + " to " + most);
            }
            return value;
        });
    }

    /** One of a few words; the message lists them. */
    static <T> Syntax<T> oneOf(Map<String, T> values) {
        return new ChoiceSyntax<>(values);
    }

    /**
     * A text of a certain form.
     *
     * @param name with its article
     * @param rule that the form follows, to be read after "write"
     */
    static Syntax<String> matching(Pattern form, String name, String rule) {
        return Form.of(rule, text -> {
            if (!form.matcher(text).matches()) {
                throw new IllegalArgumentException("is not " + name + "; write " + rule);
            }
            return text;
        });
    }

    /** A path of the local file system; relative ones start at the working directory. */
    static Syntax<Path> path() {
        return Form.of("path", text -> {
            try {
                if (text.isEmpty()) {
                    throw new IllegalArgumentException("is not a path");
                }
                return Path.of(text);
            } catch (InvalidPathException e) {
                throw new IllegalArgumentException("is not a path", e);
            }
        });
    }

    /** A regular expression of Java. */
    static Syntax<Pattern> regex() {
        return Form.of("regular expression", text -> {
            try {
                return Pattern.compile(text);
            } catch (PatternSyntaxException e) {
                throw new IllegalArgumentException("is not a regular expression: " + e.getDescription(), e);
            }
        });
    }

    /** A point in time of ISO 8601 with its zone. */
    static Syntax<Instant> instant() {
        return Form.of("time", text -> {
            try {
                return Instant.parse(text);
            } catch (DateTimeParseException e) {
                throw new IllegalArgumentException("is not a point in time; write 2026-01-01T00:00:00Z", e);
            }
        });
    }

    /** This syntax with a change of its value, to one that writes itself. */
    default <R> Syntax<R> then(Function<T, R> change) {
        return Form.of(values(), text -> change.apply(parse(text)));
    }
}
