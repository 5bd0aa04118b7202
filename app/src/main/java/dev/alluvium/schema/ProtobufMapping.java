package dev.alluvium.schema;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What can be chosen of the way from protobuf to columns.
 *
 * @param depth how often a message type may occur on the way from the root to a field, the root included, at least 1;
 *     the next occurrence is a BINARY column with the serialized message
 * @param times the unit of {@code Timestamp} and {@code Duration} columns
 * @param forms what columns of the root message are instead of their usual type, by field name
 * @param required fields of the root message, with presence, that every record has: their columns are not nullable
 */
public record ProtobufMapping(int depth, Times times, Map<String, Form> forms, Set<String> required) {

    /** Recursive messages three levels deep, times in microseconds. */
    public static final ProtobufMapping DEFAULT = new ProtobufMapping(3, Times.MICROS);

    /** What a column can be instead of its usual type. */
    public enum Form {
        /** A day: of an {@code int32} that counts them from 1970-01-01. */
        DATE(ColumnType.Scalar.DATE),
        /** Date and time of day in no zone: of a {@code Timestamp}, what a clock in UTC shows. */
        LOCAL_TIMESTAMP(ColumnType.Scalar.LOCAL_TIMESTAMP_MICROS),
        /** JSON: of an {@code optional string} that holds JSON text; other text makes a record bad. */
        JSON(ColumnType.Scalar.JSON);

        private final ColumnType.Scalar type;

        Form(ColumnType.Scalar type) {
            this.type = type;
        }

        /** The column's type. */
        public ColumnType.Scalar type() {
            return type;
        }
    }

    /** Units of time. */
    public enum Times {
        /** Years -290,000 to 294,000. */
        MICROS(1_000_000, ColumnType.Scalar.TIMESTAMP_MICROS),
        /** Years 1677 to 2262, with every digit that protobuf has. */
        NANOS(1_000_000_000, ColumnType.Scalar.TIMESTAMP_NANOS);

        private final long perSecond;
        private final ColumnType.Scalar timestamp;

        Times(long perSecond, ColumnType.Scalar timestamp) {
            this.perSecond = perSecond;
            this.timestamp = timestamp;
        }

        /** How many of them a second has. */
        public long perSecond() {
            return perSecond;
        }

        /** How many nanoseconds one of them has. */
        public int nanos() {
            return (int) (1_000_000_000 / perSecond);
        }

        /** The most seconds, forward and back, that still fit a column when any int of nanoseconds is added. */
        public long maxSeconds() {
            return Long.MAX_VALUE / perSecond - 3;
        }

        /** What a {@code Timestamp} is in a data file. */
        public ColumnType.Scalar timestamp() {
            return timestamp;
        }
    }

    public ProtobufMapping {
        if (depth < 1) {
            throw new IllegalArgumentException("depth is " + depth + ", at least 1 is needed");
        }
        forms = Collections.unmodifiableMap(new TreeMap<>(forms));
        required = Collections.unmodifiableSet(new TreeSet<>(required));
    }

    /** Every column of its usual type, none required. */
    public ProtobufMapping(int depth, Times times) {
        this(depth, times, Map.of(), Set.of());
    }

    /** The default with another depth. */
    public static ProtobufMapping ofDepth(int depth) {
        return new ProtobufMapping(depth, Times.MICROS);
    }
}
