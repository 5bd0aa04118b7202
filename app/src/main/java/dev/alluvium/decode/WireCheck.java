package dev.alluvium.decode;

import dev.alluvium.decode.FieldPlan.Op;
import dev.alluvium.decode.Rejection.Reason;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The first of two passes over a record: whether its bytes are a message of the plan, so that the second pass needs no
 * check. Accepts what protobuf-java's parser accepts, with three differences: every string must be UTF-8, required
 * fields may be missing, and a varint never ends with a tenth byte that announces another one (protobuf-java's fast path
 * takes it where that byte is odd). Not thread safe.
 */
final class WireCheck {
    /** As deep as protobuf-java reads by default, which counts from one message below the root. */
    private static final int MAX_DEPTH = 100;

    private static final int NANOS_PER_SECOND = 1_000_000_000;

    private final JsonScanner json = new JsonScanner();
    private byte[] bytes = {};
    private int at;
    /** Counts the messages that were checked. */
    private long messages;

    private @Nullable MessagePlan root;
    private @Nullable Rejection rejection;
    private final BitSet replaced = new BitSet();
    private final BitSet foreign = new BitSet();
    private final byte[] scratch = new byte[2 * Wire.MAX_VARINT];
    private byte[] unknown = new byte[64];
    private int unknownLength;
    private boolean mayExceedColumns;

    /** Whether the map entry that is checked has an enum value without a name. */
    private boolean isForeignEntry;

    /** Where the content of the message checked last ends, before the tag that ends a group. */
    private int contentEnd;

    /** Checks a whole message; null if it is accepted. */
    @Nullable
    Rejection check(MessagePlan plan, byte[] value) {
        return check(plan, value, 0);
    }

    /** Checks the message that goes from a position to the end; null if it is accepted. */
    @Nullable
    Rejection check(MessagePlan plan, byte[] value, int start) {
        clear();
        bytes = value;
        at = start;
        root = plan;
        messages++;
        if (message(plan, value.length, 0, 0, true)) {
            checkRequired(plan);
        }
        return rejection;
    }

    /** Forgets the message that was checked last: nothing is unknown, and nothing is left over. */
    void clear() {
        rejection = null;
        unknownLength = 0;
        mayExceedColumns = false;
        isForeignEntry = false;
        if (!replaced.isEmpty()) {
            replaced.clear();
            foreign.clear();
        }
    }

    private void checkRequired(MessagePlan plan) {
        for (FieldPlan field : plan.required) {
            if (field.seenIn != messages) {
                fail(Reason.MISSING_FIELD, field.field.getFullName() + " is not set", bytes.length);
            }
        }
    }

    /**
     * Whether there may be something that no column can hold, the root's unknown fields aside. True too often rather
     * than once too little: only what is checked here needs no second look.
     */
    boolean mayExceedColumns() {
        return mayExceedColumns;
    }

    /**
     * Positions of the entries of a map that are no part of it: the key comes again later in the same map, or the value
     * is a number that its closed enum does not have.
     */
    BitSet replacedEntries() {
        return replaced;
    }

