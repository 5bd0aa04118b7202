package dev.alluvium.decode;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.alluvium.arrow.ColumnBuffer;
import dev.alluvium.schema.ProtobufMapping.Times;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is done with one field of one message: how it looks on the wire, and the column its values go to. */
final class FieldPlan {

    /** How a value becomes a column's value. */
    enum Op {
        INT32,
        INT64,
        SINT32,
        SINT64,
        BOOL,
        ENUM,
        FIXED32,
        FIXED64,
        FLOAT,
        DOUBLE,
        TEXT,
        BYTES,
        /** A struct. */
        MESSAGE,
        /** A map entry. */
        ENTRY,
        TIMESTAMP,
        DURATION,
        WRAPPER,
        /** A message that becomes JSON text. */
        JSON,
        /** A message without fields. */
        PRESENCE,
        /** A message that is kept as bytes. */
        OPAQUE
    }

    final FieldDescriptor field;
    final int number;
    final Op op;
    final int wireType;
    final boolean isPackable;
    final boolean isRepeated;

    /** The message inside; null for scalars. */
    final @Nullable MessagePlan message;

    /** For the keys of a map whose entries become rows of a map column. */
    final @Nullable MapKeys keys;

    /** How messages become JSON text; null for all others. */
    @Nullable
    WellKnownJson json;

    /** Whether a string is JSON text. */
    boolean isJson;

    /** The unit of a timestamp or duration column. */
    Times times = Times.MICROS;

    /** Whether a number without a name is an unknown field. */
    final boolean isClosed;

    /** Names by number; empty for all but enums. */
    private final Map<Integer, byte[]> enumNames = new HashMap<>();

    private final byte[][] smallEnumNames;

    /** Bit i says whether the enum has the number i. */
    private final long smallValues;

    /** Text of the value that an absent field has. */
    final byte[] enumDefault;

    /** The oneof's other arms, which end when this one is set. */
    FieldPlan[] otherArms = {};

    /** The field's column in the batch that is written. */
    @Nullable
    ColumnBuffer column;

    /** Where its values go: the column itself, or its elements if it is a list. */
    @Nullable
    ColumnBuffer target;

    /** Number of the last message checked that had the field; a closed enum with a number that it has. */
    long seenIn;

    /** Of the timestamp or duration written last: a message that occurs twice is merged. */
    long seconds;

    int nanos;

    /** Serialized, of the message written last that becomes JSON text, for the same reason. */
    byte[] content = {};

    FieldPlan(FieldDescriptor field, Op op, @Nullable MessagePlan message, @Nullable MapKeys keys) {
        this.field = field;
        this.number = field.getNumber();
        this.op = op;
        this.wireType = Wire.typeOf(field);
        this.isRepeated = field.isRepeated();
        this.isPackable = field.isPackable();
        this.message = message;
        this.keys = keys;
        this.isClosed = op == Op.ENUM && field.legacyEnumFieldTreatedAsClosed();
        if (op == Op.ENUM) {
            for (EnumValueDescriptor value : field.getEnumType().getValues()) {
                enumNames.putIfAbsent(value.getNumber(), value.getName().getBytes(StandardCharsets.UTF_8));
            }
            EnumValueDescriptor first = field.isRepeated()
                    ? field.getEnumType().getValues().get(0)
                    : (EnumValueDescriptor) field.getDefaultValue();
            this.enumDefault = first.getName().getBytes(StandardCharsets.UTF_8);
        } else {
            this.enumDefault = new byte[0];
        }
        this.smallEnumNames = new byte[op == Op.ENUM ? 64 : 0][];
        long known = 0;
        for (int i = 0; i < smallEnumNames.length; i++) {
            byte[] name = enumNames.get(i);
            known |= name == null ? 0 : 1L << i;
            smallEnumNames[i] = enumName(name, i);
        }
        this.smallValues = known;
    }

    /** Whether a value of that wire type is one of this field; else it is an unknown field of the same number. */
    boolean takes(int type) {
        return type == wireType || (isPackable && type == Wire.LENGTH);
    }

    /** Whether a number of this closed enum is none of its values. */
    boolean isForeign(int value) {
        boolean isSmall = value >= 0 && value < Long.SIZE;
        return isSmall ? ((smallValues >>> value) & 1) == 0 : !enumNames.containsKey(value);
    }

    /** The first name that the enum gives to a number, or the number as text. */
    byte[] enumName(int value) {
        return value >= 0 && value < smallEnumNames.length
                ? smallEnumNames[value]
                : enumName(enumNames.get(value), value);
    }

    private static byte[] enumName(byte @Nullable [] name, int value) {
        return name != null ? name : Integer.toString(value).getBytes(StandardCharsets.US_ASCII);
    }
}
