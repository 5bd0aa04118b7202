package dev.alluvium.decode;

import dev.alluvium.arrow.BytesColumn;
import dev.alluvium.arrow.MapColumn;
import dev.alluvium.decode.FieldPlan.Op;
import dev.alluvium.schema.ProtobufSchema;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the columns of one record cannot hold, by path: the contents of {@link ProtobufSchema#REST}, in the bytes and the
 * order of the wire. Makes objects, since few records need it. Not thread safe.
 */
final class Remainder {
    private static final byte[] NOTHING = {};
    private static final int NANOS_PER_SECOND = 1_000_000_000;

    private final Map<String, byte[]> parts = new LinkedHashMap<>();
    private final WireReader in = new WireReader();

    /** A message of the record as all of its occurrences together make it. */
    private static final class Node {
        /** Of a struct or map entry its unknown fields, of a message that is a single value all of it. */
        byte[] bytes = NOTHING;

        final Map<FieldPlan, Node> single = new HashMap<>();
        final Map<FieldPlan, List<Node>> repeated = new HashMap<>();
        final Map<FieldPlan, Map<String, Node>> entries = new HashMap<>();

        void append(byte[] source, int from, int to) {
            int length = bytes.length;
            bytes = Arrays.copyOf(bytes, length + to - from);
            System.arraycopy(source, from, bytes, length, to - from);
        }
    }

    void clear() {
        if (!parts.isEmpty()) {
            parts.clear();
        }
    }

    boolean isEmpty() {
        return parts.isEmpty();
    }

    /** Adds all that the columns of the message checked last, which begins at a position, cannot hold. */
    void collect(MessagePlan plan, byte[] value, int start, WireCheck check) {
        in.open(value, start);
        Node root = new Node();
        read(plan, root, value.length, check);
        fields(plan, root, "");
    }

    /** Writes them as the map of the row that is not ended yet. */
    void append(MapColumn column) {
        parts.forEach((path, bytes) -> {
            ((BytesColumn) column.key()).append(path.getBytes(StandardCharsets.UTF_8));
            ((BytesColumn) column.value()).append(bytes);
            column.endEntry();
        });
        column.endMap();
    }

    private void read(MessagePlan plan, Node node, int end, WireCheck check) {
        while (in.at < end) {
            int start = in.at;
            int tag = (int) in.varint();
            int type = tag & 7;
            if (type == Wire.END_GROUP) {
                break;
            }
            FieldPlan field = plan.field(tag >>> 3);
            if (field == null || !field.takes(type)) {
                in.skip(type);
                node.append(in.bytes, start, in.at);
            } else if (field.keys != null && field.message != null) {
                entry(field, field.message, node, start, check);
            } else if (field.isClosed) {
                closedEnum(field, type, node, start);
            } else if (field.isRepeated) {
                if (field.message == null) {
                    in.skip(type);
                } else {
                    Node element = new Node();
                    node.repeated
                            .computeIfAbsent(field, absent -> new ArrayList<>())
                            .add(element);
                    content(field, field.message, element, check);
                }
            } else {
                dropOtherArms(field, node);
                if (field.message == null) {
                    in.skip(type);
                } else {
                    content(field, field.message, node.single.computeIfAbsent(field, absent -> new Node()), check);
                }
            }
        }
    }

    private static void dropOtherArms(FieldPlan field, Node node) {
        for (FieldPlan arm : field.otherArms) {
            node.single.remove(arm);
        }
    }

    private void content(FieldPlan field, MessagePlan plan, Node node, WireCheck check) {
        int end = field.wireType == Wire.START_GROUP ? in.bytes.length : in.end();
        if (field.op == Op.MESSAGE) {
            read(plan, node, end, check);
        } else {
            int start = in.at;
            node.append(in.bytes, start, in.skipTo(end));
        }
    }

    /** Numbers that a closed enum does not have are unknown fields, each with a tag of its own. */
    private void closedEnum(FieldPlan field, int type, Node node, int start) {
        if (type == field.wireType) {
            if (field.isForeign((int) in.varint())) {
                node.append(in.bytes, start, in.at);
            } else {
                dropOtherArms(field, node);
            }
            return;
        }
        int end = in.end();
        byte[] one = new byte[2 * Wire.MAX_VARINT];
        int tagLength = Wire.putVarint(one, 0, (long) field.number << 3 | Wire.VARINT);
        while (in.at < end) {
            int value = (int) in.varint();
            if (field.isForeign(value)) {
                node.append(one, 0, Wire.putVarint(one, tagLength, value));
            }
        }
    }

    private void entry(FieldPlan field, MessagePlan plan, Node node, int start, WireCheck check) {
        int end = in.end();
        if (check.foreignEntries().get(start)) {
            node.append(in.bytes, start, end);
        } else if (!check.replacedEntries().get(start)) {
            int content = in.at;
            String key = key(plan, end);
            in.at = content;
            Node entry = new Node();
            read(plan, entry, end, check);
            node.entries.computeIfAbsent(field, absent -> new LinkedHashMap<>()).put(key, entry);
        }
        in.at = end;
    }

    private String key(MessagePlan entry, int end) {
        FieldPlan key = part(entry, 1);
        Object value = key.field.getDefaultValue();
        while (in.at < end) {
            int tag = (int) in.varint();
            if (tag >>> 3 == 1 && (tag & 7) == key.wireType) {
                value = key(key);
            } else {
                in.skip(tag & 7);
            }
        }
        return RestPath.key(key.field, value);
    }

    private Object key(FieldPlan key) {
        switch (key.op) {
            case TEXT -> {
                int end = in.end();
                String text = new String(in.bytes, in.at, end - in.at, StandardCharsets.UTF_8);
                in.at = end;
                return text;
            }
            case BOOL -> {
                return in.varint() != 0;
            }
            case INT32 -> {
                return (int) in.varint();
            }
            case SINT32 -> {
                int value = (int) in.varint();
                return value >>> 1 ^ -(value & 1);
            }
            case SINT64 -> {
                long value = in.varint();
                return value >>> 1 ^ -(value & 1);
            }
            case FIXED32 -> {
                return in.fixed32();
            }
            case FIXED64 -> {
                return in.fixed64();
            }
            default -> {
                return in.varint();
            }
        }
    }

    private static FieldPlan part(MessagePlan entry, int number) {
        FieldPlan field = entry.field(number);
        if (field == null) {
            throw new IllegalStateException(entry.message.getFullName() + " is no map entry");
        }
        return field;
    }

    /** Puts the parts of the fields of a struct. */
    private void fields(MessagePlan plan, Node node, String path) {
        for (FieldPlan field : plan.fields()) {
            String place = RestPath.field(path, field.field);
            if (field.keys != null && field.message != null) {
                FieldPlan value = part(field.message, 2);
                node.entries.getOrDefault(field, Map.of()).forEach((key, entry) -> entry(value, place, key, entry));
            } else if (field.isRepeated) {
                int index = 0;
                for (Node element : node.repeated.getOrDefault(field, List.of())) {
                    value(field, element, RestPath.element(place, index++));
                }
            } else {
                value(field, node.single.get(field), place);
            }
        }
    }

    private void entry(FieldPlan value, String place, String key, Node entry) {
        if (entry.bytes.length > 0) {
            parts.put(place + '{' + key + '}', entry.bytes);
        }
        // Without a value it is the default, which JSON may have no text for.
        Node inside = value.json == null ? entry.single.get(value) : entry.single.getOrDefault(value, new Node());
        value(value, inside, place + '[' + key + ']');
    }

    private void value(FieldPlan field, @Nullable Node node, String place) {
        if (node == null || field.message == null || field.op == Op.OPAQUE) {
            return;
        }
        if (field.op == Op.MESSAGE) {
            if (node.bytes.length > 0) {
                parts.put(place, node.bytes);
            }
            fields(field.message, node, place);
        } else if (!isExact(field, field.message, node.bytes)) {
            parts.put(place, node.bytes);
        }
    }

    private boolean isExact(FieldPlan field, MessagePlan plan, byte[] content) {
        in.open(content);
        if (hasUnknown(plan, content.length)) {
            return false;
        }
        if (field.json != null) {
            return field.json.isExact(content, 0, content.length);
        }
        return (field.op != Op.TIMESTAMP && field.op != Op.DURATION) || isExactTime(field, content);
    }

    private boolean hasUnknown(MessagePlan plan, int end) {
        while (in.at < end) {
            int tag = (int) in.varint();
            int type = tag & 7;
            if (type == Wire.END_GROUP) {
                return false;
            }
            FieldPlan field = plan.field(tag >>> 3);
            if (field == null || !field.takes(type)) {
                return true;
            }
            if (field.message == null) {
                in.skip(type);
            } else {
                int inside = type == Wire.START_GROUP ? end : in.end();
                if (hasUnknown(field.message, inside)) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean isExactTime(FieldPlan field, byte[] content) {
        long seconds = 0;
        int nanos = 0;
        in.open(content);
        while (in.at < content.length) {
            // There are no unknown fields, so that the first is the seconds and the second the nanoseconds.
            if ((int) in.varint() >>> 3 == 1) {
                seconds = in.varint();
            } else {
                nanos = (int) in.varint();
            }
        }
        long most = field.times.maxSeconds();
        if (seconds > most || seconds < -most || nanos % field.times.nanos() != 0 || nanos >= NANOS_PER_SECOND) {
            return false;
        }
        return field.op == Op.TIMESTAMP
                ? nanos >= 0
                : nanos > -NANOS_PER_SECOND && (seconds == 0 || nanos == 0 || seconds > 0 == nanos > 0);
    }
}
