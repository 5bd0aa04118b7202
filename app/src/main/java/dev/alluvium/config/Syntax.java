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

    /** Any text, also an empty one. */
    static Syntax<String> text() {
        return text -> text;
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
        return text -> {
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
        };
    }

    /** One of a few words; the message lists them. */
    static <T> Syntax<T> oneOf(Map<String, T> values) {
        return text -> {
            T value = values.get(text);
            if (value == null) {
                throw new IllegalArgumentException("is none of "
                        + String.join(", ", values.keySet().stream().sorted().toList()));
            }
            return value;
        };
    }

    /** A text of a certain form. */
    static Syntax<String> matching(Pattern form, String otherwise) {
        return text -> {
            if (!form.matcher(text).matches()) {
                throw new IllegalArgumentException(otherwise);
            }
            return text;
        };
    }

    /** A path of the local file system; relative ones start at the working directory. */
    static Syntax<Path> path() {
        return text -> {
            try {
                if (text.isEmpty()) {
                    throw new IllegalArgumentException("is not a path");
                }
                return Path.of(text);
            } catch (InvalidPathException e) {
                throw new IllegalArgumentException("is not a path", e);
            }
        };
    }

    /** A regular expression of Java. */
    static Syntax<Pattern> regex() {
        return text -> {
            try {
                return Pattern.compile(text);
            } catch (PatternSyntaxException e) {
                throw new IllegalArgumentException("is not a regular expression: " + e.getDescription(), e);
            }
        };
    }

    /** A point in time of ISO 8601 with its zone. */
    static Syntax<Instant> instant() {
        return text -> {
            try {
                return Instant.parse(text);
            } catch (DateTimeParseException e) {
                throw new IllegalArgumentException("is not a point in time; write 2026-01-01T00:00:00Z", e);
            }
        };
    }

    /** This syntax with a change of its value. */
    default <R> Syntax<R> then(Function<T, R> change) {
        return text -> change.apply(parse(text));
    }
}
