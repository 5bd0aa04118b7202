package dev.alluvium.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Replaces <code>${VAR}</code>, <code>${VAR:-default}</code> and <code>${file:PATH}</code> in a text;
 * <code>$${</code> stands for <code>${</code>. What is put in is not looked at again. Messages name variables and
 * files, never what they hold.
 *
 * @param environment values by variable name
 */
record Substitution(Map<String, String> environment) {
    /** A secret is short; a larger file is a mistake that would only surface later. */
    private static final long MAX_FILE_BYTES = 1 << 20;

    Substitution {
        environment = Map.copyOf(environment);
    }

    /**
     * The text with everything put in.
     *
     * @throws IllegalArgumentException if a variable is not set, a file cannot be read or a brace is not closed
     */
    String apply(String text) {
        StringBuilder result = new StringBuilder(text.length());
        int from = 0;
        for (int at = text.indexOf("${"); at >= 0; at = text.indexOf("${", from)) {
            if (at > from && text.charAt(at - 1) == '$') {
                result.append(text, from, at - 1).append("${");
                from = at + 2;
                continue;
            }
            int end = text.indexOf('}', at);
            if (end < 0) {
                throw new IllegalArgumentException(
                        "has a \"${\" without \"}\"; write \"$${\" for the characters \"${\"");
            }
            result.append(text, from, at).append(resolve(text.substring(at + 2, end)));
            from = end + 1;
        }
        return result.append(text, from, text.length()).toString();
    }

    private String resolve(String reference) {
        if (reference.startsWith("file:")) {
            return read(reference.substring("file:".length()));
        }
        int separator = reference.indexOf(":-");
        String name = separator < 0 ? reference : reference.substring(0, separator);
        if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
            throw new IllegalArgumentException(
                    "has a bad variable name \"" + name + "\"; write ${VAR}, ${VAR:-default} or ${file:PATH}");
        }
        String value = environment.get(name);
        if (value != null && !(value.isEmpty() && separator >= 0)) {
            return value;
        }
        if (separator < 0) {
            throw new IllegalArgumentException(
                    "variable " + name + " is not set; set it, or write ${" + name + ":-default}");
        }
        return reference.substring(separator + 2);
    }

    private static String read(String name) {
        try {
            Path file = Path.of(name);
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw new IllegalArgumentException("file " + name + " is larger than 1 MiB");
            }
            String text = Files.readString(file);
            int end = text.length();
            end -= text.endsWith("\r\n") ? 2 : text.endsWith("\n") ? 1 : 0;
            return text.substring(0, end);
        } catch (IOException | InvalidPathException e) {
            throw new IllegalArgumentException("file " + name + " cannot be read", e);
        }
    }
}
