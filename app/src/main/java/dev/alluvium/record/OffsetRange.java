package dev.alluvium.record;

/**
 * A range of offsets of one partition.
 *
 * @param first the first offset, inclusive
 * @param end the end, exclusive
 */
public record OffsetRange(long first, long end) {
    public OffsetRange {
        if (first < 0 || end < first) {
            throw new IllegalArgumentException("not an offset range: [" + first + ", " + end + ")");
        }
    }
}
