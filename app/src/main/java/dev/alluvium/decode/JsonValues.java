package dev.alluvium.decode;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.nio.charset.StandardCharsets;

/** JSON text as protobuf's own value of any JSON. For reading back; it makes an object for every value. */
final class JsonValues {
    private final String text;
    private int at;

    private JsonValues(String text) {
        this.text = text;
    }

    /** The one value that the text holds; throws an IllegalArgumentException if it is no JSON. */
    static Value parse(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        JsonScanner.Fault fault = new JsonScanner().scan(bytes, 0, bytes.length);
        if (fault != null) {
            throw new IllegalArgumentException(fault + ": " + text);
        }
        return new JsonValues(text).value();
    }

    // From here on the text is known to be JSON.

    private Value value() {
        Value.Builder value = Value.newBuilder();
        switch (next()) {
            case '{' -> value.setStructValue(object());
            case '[' -> value.setListValue(array());
            case '"' -> value.setStringValue(string());
            default -> word(value);
        }
        return value.build();
    }

    private void word(Value.Builder value) {
        int start = at;
        while (at < text.length() && " \t\r\n,]}".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String word = text.substring(start, at);
        switch (word) {
            case "null" -> value.setNullValue(NullValue.NULL_VALUE);
            case "true", "false" -> value.setBoolValue(word.equals("true"));
            default -> value.setNumberValue(Double.parseDouble(word));
        }
    }

    private Struct object() {
        Struct.Builder object = Struct.newBuilder();
        at++;
        while (next() != '}') {
            skipComma();
            String name = string();
            next();
            at++;
            object.putFields(name, value());
        }
        at++;
        return object.build();
    }

    private ListValue array() {
        ListValue.Builder array = ListValue.newBuilder();
        at++;
        while (next() != ']') {
            skipComma();
            array.addValues(value());
        }
        at++;
        return array.build();
    }

    private void skipComma() {
        if (next() == ',') {
            at++;
            next();
        }
    }

    /** The next character that is not white space, without taking it. */
    private char next() {
        while (" \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return text.charAt(at);
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
}
