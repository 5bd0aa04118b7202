package dev.alluvium.decode;

import com.google.protobuf.Descriptors.Descriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The group that each record of a message type belongs to, by a {@link Partitioning}: the values are read out of the
 * record's checked bytes, so that the same record is in the same group whenever it is read. Not thread safe.
 */
final class Partitions {
    private final PathReader values;
    private final boolean hasFields;
    private final PartitionPart[] parts;
    private final @Nullable SlicePart slice;
    private final PathReader.@Nullable Slot range;
    private final @Nullable KeyRange keyRange;
    private final KeyBytes key = new KeyBytes();

    /** @throws IllegalArgumentException if a field is not there or cannot divide; the message says which */
    Partitions(Partitioning partitioning, Descriptor message) {
        this.values = new PathReader(message);
        List<PartitionPart> all = new ArrayList<>();
        SlicePart ofTime = null;
        boolean needsFields = !partitioning.rangeField().isEmpty();
        for (PartitionField field : partitioning.fields()) {
            PartitionPart part = PartitionPart.of(field, values);
            all.add(part);
            ofTime = part instanceof SlicePart one ? one : ofTime;
            needsFields |=
                    !(field instanceof PartitionField.Slice one && one.field().isEmpty());
        }
        this.parts = all.toArray(PartitionPart[]::new);
        this.slice = ofTime;
        this.hasFields = needsFields;
        if (partitioning.rangeField().isEmpty()) {
            this.range = null;
            this.keyRange = null;
        } else {
            PathReader.Slot slot = values.add(partitioning.rangeField());
            if (!PartitionPart.isInteger(slot.field)) {
                throw new IllegalArgumentException(slot.field.getFullName() + " is no integer and has no range");
            }
            this.range = slot;
            this.keyRange = KeyRange.ofField(!PartitionPart.isUnsignedLong(slot.field));
        }
    }

    /** Reads the values of a record whose message begins at a position of its bytes and ends with them. */
    void read(byte[] value, int from, long recordTimeMs) {
        if (hasFields) {
            values.read(value, from);
        }
        place(recordTimeMs);
    }

    /** Notes a record without a message: it has no values, but its time. */
    void readTombstone(long recordTimeMs) {
        values.clear();
        place(recordTimeMs);
    }

    private void place(long recordTimeMs) {
        if (slice != null) {
            slice.read(recordTimeMs);
        }
        key.clear();
        for (PartitionPart part : parts) {
            part.addTo(key);
        }
    }

    /** What the group of the record is looked up by; valid until the next record. */
    KeyBytes key() {
        return key;
    }

    /** The record's group, below a name. */
    String id(String name) {
        StringBuilder id = new StringBuilder(name);
        for (PartitionPart part : parts) {
            id.append('/').append(part.text());
        }
        return id.toString();
    }

    /** Says what the record's group determines. */
    void describe(Map<String, String> attributes) {
        for (PartitionPart part : parts) {
            part.describe(attributes);
        }
    }

    /** As {@link RecordDecoder#sliceEndMs}. */
    long sliceEndMs() {
        return slice == null ? Long.MAX_VALUE : slice.endMs();
    }

    /** As {@link RecordDecoder#sliceTimeMs}. */
    long sliceTimeMs() {
        return slice == null ? Long.MIN_VALUE : slice.timeMs();
    }

    boolean hasRangeValue() {
        return range != null && range.isThere();
    }

    /** As {@link RecordDecoder#rangeValue}. */
    long rangeValue() {
        return range == null || keyRange == null ? 0 : keyRange.ordered(range.number());
    }

    /** How range values are written; null if there are none. */
    @Nullable
    KeyRange keyRange() {
        return keyRange;
    }
}
