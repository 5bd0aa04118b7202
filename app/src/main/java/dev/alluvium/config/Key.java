package dev.alluvium.config;

import java.util.Optional;

/**
 * One key of the file: how its value is written, what holds when it is left out, and what it means. Nothing is bound
 * without one, and the tables of docs/configuration.md and config/reference.yaml are written from them, so that what
 * stands here is what holds and what is documented.
 *
 * @param name in its section
 * @param otherwise the value of a key that is left out; empty if there is none
 * @param absent what the reference says of a key that is left out; empty to say {@code otherwise}
 * @param meaning for somebody who has to choose a value: what it decides, and what goes wrong with a bad one; Markdown
 */
record Key<T>(String name, Syntax<T> syntax, Optional<T> otherwise, String absent, String meaning) {

    /** A key that must be there. */
    static <T> Key<T> required(String name, Syntax<T> syntax, String meaning) {
        return new Key<>(name, syntax, Optional.empty(), "required", meaning);
    }

    /** A key with a default. */
    static <T> Key<T> of(String name, Syntax<T> syntax, T otherwise, String meaning) {
        return new Key<>(name, syntax, Optional.of(otherwise), "", meaning);
    }

    /** A key that may be left out, or a list, or one whose default follows from other keys: {@code absent} says so. */
    static <T> Key<T> optional(String name, Syntax<T> syntax, String absent, String meaning) {
        return new Key<>(name, syntax, Optional.empty(), absent, meaning);
    }

    /** A key under which keys stand that are data and not settings, or whose value has several forms. */
    static Key<String> group(String name, String values, String absent, String meaning) {
        return optional(name, Form.of(values, text -> text), absent, meaning);
    }

    /** This key where other settings decide which values it takes and what it is when it is left out. */
    Key<T> with(Syntax<T> narrower, T value) {
        return new Key<>(name, narrower, Optional.of(value), absent.isEmpty() ? syntaxed(otherwise) : absent, meaning);
    }

    /** What the reference says of a key that is left out. */
    String documentedDefault() {
        return absent.isEmpty() ? syntaxed(otherwise) : absent;
    }

    private String syntaxed(Optional<T> value) {
        return value.map(syntax::write).orElse("");
    }
}
