package dev.alluvium.schema;

/**
 * What can be chosen of the way from protobuf to columns.
 *
 * @param depth how often a message type may occur on the way from the root to a field, the root included, at least 1;
 *     the next occurrence is a BINARY column with the serialized message
 * @param times the unit of {@code Timestamp} and {@code Duration} columns
 */
public record ProtobufMapping(int depth, Times times) {

    /** Recursive messages three levels deep, times in microseconds. */
    public static final ProtobufMapping DEFAULT = new ProtobufMapping(3, Times.MICROS);

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
    }

    /** The default with another depth. */
    public static ProtobufMapping ofDepth(int depth) {
        return new ProtobufMapping(depth, Times.MICROS);
    }
}
