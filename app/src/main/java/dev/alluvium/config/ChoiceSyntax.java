package dev.alluvium.config;

import java.util.Map;
import java.util.stream.Collectors;

/** One of a few words; the message lists them. */
record ChoiceSyntax<T>(Map<String, T> choices) implements Syntax<T> {
    ChoiceSyntax {
        choices = Map.copyOf(choices);
    }

    @Override
    public T parse(String text) {
        T value = choices.get(text);
        if (value == null) {
            throw new IllegalArgumentException(
                    "is none of " + choices.keySet().stream().sorted().collect(Collectors.joining(", ")));
        }
        return value;
    }

    @Override
    public String values() {
        return choices.keySet().stream().sorted().map(word -> "`" + word + "`").collect(Collectors.joining(", "));
    }

    @Override
    public String write(T value) {
        return choices.entrySet().stream()
                .filter(choice -> choice.getValue().equals(value))
                .map(Map.Entry::getKey)
                .sorted()
                .findFirst()
                .orElseThrow();
    }
}
