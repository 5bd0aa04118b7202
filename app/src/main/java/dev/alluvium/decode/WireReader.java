package dev.alluvium.decode;

/** Reads bytes that {@link WireCheck} has accepted, so that nothing here looks for an end or a bad varint. */
final class WireReader {
    byte[] bytes = {};
    int at;

    void open(byte[] message) {
        open(message, 0);
    }

    /** Reads on from a position. */
    void open(byte[] value, int start) {
        bytes = value;
        at = start;
    }

    long varint() {
        int position = at;
        byte b = bytes[position++];
        long value = b & 0x7F;
        for (int shift = 7; b < 0; shift += 7) {
            b = bytes[position++];
            value |= (long) (b & 0x7F) << shift;
        }
        at = position;
        return value;
    }

    int fixed32() {
        at += 4;
        return Bytes.getInt(bytes, at - 4);
    }

    long fixed64() {
        at += 8;
        return Bytes.getLong(bytes, at - 8);
    }

    /** Reads a length and returns the position behind what it measures. */
    int end() {
        int length = (int) varint();
        return at + length;
    }

    void skip(int type) {
        switch (type) {
            case Wire.VARINT -> varint();
            case Wire.FIXED64 -> at += 8;
            case Wire.FIXED32 -> at += 4;
            case Wire.LENGTH -> at = end();
            case Wire.START_GROUP -> skipTo(bytes.length);
            default -> throw new IllegalStateException("wire type " + type + " in a checked message");
        }
    }

    /** Skips the content of a message or, where it is a group, to behind its end; returns where the content stops. */
    int skipTo(int end) {
        int stop = at;
        while (at < end) {
            int type = (int) varint() & 7;
            if (type == Wire.END_GROUP) {
                return stop;
            }
            skip(type);
            stop = at;
        }
        return stop;
    }
}
