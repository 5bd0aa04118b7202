package dev.alluvium.config;

import dev.alluvium.schema.DeltaColumn;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The type of a declared column, by its LakeSync name; one of the names is {@code null}. */
final class ColumnTypeSyntax implements Syntax<DeltaColumn.Type> {
    @Override
    public DeltaColumn.Type parse(String text) {
        return Arrays.stream(DeltaColumn.Type.values())
                .filter(type -> type.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("is none of " + names()));
    }

    private static String names() {
        return Arrays.stream(DeltaColumn.Type.values())
                .map(DeltaColumn.Type::text)
                .collect(Collectors.joining(", "));
    }

    @Override
    public boolean takesNull() {
        return true;
    }
}
