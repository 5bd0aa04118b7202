package dev.alluvium.decode;

import dev.alluvium.decode.FieldPlan.Op;
import dev.alluvium.decode.Rejection.Reason;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The first of two passes over a record: whether its bytes are a message of the plan, so that the second pass needs no
 * check. Accepts what protobuf-java's parser accepts, with four differences: every string must be UTF-8, a seconds
 * field must fit a column of microseconds, required fields may be missing, and a varint never ends with a tenth byte
 * that announces another one (protobuf-java's fast path takes it where that byte is odd). Not thread safe.
 */
final class WireCheck {
    /** As deep as protobuf-java reads by default, which counts from one message below the root. */
    private static final int MAX_DEPTH = 100;

    /** Seconds that are still in range when any int of nanoseconds is added as microseconds. */
    private static final long MAX_SECONDS = Long.MAX_VALUE / 1_000_000 - 3;

    private byte[] bytes = {};
    private int at;
    private @Nullable MessagePlan root;
    private @Nullable Rejection rejection;
    private final BitSet replaced = new BitSet();
    private byte[] unknown = new byte[64];
    private int unknownLength;

    /** Checks a whole message; null if it is accepted. */
    @Nullable
    Rejection check(MessagePlan plan, byte[] value) {
        bytes = value;
        at = 0;
        root = plan;
        rejection = null;
        unknownLength = 0;
        if (!replaced.isEmpty()) {
            replaced.clear();
        }
        message(plan, value.length, 0, 0, true);
        return rejection;
    }

    /** Positions of the entries of a map whose key comes again later in the same map. */
    BitSet replacedEntries() {
        return replaced;
    }

    /** The root's unknown fields one after the other; as many bytes of it as {@link #unknownLength} says. */
    byte[] unknown() {
        return unknown;
    }

    int unknownLength() {
        return unknownLength;
    }

    /** Checks the fields up to {@code end}, or up to the end of {@code group} if that is not 0. */
    private boolean message(MessagePlan plan, int end, int depth, int group, boolean startsMaps) {
        if (startsMaps) {
            startMaps(plan);
        }
        while (at < end) {
            int start = at;
            int tag = (int) varint(end);
            int number = tag >>> 3;
            int type = tag & 7;
            if (at < 0) {
                return fail("a tag is not a varint", plan, start);
            }
            if (number == 0) {
                return fail("a field has number 0", plan, start);
            }
            if (type == Wire.END_GROUP) {
                return number == group || fail("group " + number + " ends but is not open", plan, start);
            }
            FieldPlan field = plan.field(number);
            if (field == null || !field.takes(type)) {
                if (!skip(number, type, end, depth)) {
                    return fail("unknown field " + number + " is malformed", plan, start);
                }
                if (plan == root) {
                    keep(start);
                }
            } else if (!value(field, type, end, depth, start)) {
                return fail("field " + field.field.getName() + " is malformed", plan, start);
            }
        }
        return group == 0 || fail("group " + group + " does not end", plan, end);
    }

    private static void startMaps(MessagePlan plan) {
        for (FieldPlan map : plan.maps) {
            if (map.keys != null) {
                map.keys.clear();
            }
        }
    }

    private boolean value(FieldPlan field, int type, int end, int depth, int start) {
        if (type != field.wireType) {
            return packed(field, end);
        }
        switch (type) {
            case Wire.VARINT -> {
                varint(end);
                return at >= 0;
            }
            case Wire.FIXED64 -> {
                return advance(8, end);
            }
            case Wire.FIXED32 -> {
                return advance(4, end);
            }
            case Wire.START_GROUP -> {
                return field.message != null && inside(field, field.message, end, depth, field.number, start);
            }
            default -> {
                int length = length(end);
                if (length < 0) {
                    return false;
                }
                if (field.message != null) {
                    return inside(field, field.message, at + length, depth, 0, start);
                }
                if (field.op == Op.TEXT && !Utf8.isValid(bytes, at, at + length)) {
                    return fail(Reason.BAD_UTF8, "field " + field.field.getFullName() + " is not UTF-8", at);
                }
                at += length;
                return true;
            }
        }
    }

    private boolean inside(FieldPlan field, MessagePlan plan, int end, int depth, int group, int start) {
        if (depth >= MAX_DEPTH) {
            return fail("messages lie more than " + MAX_DEPTH + " deep", plan, start);
        }
        int content = at;
        boolean startsMaps = field.isRepeated;
        if (!message(plan, end, depth + 1, group, startsMaps)) {
            return false;
        }
        if (field.keys != null) {
            noteKey(plan, field.keys, content, end, start);
        }
        return (field.op != Op.TIMESTAMP && field.op != Op.DURATION) || secondsFit(field, content);
    }

    private boolean packed(FieldPlan field, int end) {
        int length = length(end);
        if (length < 0) {
            return false;
        }
        int last = at + length;
        switch (field.wireType) {
            case Wire.VARINT -> {
                while (at < last) {
                    varint(last);
                    if (at < 0) {
                        return false;
                    }
                }
                return true;
            }
            case Wire.FIXED64 -> {
                at = last;
                return length % 8 == 0;
            }
            default -> {
                at = last;
                return length % 4 == 0;
            }
        }
    }

    /** Skips the value of an unknown field; groups count as depth. */
    private boolean skip(int number, int type, int end, int depth) {
        switch (type) {
            case Wire.VARINT -> {
                varint(end);
                return at >= 0;
            }
            case Wire.FIXED64 -> {
                return advance(8, end);
            }
            case Wire.FIXED32 -> {
                return advance(4, end);
            }
            case Wire.LENGTH -> {
                int length = length(end);
                at += Math.max(length, 0);
                return length >= 0;
            }
            case Wire.START_GROUP -> {
                return depth < MAX_DEPTH && skipGroup(number, end, depth + 1);
            }
            default -> {
                return false;
            }
        }
    }

    private boolean skipGroup(int group, int end, int depth) {
        while (at < end) {
            int tag = (int) varint(end);
            if (at < 0 || tag >>> 3 == 0) {
                return false;
            }
            if ((tag & 7) == Wire.END_GROUP) {
                return tag >>> 3 == group;
            }
            if (!skip(tag >>> 3, tag & 7, end, depth)) {
                return false;
            }
        }
        return false;
    }

    /** Looks up the key of a checked map entry; its field number is 1. */
    private void noteKey(MessagePlan entry, MapKeys keys, int content, int end, int start) {
        FieldPlan key = entry.field(1);
        if (key == null) {
            return;
        }
        int position = content;
        int length = 0;
        long number = 0;
        at = content;
        while (at < end) {
            int tag = (int) varint(end);
            if (tag >>> 3 != 1 || (tag & 7) != key.wireType) {
                skip(tag >>> 3, tag & 7, end, 0);
            } else if (key.op == Op.TEXT) {
                length = length(end);
                position = at;
                at += length;
            } else {
                number = keyNumber(key.op, end);
            }
        }
        int before = key.op == Op.TEXT ? keys.put(bytes, position, length, start) : keys.put(number, start);
        if (before >= 0) {
            replaced.set(before);
        }
    }

    private long keyNumber(Op op, int end) {
        switch (op) {
            case FIXED32 -> {
                at += 4;
                return Bytes.getInt(bytes, at - 4);
            }
            case FIXED64 -> {
                at += 8;
                return Bytes.getLong(bytes, at - 8);
            }
            case INT32, SINT32 -> {
                return (int) varint(end);
            }
            case BOOL -> {
                return varint(end) != 0 ? 1 : 0;
            }
            default -> {
                return varint(end);
            }
        }
    }

    /** Whether the seconds of a checked timestamp or duration fit a column of microseconds. */
    private boolean secondsFit(FieldPlan field, int content) {
        int end = at;
        at = content;
        while (at < end) {
            int tag = (int) varint(end);
            if (tag == (1 << 3 | Wire.VARINT)) {
                long seconds = varint(end);
                if (seconds > MAX_SECONDS || seconds < -MAX_SECONDS) {
                    String name = field.field.getFullName();
                    return fail(Reason.TYPE_MISMATCH, "field " + name + " has " + seconds + " seconds", content);
                }
            } else if ((tag & 7) == Wire.END_GROUP) {
                break;
            } else {
                skip(tag >>> 3, tag & 7, end, 0);
            }
        }
        at = end;
        return true;
    }

    private void keep(int start) {
        int length = at - start;
        if (unknownLength + length > unknown.length) {
            unknown = Arrays.copyOf(unknown, Math.max(2 * unknown.length, unknownLength + length));
        }
        System.arraycopy(bytes, start, unknown, unknownLength, length);
        unknownLength += length;
    }

    private boolean advance(int count, int end) {
        at += count;
        return at <= end;
    }

    /** A length that the rest up to {@code end} has room for, or -1. */
    private int length(int end) {
        int length = (int) varint(end);
        return at < 0 || length < 0 || length > end - at ? -1 : length;
    }

    /** Up to ten bytes; a position of -1 says that there is no varint. */
    private long varint(int end) {
        int position = at;
        if (position < end && bytes[position] >= 0) {
            at = position + 1;
            return bytes[position];
        }
        long value = 0;
        for (int shift = 0; shift < 64 && position < end; shift += 7) {
            byte b = bytes[position++];
            value |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                at = position;
                return value;
            }
        }
        at = -1;
        return 0;
    }

    private boolean fail(String what, MessagePlan plan, int position) {
        return fail(Reason.UNDECODABLE, what + " in " + plan.message.getFullName(), position);
    }

    /** Notes the first problem; what fails around it is its consequence. */
    private boolean fail(Reason reason, String what, int position) {
        if (rejection != null) {
            return false;
        }
        rejection = new Rejection(reason, what + ", at byte " + position + " of " + bytes.length);
        return false;
    }
}
