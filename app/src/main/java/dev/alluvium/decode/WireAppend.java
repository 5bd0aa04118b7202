package dev.alluvium.decode;

import dev.alluvium.arrow.BoolColumn;
import dev.alluvium.arrow.BytesColumn;
import dev.alluvium.arrow.ColumnBuffer;
import dev.alluvium.arrow.DoubleColumn;
import dev.alluvium.arrow.FloatColumn;
import dev.alluvium.arrow.IntColumn;
import dev.alluvium.arrow.ListColumn;
import dev.alluvium.arrow.LongColumn;
import dev.alluvium.arrow.MapColumn;
import dev.alluvium.arrow.StructColumn;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The second of two passes over a record: writes the fields of a checked message into the columns that its plan is
 * bound to, in the order of the wire. A field that comes again overwrites its value or, if it is a message, reopens its
 * struct; a oneof arm drops the arm that was set before. Not thread safe.
 */
final class WireAppend {
    private static final byte[] NOTHING = {};

    private final WireReader in = new WireReader();
    private BitSet replaced = new BitSet();

    /**
     * Writes the message that goes from a position to the end as the row of that index; entries that start at a position
     * in {@code replaced} are left out.
     */
    void append(MessagePlan plan, byte[] value, int start, int row, BitSet replacedEntries) {
        in.open(value, start);
        replaced = replacedEntries;
        message(plan, value.length, row);
    }

