package dev.alluvium.decode;

import java.util.Map;
import java.util.Set;

/**
 * How the least and the greatest {@link RecordDecoder#rangeValue} of a file are written into its key.
 *
 * @param least the placeholder
 * @param greatest the placeholder
 * @param isSigned whether the numbers may be negative
 */
public record KeyRange(String least, String greatest, boolean isSigned) {
    /** The clocks of deltas. */
    public static final KeyRange HLC = new KeyRange("minHlc", "maxHlc", false);

    /** The placeholders of a field's range. */
    static final Set<String> PLACEHOLDERS = Set.of("min", "max");

    /** What stands for the numbers of a file in which no record has one. */
    private static final String NO_VALUE = "none";

    /** The range of a field. */
    static KeyRange ofField(boolean isSigned) {
        return new KeyRange("min", "max", isSigned);
    }

    /** A number as a {@link RecordDecoder#rangeValue}: in unsigned order. */
    long ordered(long value) {
        return isSigned ? value ^ Long.MIN_VALUE : value;
    }

    /** The values of both placeholders; the least is above the greatest where there was none. */
    public Map<String, String> values(long leastValue, long greatestValue) {
        return Long.compareUnsigned(leastValue, greatestValue) > 0
                ? Map.of(least, NO_VALUE, greatest, NO_VALUE)
                : Map.of(least, text(leastValue), greatest, text(greatestValue));
    }

    private String text(long value) {
        return isSigned ? Long.toString(value ^ Long.MIN_VALUE) : Long.toUnsignedString(value);
    }
}
