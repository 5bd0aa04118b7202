package dev.alluvium.decode;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A slice of time. */
final class SlicePart implements PartitionPart {
    /** Beyond any calendar, and yet far from an overflow. */
    private static final long MAX_SECONDS = 1L << 50;

    private final TimePeriod period;
    private final PathReader.@Nullable Slot slot;
    private final Source source;
    private final long perSecond;
    private long lastDay = Long.MIN_VALUE;
    private long lastSlice;
    private long slice = TimePeriod.NONE;
    private long timeMs;

    private enum Source {
        RECORD,
        TIMESTAMP,
        TEXT,
        INTEGER,
        UNSIGNED_LONG
    }

    SlicePart(PartitionField.Slice field, PathReader.@Nullable Slot slot) {
        this.period = field.period();
        this.slot = slot;
        this.source = slot == null ? Source.RECORD : source(slot.field);
        boolean isInteger = source == Source.INTEGER || source == Source.UNSIGNED_LONG;
        if (isInteger != (field.unit() != null)) {
            throw new IllegalArgumentException(
                    isInteger
                            ? "\"" + field.field() + "\" is an integer: say with unit what it counts"
                            : "\"" + field.field() + "\" is no integer and has no unit");
        }
        this.perSecond = field.unit() == null ? 1 : field.unit().perSecond();
    }

    private static Source source(FieldDescriptor field) {
        if (PathReader.isTimestamp(field)) {
            return Source.TIMESTAMP;
        } else if (field.getJavaType() == JavaType.STRING) {
            return Source.TEXT;
        } else if (PartitionPart.isInteger(field)) {
            return PartitionPart.isUnsignedLong(field) ? Source.UNSIGNED_LONG : Source.INTEGER;
        }
        throw new IllegalArgumentException(
                field.getFullName() + " is no time: a google.protobuf.Timestamp, an integer or a string is needed");
    }

    /** Finds the slice. */
    void read(long recordTimeMs) {
        long second = slot == null ? Math.floorDiv(recordTimeMs, 1_000L) : second(slot);
        slice = sliceOf(second);
        timeMs = slice == TimePeriod.NONE ? Long.MIN_VALUE : slot == null ? recordTimeMs : second * 1_000;
    }

    private long second(PathReader.Slot value) {
        if (!value.isThere()) {
            return TimePeriod.NONE;
        }
        return switch (source) {
            case TIMESTAMP ->
                Math.abs(value.number()) > MAX_SECONDS || value.number() == Long.MIN_VALUE
                        ? TimePeriod.NONE
                        : value.number() + Math.floorDiv(value.nanos(), 1_000_000_000);
            case TEXT -> Rfc3339.epochSecond(value.bytes(), value.start(), value.end());
            case INTEGER -> Math.floorDiv(value.number(), perSecond);
            case UNSIGNED_LONG -> {
                long second = Long.divideUnsigned(value.number(), perSecond);
                yield second < 0 ? TimePeriod.NONE : second;
            }
            case RECORD -> throw new IllegalStateException("the record's time is in no field");
        };
    }

    /** The calendar is asked once for a run of records of the same day. */
    private long sliceOf(long second) {
        if (period == TimePeriod.DAY || period == TimePeriod.HOUR || second == TimePeriod.NONE) {
            return period.sliceOf(second);
        }
        long day = Math.floorDiv(second, 86_400L);
        if (day != lastDay) {
            lastSlice = period.sliceOf(second);
            lastDay = day;
        }
        return lastSlice;
    }

    /** As {@link RecordDecoder#sliceTimeMs}; a field's to the second. */
    long timeMs() {
        return timeMs;
    }

    /** As {@link RecordDecoder#sliceEndMs}. */
    long endMs() {
        return slice == TimePeriod.NONE ? Long.MAX_VALUE : period.endMs(slice);
    }

    @Override
    public void addTo(KeyBytes key) {
        key.add(slice);
    }

    @Override
    public String text() {
        return period.text(slice);
    }

    @Override
    public void describe(Map<String, String> attributes) {
        attributes.putAll(period.attributes(slice));
    }
}
