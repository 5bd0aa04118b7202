package dev.alluvium.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What reading a setting came to: a value, or nothing, and then a problem has been reported. Reading everything first
 * and opening the values afterwards is what lets one run report all problems.
 */
record Bound<T>(Optional<T> value) {

    /** Thrown when a value is opened that is not there; caught where a record is built from several. */
    static final class NotBound extends RuntimeException {
        private static final long serialVersionUID = 1;

        private NotBound() {
            super("not bound: the problem is already reported", null, false, false);
        }
    }

    static <T> Bound<T> of(T value) {
        return new Bound<>(Optional.of(value));
    }

    static <T> Bound<T> invalid() {
        return new Bound<>(Optional.empty());
    }

    /** What the values of others come to, if all that are opened are there. */
    static <T> Bound<T> join(Supplier<T> values) {
        try {
            return of(values.get());
        } catch (NotBound e) {
            return invalid();
        }
    }

    static <T> Bound<List<T>> all(List<Bound<T>> items) {
        return join(() -> items.stream().map(Bound::get).toList());
    }

    /** Keeps the order. */
    static <T> Bound<Map<String, T>> all(Map<String, Bound<T>> items) {
        return join(() -> {
            Map<String, T> values = new LinkedHashMap<>();
            items.forEach((key, item) -> values.put(key, item.get()));
            return values;
        });
    }

    /** The value; throws {@link NotBound} if there is none. */
    T get() {
        return value.orElseThrow(NotBound::new);
    }

    <R> Bound<R> map(Function<T, R> change) {
        return new Bound<>(value.map(change));
    }
}
