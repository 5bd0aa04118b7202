package dev.alluvium.decode;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One of the things by which records are divided into groups. Fields are singular ones of the message, by name, or by
 * path through messages inside: {@code header.tenant}.
 */
public sealed interface PartitionField {

    /** How an integer counts from the epoch. */
    enum EpochUnit {
        SECONDS(1),
        MILLIS(1_000),
        MICROS(1_000_000);

        private final long perSecond;

        EpochUnit(long perSecond) {
            this.perSecond = perSecond;
        }

        long perSecond() {
            return perSecond;
        }
    }

    /** Placeholders that it determines. */
    Set<String> placeholders();

    /**
     * A slice of time in UTC.
     *
     * @param field a {@code google.protobuf.Timestamp}, an integer or RFC 3339 text; empty for the record's own time
     * @param unit of an integer; null for all others
     */
    record Slice(TimePeriod period, String field, @Nullable EpochUnit unit) implements PartitionField {
        public Slice {
            if (unit != null && field.isEmpty()) {
                throw new IllegalArgumentException("the record's own time has no unit to choose: name a field");
            }
        }

        /** Slices of the record's own time. */
        public static Slice ofRecordTime(TimePeriod period) {
            return new Slice(period, "", null);
        }

        @Override
        public Set<String> placeholders() {
            return period.placeholders();
        }

        @Override
        public String toString() {
            String of = field.isEmpty() ? "" : " of " + field;
            return period.name().toLowerCase(Locale.ROOT) + of + (unit == null ? "" : " in " + unit);
        }
    }

    /**
     * A range of an integer: {@code 420000-429999}.
     *
     * @param size how many integers are in it; ranges begin at multiples of it
     * @param name of the placeholder
     */
    record Range(String field, long size, String name) implements PartitionField {
        public Range {
            if (size < 1) {
                throw new IllegalArgumentException("a range of " + size + " integers: at least 1 is needed");
            }
        }

        @Override
        public Set<String> placeholders() {
            return Set.of(name);
        }

        @Override
        public String toString() {
            return "range of " + field + " by " + size + " as " + name;
        }
    }

    /**
     * The value itself of a string, integer, boolean or enum, as {@link PartitionText} writes it.
     *
     * @param name of the placeholder
     */
    record Value(String field, String name) implements PartitionField {
        @Override
        public Set<String> placeholders() {
            return Set.of(name);
        }

        @Override
        public String toString() {
            return "value of " + field + " as " + name;
        }
    }
}
