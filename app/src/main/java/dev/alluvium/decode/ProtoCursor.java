package dev.alluvium.decode;

/**
 * Walks over the fields of one protobuf message in place. Malformed bytes end the walk: {@link #tag} returns 0 and
 * {@link #failed} is true. Reused by one thread.
 */
final class ProtoCursor {
    private static final int TYPE_BITS = 3;
    /** How deep groups may nest: protobuf's own bound. */
    private static final int MAX_GROUPS = 100;

    private byte[] bytes = {};
    private int at;
    private int end;
    private boolean failed;

    /** Starts before the first field of the message that these bytes are. */
    void over(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        at = from;
        end = to;
        failed = false;
    }

    /** Where the next byte is. */
    int position() {
        return at;
    }

    /** Whether the bytes read so far are no protobuf message. */
    boolean failed() {
        return failed;
    }

    /** The next field's number and wire type, or 0 if there is none. */
    int tag() {
        if (at == end) {
            return 0;
        }
        int tag = (int) varint();
        if (tag >>> TYPE_BITS == 0) {
            fail();
            return 0;
        }
        return tag;
    }

    long varint() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE && at < end; shift += 7) {
            byte b = bytes[at++];
            value |= (b & 0x7FL) << shift;
            if (b >= 0) {
                return value;
            }
        }
        fail();
        return 0;
    }

    long fixed64() {
        if (end - at < Long.BYTES) {
            fail();
            return 0;
        }
        long value = Bytes.getLong(bytes, at);
        at += Long.BYTES;
        return value;
    }

    /** Steps over a length and the bytes it counts, and says where they are; an empty range if they are not there. */
    void range(Span span) {
        int length = (int) varint();
        if (length < 0 || length > end - at) {
            fail();
            length = 0;
        }
        span.set(at, at + length);
        at += length;
    }

    /** Steps over the value of a field. */
    void skip(int tag) {
        skip(tag, 0);
    }

    private void skip(int tag, int groups) {
        switch (tag & 7) {
            case 0 -> varint();
            case 1 -> skipBytes(Long.BYTES);
            case 2 -> skipBytes((int) varint());
            case 3 -> skipGroup(tag, groups + 1);
            case 5 -> skipBytes(Integer.BYTES);
            default -> fail();
        }
    }

    private void skipGroup(int startTag, int groups) {
        // The tag of a group's end is the next wire type's.
        int endTag = startTag + 1;
        for (int tag = tag(); groups <= MAX_GROUPS && tag != 0; tag = tag()) {
            if (tag == endTag) {
                return;
            }
            skip(tag, groups);
        }
        fail();
    }

    private void skipBytes(int length) {
        if (length < 0 || length > end - at) {
            fail();
        } else {
            at += length;
        }
    }

    private void fail() {
        failed = true;
        at = end;
    }
}
