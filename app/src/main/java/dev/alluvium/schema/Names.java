package dev.alluvium.schema;

import java.util.Set;

/** Names of protobuf types, with their package and outer types in front. */
final class Names {
    private Names() {}

    static String simple(String fullName) {
        return fullName.substring(fullName.lastIndexOf('.') + 1);
    }

    /** What stands before the simple name; empty if there is nothing. */
    static String scope(String fullName) {
        return fullName.substring(0, Math.max(0, fullName.lastIndexOf('.')));
    }

    /** A name that another one has already, made unique by its number. */
    static String numbered(String name, int number, Set<String> taken) {
        String unique = name + '_' + number;
        while (!taken.add(unique)) {
            unique += '_';
        }
        return unique;
    }
}
