package dev.alluvium.decode;

import com.google.protobuf.Descriptors.FieldDescriptor;

/** The wire types of protobuf ("Encoding", Message Structure). */
final class Wire {
    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int LENGTH = 2;
    static final int START_GROUP = 3;
    static final int END_GROUP = 4;
    static final int FIXED32 = 5;

    /** Bytes of a varint at most. */
    static final int MAX_VARINT = 10;

    private Wire() {}

    /** How one value of a field is written when it is not packed. */
    static int typeOf(FieldDescriptor field) {
        return switch (field.getType()) {
            case INT32, INT64, UINT32, UINT64, SINT32, SINT64, BOOL, ENUM -> VARINT;
            case FIXED64, SFIXED64, DOUBLE -> FIXED64;
            case FIXED32, SFIXED32, FLOAT -> FIXED32;
            case STRING, BYTES, MESSAGE -> LENGTH;
            case GROUP -> START_GROUP;
        };
    }

    /** Writes a varint and returns the position behind it. */
    static int putVarint(byte[] to, int position, long value) {
        int at = position;
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            to[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        to[at++] = (byte) rest;
        return at;
    }
}
