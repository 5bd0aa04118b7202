package dev.alluvium.config;

import dev.alluvium.batch.KeyTemplate;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Key templates of files, {@code deltas/{date}/{table}-{firstOffset}.parquet}.
 *
 * @param placeholders that the template may name
 */
record KeySyntax(Set<String> placeholders) implements Syntax<String> {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)}");

    /** The template's syntax for this data; if the data is not known, any text passes. */
    static Syntax<String> of(DataPart data) {
        if (data.placeholders().isEmpty()) {
            return Syntax.text();
        }
        Set<String> placeholders = new TreeSet<>(KeyTemplate.OF_EVERY_CUT);
        placeholders.addAll(data.placeholders());
        return new KeySyntax(placeholders);
    }

    @Override
    public String values() {
        return "key template";
    }

    @Override
    public String parse(String text) {
        Matcher matcher = PLACEHOLDER.matcher(text);
        while (matcher.find()) {
            if (!placeholders.contains(matcher.group(1))) {
                throw new IllegalArgumentException("has the unknown placeholder {" + matcher.group(1) + "}; "
                        + Suggestion.of(matcher.group(1), placeholders));
            }
        }
        String key = KeyTemplate.collapsed(text);
        String literal = PLACEHOLDER.matcher(key).replaceAll("x");
        if (literal.contains("{") || literal.contains("}")) {
            throw new IllegalArgumentException("has a brace without its other half");
        }
        if (key.startsWith(".") || key.chars().anyMatch(c -> c == '\\' || Character.isISOControl(c))) {
            throw new IllegalArgumentException(
                    "is not a key that stores take; begin with no . and have neither back-slash nor control character");
        }
        for (String part : literal.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                throw new IllegalArgumentException(
                        "is not a relative key; write names with / between them, and neither . nor ..");
            }
        }
        return key;
    }

    /** What goes before all keys: as it is but for the slashes that mean nothing. */
    static Syntax<String> prefix() {
        return Syntax.text().then(text -> {
            String prefix = KeyTemplate.collapsed(text);
            return prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;
        });
    }
}
