package dev.alluvium.decode;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;

/** JSON text as protobuf's own value of any JSON. For reading back; it makes an object for every value. */
final class JsonValues {
    private final JsonText text;

    private JsonValues(JsonText text) {
        this.text = text;
    }

    /** The one value that the text holds; throws an IllegalArgumentException if it is no JSON. */
    static Value parse(String text) {
        return new JsonValues(new JsonText(text)).value();
    }

    private Value value() {
        Value.Builder value = Value.newBuilder();
        switch (text.next()) {
            case '{' -> value.setStructValue(object());
            case '[' -> value.setListValue(array());
            case '"' -> value.setStringValue(text.string());
            default -> word(value);
        }
        return value.build();
    }

    private void word(Value.Builder value) {
        String word = text.word();
        switch (word) {
            case "null" -> value.setNullValue(NullValue.NULL_VALUE);
            case "true", "false" -> value.setBoolValue(word.equals("true"));
            default -> value.setNumberValue(Double.parseDouble(word));
        }
    }

    private Struct object() {
        Struct.Builder object = Struct.newBuilder();
        text.take();
        while (text.next() != '}') {
            text.takeComma();
            String name = text.name();
            object.putFields(name, value());
        }
        text.take();
        return object.build();
    }

    private ListValue array() {
        ListValue.Builder array = ListValue.newBuilder();
        text.take();
        while (text.next() != ']') {
            text.takeComma();
            array.addValues(value());
        }
        text.take();
        return array.build();
    }
}
