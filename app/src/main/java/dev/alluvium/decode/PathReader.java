package dev.alluvium.decode;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a few singular fields of a message, found by path, out of bytes that {@link WireCheck} accepted, as a parser
 * would: the last value counts, messages that come again are merged, a oneof arm ends the others. Makes no object per
 * record. Not thread safe.
 */
final class PathReader {
    private static final String TIMESTAMP = "google.protobuf.Timestamp";

    private final WireReader in = new WireReader();
    private final Node root;

    /** The value of one field in the record read last. */
    static final class Slot {
        final FieldDescriptor field;
        private boolean isThere;
        private long number;
        private int nanos;
        private byte[] bytes = {};
        private int start;
        private int end;

        private Slot(FieldDescriptor field) {
            this.field = field;
        }

        /** Whether the message has a value; a field with implicit presence always has one where its message is there. */
        boolean isThere() {
            return isThere;
        }

        /** An integer as its type has it, in two's complement if it is unsigned; a Timestamp's seconds. */
        long number() {
            return number;
        }

        /** A Timestamp's nanoseconds, of which there may be any number. */
        int nanos() {
            return nanos;
        }

        /** Holds the value of a string from {@link #start} to {@link #end}; borrowed from the record. */
        byte[] bytes() {
            return bytes;
        }

        int start() {
            return start;
        }

        int end() {
            return end;
        }

        private void setDefault() {
            isThere = true;
            number = 0;
            nanos = 0;
            start = 0;
            end = 0;
        }
    }

    /** What is read of one message. */
    private static final class Node {
        final Descriptor message;
        /** By field number: fields on the way to a slot, and the other arms of their oneofs, which end them. */
        final Map<Integer, Step> steps = new HashMap<>();

        Step[] byNumber = {};
        private final List<Slot> implicit = new ArrayList<>();

        Node(Descriptor message) {
            this.message = message;
        }

        Step step(FieldDescriptor field) {
            return steps.computeIfAbsent(field.getNumber(), number -> new Step(field));
        }

        /** Works out what follows from the steps; again after each that is added. */
        void finish() {
            implicit.clear();
            for (Step step : List.copyOf(steps.values())) {
                if (step.field.getRealContainingOneof() != null) {
                    step.field.getRealContainingOneof().getFields().forEach(this::step);
                }
            }
            byNumber = steps.values().toArray(Step[]::new);
            Arrays.sort(byNumber, (a, b) -> Integer.compare(a.number, b.number));
            for (Step step : byNumber) {
                step.otherArms = Arrays.stream(byNumber)
                        .filter(other -> other != step && isSameOneof(other.field, step.field))
                        .toArray(Step[]::new);
                if (step.slot != null && !step.field.hasPresence()) {
                    implicit.add(step.slot);
                }
                if (step.inside != null) {
                    step.inside.finish();
                }
            }
        }

        private static boolean isSameOneof(FieldDescriptor one, FieldDescriptor other) {
            return one.getRealContainingOneof() != null
                    && one.getRealContainingOneof().equals(other.getRealContainingOneof());
        }

        @Nullable
        Step find(int number) {
            for (Step step : byNumber) {
                if (step.number >= number) {
                    return step.number == number ? step : null;
                }
            }
            return null;
        }

        void clear() {
            for (Step step : byNumber) {
                step.clear();
            }
        }

        void begin() {
            for (Slot slot : implicit) {
                if (!slot.isThere) {
                    slot.setDefault();
                }
            }
        }
    }

    /** What is done with one field. */
    private static final class Step {
        final FieldDescriptor field;
        final int number;
        final int wireType;
        final boolean isClosedEnum;

        @Nullable
        Slot slot;

        @Nullable
        Node inside;

        Step[] otherArms = {};

        Step(FieldDescriptor field) {
            this.field = field;
            this.number = field.getNumber();
            this.wireType = Wire.typeOf(field);
            this.isClosedEnum = field.getType() == FieldDescriptor.Type.ENUM && field.legacyEnumFieldTreatedAsClosed();
        }

        void clear() {
            if (slot != null) {
                slot.isThere = false;
            }
            if (inside != null) {
                inside.clear();
            }
        }
    }

    PathReader(Descriptor message) {
        this.root = new Node(message);
    }

