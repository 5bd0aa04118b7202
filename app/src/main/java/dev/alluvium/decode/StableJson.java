package dev.alluvium.decode;

import java.util.Map;
import java.util.TreeMap;

/**
 * JSON text as JSON.stringify writes it, with the members of each object sorted by UTF-16 code unit: the text that
 * LakeSync hashes. Not for the way of a record: it makes an object for every value.
 */
final class StableJson {
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private final JsonText text;

    private StableJson(JsonText text) {
        this.text = text;
    }

    /** Appends the value that the JSON text holds; throws if it is not exactly one value. */
    static void append(StringBuilder out, String json) {
        new StableJson(new JsonText(json)).appendValue(out);
    }

    private void appendValue(StringBuilder out) {
        switch (text.next()) {
            case '{' -> appendObject(out);
            case '[' -> appendArray(out);
            case '"' -> appendString(out, text.string());
            default -> appendWord(out, text.word());
        }
    }

    private static void appendWord(StringBuilder out, String word) {
        switch (word) {
            case "null", "true", "false" -> out.append(word);
            default -> EcmaNumber.append(out, Double.parseDouble(word));
        }
    }

    private void appendObject(StringBuilder out) {
        Map<String, String> members = new TreeMap<>();
        text.take();
        while (text.next() != '}') {
            text.takeComma();
            String name = text.name();
            StringBuilder value = new StringBuilder();
            appendValue(value);
            // Of equal names JSON.parse keeps the last.
            members.put(name, value.toString());
        }
        text.take();
        String separator = "";
        out.append('{');
        for (Map.Entry<String, String> member : members.entrySet()) {
            out.append(separator);
            appendString(out, member.getKey());
            out.append(':').append(member.getValue());
            separator = ",";
        }
        out.append('}');
    }

    private void appendArray(StringBuilder out) {
        out.append('[');
        text.take();
        while (text.next() != ']') {
            if (text.takeComma()) {
                out.append(',');
            }
            appendValue(out);
        }
        text.take();
        out.append(']');
    }

    /** Appends a string with its quotes, escaped as JSON.stringify does: no more than it must. */
    static void appendString(StringBuilder out, String content) {
        out.append('"');
        for (int i = 0; i < content.length(); i++) {
            char c = content.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\b' -> out.append("\\b");
                case '\t' -> out.append("\\t");
                case '\n' -> out.append("\\n");
                case '\f' -> out.append("\\f");
                case '\r' -> out.append("\\r");
                default -> {
                    if (isPair(content, i)) {
                        out.append(c).append(content.charAt(++i));
                    } else if (c < ' ' || Character.isSurrogate(c)) {
                        appendUnit(out, c);
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static boolean isPair(String content, int at) {
        return at + 1 < content.length() && Character.isSurrogatePair(content.charAt(at), content.charAt(at + 1));
    }

    private static void appendUnit(StringBuilder out, char unit) {
        out.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            out.append(HEX[unit >> shift & 0xF]);
        }
    }
}
