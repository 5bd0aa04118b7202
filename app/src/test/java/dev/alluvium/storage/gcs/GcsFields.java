package dev.alluvium.storage.gcs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The parameter {@code fields} of the API: an answer holds the named fields and no others. {@code a,b(c,d),e/f} as in "Partial
 * responses" of its reference; what a client forgot to name is not there.
 */
final class GcsFields {
    private final Map<String, GcsFields> wanted = new LinkedHashMap<>();

    private GcsFields() {}

    static JsonNode select(String fields, JsonNode resource) {
        GcsFields all = new GcsFields();
        all.parse(fields, 0);
        return all.select(resource);
    }

    /** Reads a list up to its closing parenthesis, or the end; returns the position behind it. */
    private int parse(String text, int from) {
        GcsFields place = this;
        StringBuilder name = new StringBuilder();
        int at = from;
        while (at < text.length()) {
            char c = text.charAt(at++);
            switch (c) {
                case ',', ')' -> {
                    place.child(name);
                    place = this;
                    if (c == ')') {
                        return at;
                    }
                }
                case '/' -> place = place.child(name);
                case '(' -> {
                    at = place.child(name).parse(text, at);
                    place = this;
                }
                default -> name.append(c);
            }
        }
        place.child(name);
        return at;
    }

    private GcsFields child(StringBuilder name) {
        if (name.length() == 0) {
            return this; // behind a parenthesis
        }
        GcsFields child = wanted.computeIfAbsent(name.toString(), any -> new GcsFields());
        name.setLength(0);
        return child;
    }

    private JsonNode select(JsonNode resource) {
        if (wanted.isEmpty() || wanted.containsKey("*")) {
            return resource;
        }
        if (resource instanceof ArrayNode array) {
            ArrayNode selected = JsonNodeFactory.instance.arrayNode();
            array.forEach(element -> selected.add(select(element)));
            return selected;
        }
        ObjectNode selected = JsonNodeFactory.instance.objectNode();
        wanted.forEach((name, fields) -> {
            if (resource.has(name)) {
                selected.set(name, fields.select(resource.get(name)));
            }
        });
        return selected;
    }
}
