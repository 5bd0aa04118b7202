package dev.alluvium.decode;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.nio.charset.StandardCharsets;

/**
 * Reads checked bytes as protobuf's own values of any JSON. Not through their generated parsers: those merge a list or
 * struct that comes again into one that another kind has replaced in between, against the rules of a oneof. Unknown
 * fields are skipped.
 */
final class JsonWire {
    private static final int VARINT_1 = 1 << 3 | Wire.VARINT;
    private static final int LENGTH_1 = 1 << 3 | Wire.LENGTH;
    private static final int LENGTH_2 = 2 << 3 | Wire.LENGTH;
    private static final int FIXED64_2 = 2 << 3 | Wire.FIXED64;
    private static final int LENGTH_3 = 3 << 3 | Wire.LENGTH;
    private static final int VARINT_4 = 4 << 3 | Wire.VARINT;
    private static final int LENGTH_5 = 5 << 3 | Wire.LENGTH;
    private static final int LENGTH_6 = 6 << 3 | Wire.LENGTH;

    private final WireReader in = new WireReader();
    private final int end;

    JsonWire(byte[] bytes, int offset, int length) {
        in.open(bytes);
        in.at = offset;
        end = offset + length;
    }

    Struct struct() {
        return struct(Struct.newBuilder(), end).build();
    }

    Value value() {
        return value(Value.newBuilder(), end).build();
    }

    ListValue list() {
        return list(ListValue.newBuilder(), end).build();
    }

    private Struct.Builder struct(Struct.Builder struct, int to) {
        while (in.at < to) {
            int tag = (int) in.varint();
            if (tag == LENGTH_1) {
                entry(struct, in.end());
            } else {
                in.skip(tag & 7);
            }
        }
        return struct;
    }

    private void entry(Struct.Builder struct, int to) {
        String key = "";
        Value.Builder value = Value.newBuilder();
        while (in.at < to) {
            int tag = (int) in.varint();
            if (tag == LENGTH_1) {
                key = text();
            } else if (tag == LENGTH_2) {
                value(value, in.end());
            } else {
                in.skip(tag & 7);
            }
        }
        struct.putFields(key, value.build());
    }

    private ListValue.Builder list(ListValue.Builder list, int to) {
        while (in.at < to) {
            int tag = (int) in.varint();
            if (tag == LENGTH_1) {
                list.addValues(value(Value.newBuilder(), in.end()).build());
            } else {
                in.skip(tag & 7);
            }
        }
        return list;
    }

    private Value.Builder value(Value.Builder value, int to) {
        while (in.at < to) {
            int tag = (int) in.varint();
            switch (tag) {
                case VARINT_1 -> value.setNullValueValue((int) in.varint());
                case FIXED64_2 -> value.setNumberValue(Double.longBitsToDouble(in.fixed64()));
                case LENGTH_3 -> value.setStringValue(text());
                case VARINT_4 -> value.setBoolValue(in.varint() != 0);
                case LENGTH_5 ->
                    value.setStructValue(
                            struct(value.getStructValue().toBuilder(), in.end()).build());
                case LENGTH_6 ->
                    value.setListValue(
                            list(value.getListValue().toBuilder(), in.end()).build());
                default -> in.skip(tag & 7);
            }
        }
        return value;
    }

    private String text() {
        int to = in.end();
        String text = new String(in.bytes, in.at, to - in.at, StandardCharsets.UTF_8);
        in.at = to;
        return text;
    }
}
