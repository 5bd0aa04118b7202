package dev.alluvium.decode;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * JSON text as JSON.stringify writes it, with the members of each object sorted by UTF-16 code unit: the text that
 * LakeSync hashes. Not for the way of a record: it makes an object for every value.
 */
final class StableJson {
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private final String text;
    private int at;

    private StableJson(String text) {
        this.text = text;
    }

    /** Appends the value that the JSON text holds; throws if it is not exactly one value. */
    static void append(StringBuilder out, String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        JsonScanner.Fault fault = new JsonScanner().scan(bytes, 0, bytes.length);
        if (fault != null) {
            throw new IllegalArgumentException(fault + ": " + json);
        }
        new StableJson(json).appendValue(out);
    }

    // From here on the text is known to be JSON.

    private void appendValue(StringBuilder out) {
        switch (next()) {
            case '{' -> appendObject(out);
            case '[' -> appendArray(out);
            case '"' -> appendString(out, string());
            default -> appendWord(out, word());
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
        at++;
        while (next() != '}') {
            if (next() == ',') {
                at++;
                next();
            }
            String name = string();
            next();
            at++;
            StringBuilder value = new StringBuilder();
            appendValue(value);
            // Of equal names JSON.parse keeps the last.
            members.put(name, value.toString());
        }
        at++;
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
        at++;
        while (next() != ']') {
            if (next() == ',') {
                at++;
                out.append(',');
            }
            appendValue(out);
        }
        at++;
        out.append(']');
    }

    /** The next character that is not white space, without taking it. */
    private char next() {
        while (" \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return text.charAt(at);
    }

    private String word() {
        int start = at;
        while (at < text.length() && " \t\r\n,]}".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return text.substring(start, at);
    }

    private String string() {
        StringBuilder content = new StringBuilder();
        at++;
        while (text.charAt(at) != '"') {
            char c = text.charAt(at++);
            content.append(c == '\\' ? escaped() : c);
        }
        at++;
        return content.toString();
    }

    private char escaped() {
        char c = text.charAt(at++);
        return switch (c) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                at += 4;
                yield (char) Integer.parseInt(text.substring(at - 4, at), 16);
            }
            default -> c;
        };
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