    private void message(MessagePlan plan, int end, int row) {
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
            } else if (field.keys != null) {
                entry(field, start, row);
            } else if (field.isRepeated) {
                elements(field, type, row);
            } else {
                single(field, row);
            }
        }
        for (FieldPlan field : plan.enumDefaults) {
            BytesColumn column = (BytesColumn) bound(field.column);
            if (column.valueCount() == row) {
                column.append(field.enumDefault);
            }
        }
    }

    private void single(FieldPlan field, int row) {
        if (field.isClosed && skippedForeign(field)) {
            return;
        }
        for (FieldPlan arm : field.otherArms) {
            ColumnBuffer other = bound(arm.column);
            if (other.valueCount() > row) {
                other.truncate(row);
            }
        }
        ColumnBuffer column = bound(field.column);
        if (column.valueCount() <= row) {
            value(field, column, row, false);
        } else if (column.isNull(row) || field.message == null) {
            column.truncate(row);
            value(field, column, row, false);
        } else {
            value(field, column, row, true);
        }
    }

    private void elements(FieldPlan field, int type, int row) {
        ListColumn list = (ListColumn) bound(field.column);
        if (list.valueCount() > row) {
            list.reopen();
        }
        ColumnBuffer target = bound(field.target);
        if (type == field.wireType) {
            if (!field.isClosed || !skippedForeign(field)) {
                value(field, target, target.valueCount(), false);
            }
            return;
        }
        int end = in.end();
        while (in.at < end) {
            if (!field.isClosed || !skippedForeign(field)) {
                scalar(field, target);
            }
        }
    }

    /** Steps over the next value if it is a number that its closed enum does not have. */
    private boolean skippedForeign(FieldPlan field) {
        int start = in.at;
        boolean isForeign = field.isForeign((int) in.varint());
        if (!isForeign) {
            in.at = start;
        }
        return isForeign;
    }

    private void entry(FieldPlan field, int start, int row) {
        MapColumn map = (MapColumn) bound(field.column);
        if (map.valueCount() > row) {
            map.reopen();
        }
        int end = in.end();
        if (!replaced.isEmpty() && replaced.get(start)) {
            in.at = end;
            return;
        }
        int entry = map.entryCount();
        MessagePlan plan = inside(field);
        message(plan, end, entry);
        FieldPlan value = plan.field(2);
        if (map.value().valueCount() == entry && value != null) {
            absent(value, map.value(), entry);
        }
        map.endEntry();
    }

    /** Writes the value of a map entry that has none: the default of its type, which is an empty message for messages. */
    private void absent(FieldPlan field, ColumnBuffer target, int row) {
        switch (field.op) {
            case MESSAGE -> {
                message(inside(field), in.at, row);
                ((StructColumn) target).endStruct();
            }
            case PRESENCE -> ((BoolColumn) target).append(true);
            case JSON -> ((BytesColumn) target).append(json(field).text(NOTHING));
            default -> target.appendZero();
        }
    }

    /**
     * Reads one value into the slot {@code row} of its column.
     *
     * @param isMerged whether the slot holds a message already, which this one completes
     */
    private void value(FieldPlan field, ColumnBuffer target, int row, boolean isMerged) {
        if (field.message == null) {
            scalar(field, target);
            return;
        }
        boolean isGroup = field.wireType == Wire.START_GROUP;
        int end = isGroup ? in.bytes.length : in.end();
        switch (field.op) {
            case MESSAGE -> {
                StructColumn struct = (StructColumn) target;
                if (isMerged) {
                    struct.reopen();
                }
                message(field.message, end, row);
                struct.endStruct();
            }
            case TIMESTAMP, DURATION -> time(field, (LongColumn) target, end, row, isMerged);
            case WRAPPER -> {
                message(field.message, end, row);
                if (target.valueCount() == row) {
                    target.appendZero();
                }
            }
            case PRESENCE -> {
                in.skipTo(end);
                if (!isMerged) {
                    ((BoolColumn) target).append(true);
                }
            }
            case JSON -> json(field, (BytesColumn) target, end, row, isMerged);
            case OPAQUE -> {
                int start = in.at;
                int stop = in.skipTo(end);
                if (isMerged) {
                    ((BytesColumn) target).extendLast(in.bytes, start, stop - start);
                } else {
                    ((BytesColumn) target).append(in.bytes, start, stop - start);
                }
            }
            default -> throw new IllegalStateException(field.field.getFullName() + " is not a message");
        }
    }

    private void time(FieldPlan field, LongColumn target, int end, int row, boolean isMerged) {
        if (!isMerged) {
            field.seconds = 0;
            field.nanos = 0;
        }
        while (in.at < end) {
            int tag = (int) in.varint();
            if (tag == (1 << 3 | Wire.VARINT)) {
                field.seconds = in.varint();
            } else if (tag == (2 << 3 | Wire.VARINT)) {
                field.nanos = (int) in.varint();
            } else if ((tag & 7) == Wire.END_GROUP) {
                break;
            } else {
                in.skip(tag & 7);
            }
        }
        target.truncate(row);
        target.append(time(field));
    }

    /** A time beyond the column's range is the last one in it: its message is kept beside the columns. */
    private static long time(FieldPlan field) {
        long most = field.times.maxSeconds();
        if (field.seconds > most || field.seconds < -most) {
            return field.seconds > 0 ? Long.MAX_VALUE : -Long.MAX_VALUE;
        }
        int part = field.op == FieldPlan.Op.TIMESTAMP
                ? Math.floorDiv(field.nanos, field.times.nanos())
                : field.nanos / field.times.nanos();
        return field.seconds * field.times.perSecond() + part;
    }

    private void json(FieldPlan field, BytesColumn target, int end, int row, boolean isMerged) {
        int start = in.at;
        int length = in.skipTo(end) - start;
        int before = isMerged ? field.content.length : 0;
        byte[] content = Arrays.copyOf(isMerged ? field.content : NOTHING, before + length);
        System.arraycopy(in.bytes, start, content, before, length);
        field.content = content;
        target.truncate(row);
        target.append(json(field).text(content));
    }

    private static WellKnownJson json(FieldPlan field) {
        if (field.json == null) {
            throw new IllegalStateException(field.field.getFullName() + " has no JSON form");
        }
        return field.json;
    }

    private void scalar(FieldPlan field, ColumnBuffer target) {
        switch (field.op) {
            case INT32 -> ((IntColumn) target).append((int) in.varint());
            case INT64 -> ((LongColumn) target).append(in.varint());
            case SINT32 -> {
                int value = (int) in.varint();
                ((IntColumn) target).append(value >>> 1 ^ -(value & 1));
            }
            case SINT64 -> {
                long value = in.varint();
                ((LongColumn) target).append(value >>> 1 ^ -(value & 1));
            }
            case BOOL -> ((BoolColumn) target).append(in.varint() != 0);
            case ENUM -> ((BytesColumn) target).append(field.enumName((int) in.varint()));
            case FIXED32 -> ((IntColumn) target).append(in.fixed32());
            case FIXED64 -> ((LongColumn) target).append(in.fixed64());
            case FLOAT -> ((FloatColumn) target).append(Float.intBitsToFloat(in.fixed32()));
            case DOUBLE -> ((DoubleColumn) target).append(Double.longBitsToDouble(in.fixed64()));
            case TEXT, BYTES -> {
                int end = in.end();
                ((BytesColumn) target).append(in.bytes, in.at, end - in.at);
                in.at = end;
            }
            default -> throw new IllegalStateException(field.field.getFullName() + " is not a scalar");
        }
    }

    private static MessagePlan inside(FieldPlan field) {
        if (field.message == null) {
            throw new IllegalStateException(field.field.getFullName() + " is not a message");
        }
        return field.message;
    }

    private static ColumnBuffer bound(@Nullable ColumnBuffer column) {
        if (column == null) {
            throw new IllegalStateException("the plan is bound to no batch");
        }
        return column;
    }
}