    /**
     * Adds a field to those that are read. All are added before the first record.
     *
     * @param path names of fields with dots between
     * @throws IllegalArgumentException if the message has no such singular field
     */
    Slot add(String path) {
        Node node = root;
        String[] names = path.split("\\.", -1);
        for (int i = 0; ; i++) {
            Step step = node.step(find(node.message, names[i], path));
            FieldDescriptor field = step.field;
            if (i == names.length - 1) {
                Slot slot = step.slot == null ? new Slot(field) : step.slot;
                step.slot = slot;
                root.finish();
                return slot;
            }
            if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
                throw new IllegalArgumentException(
                        "\"" + path + "\" leads through " + field.getFullName() + ", which is no message");
            }
            Node inside = step.inside == null ? new Node(field.getMessageType()) : step.inside;
            step.inside = inside;
            node = inside;
        }
    }

    private static FieldDescriptor find(Descriptor message, String name, String path) {
        FieldDescriptor field = message.findFieldByName(name);
        if (field == null) {
            throw new IllegalArgumentException(
                    "\"" + path + "\" is no field: " + message.getFullName() + " has no \"" + name + "\"");
        }
        if (field.isRepeated()) {
            throw new IllegalArgumentException("\"" + path + "\": " + field.getFullName()
                    + " is repeated, and one record would belong to many files");
        }
        return field;
    }

    static boolean isTimestamp(FieldDescriptor field) {
        return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                && field.getMessageType().getFullName().equals(TIMESTAMP);
    }

    /** Reads the fields of a message that starts at a position and ends with the array. */
    void read(byte[] value, int from) {
        in.open(value);
        in.at = from;
        root.clear();
        message(root, value.length);
    }

    /** Forgets the last message: nothing is there. */
    void clear() {
        root.clear();
    }

    private void message(Node node, int end) {
        node.begin();
        while (in.at < end) {
            int tag = (int) in.varint();
            int type = tag & 7;
            if (type == Wire.END_GROUP) {
                return;
            }
            Step step = node.find(tag >>> 3);
            if (step == null || step.wireType != type) {
                in.skip(type);
            } else {
                step(step, type);
            }
        }
    }

    private void step(Step step, int type) {
        if (step.isClosedEnum) {
            int start = in.at;
            if (step.field.getEnumType().findValueByNumber((int) in.varint()) == null) {
                return;
            }
            in.at = start;
        }
        for (Step arm : step.otherArms) {
            arm.clear();
        }
        Slot slot = step.slot;
        Node inside = step.inside;
        if (inside != null || (slot != null && step.field.getJavaType() == FieldDescriptor.JavaType.MESSAGE)) {
            int start = in.at;
            if (slot != null) {
                timestamp(slot, type == Wire.START_GROUP ? in.bytes.length : in.end());
            }
            if (inside != null) {
                in.at = start;
                message(inside, type == Wire.START_GROUP ? in.bytes.length : in.end());
            }
        } else if (slot == null) {
            in.skip(type);
        } else {
            scalar(slot);
        }
    }

    private void timestamp(Slot slot, int end) {
        if (!slot.isThere) {
            slot.setDefault();
        }
        while (in.at < end) {
            int tag = (int) in.varint();
            if (tag == (1 << 3 | Wire.VARINT)) {
                slot.number = in.varint();
            } else if (tag == (2 << 3 | Wire.VARINT)) {
                slot.nanos = (int) in.varint();
            } else if ((tag & 7) == Wire.END_GROUP) {
                return;
            } else {
                in.skip(tag & 7);
            }
        }
    }

    private void scalar(Slot slot) {
        slot.isThere = true;
        switch (slot.field.getType()) {
            case INT32, ENUM -> slot.number = (int) in.varint();
            case UINT32 -> slot.number = in.varint() & 0xFFFF_FFFFL;
            case INT64, UINT64 -> slot.number = in.varint();
            case SINT32 -> {
                int coded = (int) in.varint();
                int value = coded >>> 1 ^ -(coded & 1);
                slot.number = value;
            }
            case SINT64 -> {
                long value = in.varint();
                slot.number = value >>> 1 ^ -(value & 1);
            }
            case BOOL -> slot.number = in.varint() != 0 ? 1 : 0;
            case SFIXED32 -> slot.number = in.fixed32();
            case FIXED32 -> slot.number = in.fixed32() & 0xFFFF_FFFFL;
            case FIXED64, SFIXED64 -> slot.number = in.fixed64();
            case STRING -> {
                slot.bytes = in.bytes;
                slot.end = in.end();
                slot.start = in.at;
                in.at = slot.end;
            }
            default -> throw new IllegalStateException(slot.field.getFullName() + " divides no files");
        }
    }
}
