package dev.alluvium.decode;

import com.google.protobuf.Descriptors.Descriptor;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What divides the records of a message type into groups, and with that into files: the values of these fields, in this
 * order. A record that has no value for one of them, or one that is no time, is in that field's null group; none is
 * ever rejected for it.
 *
 * @param fields at most one of them a slice of time
 * @param rangeField the integer whose least and greatest value in a file its key may name; empty for none
 */
public record Partitioning(List<PartitionField> fields, String rangeField) {
    /** All records share files. */
    public static final Partitioning NONE = new Partitioning(List.of(), "");

    /** Those of one UTC day of record time do. */
    public static final Partitioning DAY =
            new Partitioning(List.of(PartitionField.Slice.ofRecordTime(TimePeriod.DAY)), "");

    /** What the group of any message determines besides. */
    private static final String MESSAGE = "message";

    /** Says of a file of a slice of time whether its records came after the slice was complete. */
    private static final String LATE = "late";

    /** Names that keys and footers have for other things than what divides files. */
    private static final Set<String> TAKEN = Stream.of(
                    Set.of(MESSAGE, LATE, ProtobufRows.TIMES), KeyRange.PLACEHOLDERS, TimePeriod.HOUR.placeholders())
            .flatMap(Set::stream)
            .collect(Collectors.toUnmodifiableSet());

    public Partitioning {
        fields = List.copyOf(fields);
        Set<String> names = new HashSet<>(Set.of(MESSAGE));
        boolean hasSlice = false;
        for (PartitionField field : fields) {
            if (field instanceof PartitionField.Slice && hasSlice) {
                throw new IllegalArgumentException("files are divided by two times: choose one");
            }
            hasSlice |= field instanceof PartitionField.Slice;
            for (String name : field.placeholders()) {
                if (!names.add(name)) {
                    throw new IllegalArgumentException(
                            "two things are named {" + name + "} in keys: give one another name with as");
                }
            }
        }
    }

    /** Whether a value or range that divides files cannot have this name, since keys or footers mean something else by it. */
    public static boolean isTaken(String name) {
        return TAKEN.contains(name);
    }

    /** Those of this partitioning that are not of every message: the values that a key may name. */
    public Set<String> placeholders() {
        Set<String> all = new HashSet<>(Set.of(MESSAGE));
        fields.forEach(field -> all.addAll(field.placeholders()));
        if (slice().isPresent()) {
            all.add(LATE);
        }
        if (!rangeField.isEmpty()) {
            all.addAll(KeyRange.PLACEHOLDERS);
        }
        return Set.copyOf(all);
    }

    /** The slice of time that divides files, if one does. */
    public Optional<PartitionField.Slice> slice() {
        return fields.stream()
                .filter(PartitionField.Slice.class::isInstance)
                .map(PartitionField.Slice.class::cast)
                .findFirst();
    }

    /**
     * This partitioning, if the message has its fields.
     *
     * @throws IllegalArgumentException if a field is not there or cannot divide; the message says which
     */
    public Partitioning of(Descriptor message) {
        var unused = new Partitions(this, message);
        return this;
    }

    /** The same for the same partitioning in any version: part of a pipeline's fingerprint. */
    @Override
    public String toString() {
        return fields + (rangeField.isEmpty() ? "" : " min and max of " + rangeField);
    }
}