    /** Of the {@link #replacedEntries} those with a number that its closed enum does not have: unknown fields. */
    BitSet foreignEntries() {
        return foreign;
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
                contentEnd = start;
                return number == group || fail("group " + number + " ends but is not open", plan, start);
            }
            FieldPlan field = plan.field(number);
            if (field == null || !field.takes(type)) {
                if (!skip(number, type, end, depth)) {
                    return fail("unknown field " + number + " is malformed", plan, start);
                }
                noteUnknown(plan, start);
                continue;
            }
            if (!field.isClosed) {
                field.seenIn = messages;
            }
            if (!value(plan, field, type, end, depth, start)) {
                return fail("field " + field.field.getName() + " is malformed", plan, start);
            }
        }
        contentEnd = at;
        return group == 0 || fail("group " + group + " does not end", plan, end);
    }

    private void noteUnknown(MessagePlan plan, int start) {
        if (plan == root) {
            keep(bytes, start, at - start);
        } else if (plan.losesUnknown) {
            mayExceedColumns = true;
        }
    }

    private static void startMaps(MessagePlan plan) {
        for (FieldPlan map : plan.maps) {
            if (map.keys != null) {
                map.keys.clear();
            }
        }
    }

    private boolean value(MessagePlan owner, FieldPlan field, int type, int end, int depth, int start) {
        if (type != field.wireType) {
            return packed(owner, field, end);
        }
        switch (type) {
            case Wire.VARINT -> {
                long value = varint(end);
                if (field.isClosed && at >= 0 && field.isForeign((int) value)) {
                    noteForeign(owner, field, (int) value);
                } else {
                    field.seenIn = messages;
                }
                return at >= 0;
            }
            case Wire.FIXED64 -> {
                return advance(8, end);
            }
            case Wire.FIXED32 -> {
                return advance(4, end);
            }
            case Wire.START_GROUP -> {
                return field.message != null && inside(owner, field, field.message, end, depth, field.number, start);
            }
            default -> {
                int length = length(end);
                if (length < 0) {
                    return false;
                }
                if (field.message != null) {
                    return inside(owner, field, field.message, at + length, depth, 0, start);
                }
                if (field.op == Op.TEXT && !Utf8.isValid(bytes, at, at + length)) {
                    return fail(Reason.BAD_UTF8, "field " + field.field.getFullName() + " is not UTF-8", at);
                }
                if (field.isJson && json.scan(bytes, at, at + length) != null) {
                    return fail(Reason.BAD_JSON, "field " + field.field.getFullName() + " is not JSON", at);
                }
                at += length;
                return true;
            }
        }
    }

    private boolean inside(
            MessagePlan owner, FieldPlan field, MessagePlan plan, int end, int depth, int group, int start) {
        if (depth >= MAX_DEPTH) {
            return fail("messages lie more than " + MAX_DEPTH + " deep", plan, start);
        }
        int content = at;
        boolean startsMaps = field.isRepeated;
        if (field.keys == null) {
            if (!message(plan, end, depth + 1, group, startsMaps)) {
                return false;
            }
            if (!mayExceedColumns) {
                noteExcess(field, content);
            }
            return true;
        }
        boolean isOuterForeign = isForeignEntry;
        isForeignEntry = false;
        if (!message(plan, end, depth + 1, group, startsMaps)) {
            return false;
        }
        if (isForeignEntry) {
            replaced.set(start);
            foreign.set(start);
            noteUnknown(owner, start);
        } else {
            noteKey(plan, field.keys, content, end, start);
        }
        isForeignEntry = isOuterForeign;
        return true;
    }

    /** Looks whether a checked message, which becomes a single value, is more than its column can hold. */
    private void noteExcess(FieldPlan field, int content) {
        if (field.op == Op.TIMESTAMP || field.op == Op.DURATION) {
            noteTime(field, content);
        } else if (field.json != null) {
            mayExceedColumns = !field.json.isExact(bytes, content, contentEnd - content);
        }
    }

    /** A number that a closed enum does not have is an unknown field, as protobuf-java keeps it. */
    private void noteForeign(MessagePlan owner, FieldPlan field, int value) {
        if (owner.isEntry) {
            isForeignEntry = true;
        } else if (owner == root) {
            int length = Wire.putVarint(scratch, 0, (long) field.number << 3 | Wire.VARINT);
            keep(scratch, 0, Wire.putVarint(scratch, length, value));
        } else if (owner.losesUnknown) {
            mayExceedColumns = true;
        }
    }

    private boolean packed(MessagePlan owner, FieldPlan field, int end) {
        int length = length(end);
        if (length < 0) {
            return false;
        }
        int last = at + length;
        switch (field.wireType) {
            case Wire.VARINT -> {
                while (at < last) {
                    long value = varint(last);
                    if (at < 0) {
                        return false;
                    }
                    if (field.isClosed && field.isForeign((int) value)) {
                        noteForeign(owner, field, (int) value);
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
        boolean hasValue = false;
        at = content;
        while (at < end) {
            int tag = (int) varint(end);
            hasValue |= tag >>> 3 == 2;
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
        // An entry may lack its value, and JSON has no text for a Value without a kind.
        mayExceedColumns |= !hasValue;
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

    private void noteTime(FieldPlan field, int content) {
        int end = at;
        long seconds = 0;
        int nanos = 0;
        at = content;
        while (at < contentEnd) {
            int tag = (int) varint(end);
            if (tag == (1 << 3 | Wire.VARINT)) {
                seconds = varint(end);
            } else if (tag == (2 << 3 | Wire.VARINT)) {
                nanos = (int) varint(end);
            } else {
                skip(tag >>> 3, tag & 7, end, 0);
            }
        }
        at = end;
        long most = field.times.maxSeconds();
        // What comes again is merged: two durations that fit do so too if neither is negative.
        mayExceedColumns = nanos < 0
                || nanos >= NANOS_PER_SECOND
                || nanos % field.times.nanos() != 0
                || seconds > most
                || seconds < (field.op == Op.DURATION ? 0 : -most);
    }

    private void keep(byte[] source, int start, int length) {
        if (unknownLength + length > unknown.length) {
            unknown = Arrays.copyOf(unknown, Math.max(2 * unknown.length, unknownLength + length));
        }
        System.arraycopy(source, start, unknown, unknownLength, length);
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
