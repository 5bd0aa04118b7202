package dev.alluvium.decode;

import java.nio.charset.StandardCharsets;

/** A cursor over text that is known to be one JSON value. Not for the way of a record: it makes an object for every string. */
final class JsonText {
    private final String text;
    private int at;

    /** Throws an IllegalArgumentException if the text is not exactly one JSON value. */
    JsonText(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        JsonScanner.Fault fault = new JsonScanner().scan(bytes, 0, bytes.length);
        if (fault != null) {
            throw new IllegalArgumentException(fault + ": " + text);
        }
        this.text = text;
    }

    /** Takes one character: a bracket, a brace, a colon or a comma. */
    void take() {
        at++;
    }

    /** Takes a comma if it is next; says whether it was. */
    boolean takeComma() {
        if (next() != ',') {
            return false;
        }
        take();
        return true;
    }

    /** Takes the name of a member and the colon after it. */
    String name() {
        next();
        String name = string();
        next();
        take();
        return name;
    }

    /** The next character that is not white space, without taking it. */
    char next() {
        while (" \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return text.charAt(at);
    }

    /** Takes a number, true, false or null. */
    String word() {
        int start = at;
        while (at < text.length() && " \t\r\n,]}".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return text.substring(start, at);
    }

    /** Takes a string; its content. */
    String string() {
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
}
