package dev.alluvium.decode;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Numbers as ECMAScript writes them (ECMA-262, Number::toString): the fewest digits that read back as the same double,
 * and of those the closest. {@code Double.toString} before Java 19 often writes more, and formats differently always.
 */
final class EcmaNumber {
    /** Decimals of up to this many digits survive the way through any normal double. */
    private static final int ALWAYS_EXACT_DIGITS = 15;

    private static final int MAX_DIGITS = 17;
    /** Whole numbers up to here have all their digits, and negative zero loses its sign. */
    private static final double MAX_SAFE_INTEGER = 0x1p53;

    private static final int MAX_PLAIN_EXPONENT = 21;
    private static final int MIN_PLAIN_EXPONENT = -6;

    private EcmaNumber() {}

    /** The text of a number as JSON.stringify gives it: a value that is not finite becomes {@code null}. */
    static void append(StringBuilder out, double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            out.append("null");
            return;
        }
        if (Math.abs(value) <= MAX_SAFE_INTEGER && value == Math.rint(value)) {
            out.append((long) value);
            return;
        }
        if (value < 0) {
            out.append('-');
        }
        BigDecimal shortest = shortest(Math.abs(value));
        String digits = shortest.unscaledValue().toString();
        layOut(out, digits, digits.length() - shortest.scale());
    }

    /** The closest decimal with the fewest digits that reads back as this positive double; no trailing zeros. */
    private static BigDecimal shortest(double value) {
        BigDecimal exact = new BigDecimal(value);
        // Subnormals carry fewer digits, so that the search starts at one.
        int first = value < Double.MIN_NORMAL ? 1 : ALWAYS_EXACT_DIGITS;
        for (int digits = first; digits < MAX_DIGITS; digits++) {
            // Below a power of two doubles lie closer: the nearer neighbour may miss where the farther one hits.
            BigDecimal down = exact.round(new MathContext(digits, RoundingMode.DOWN));
            BigDecimal up = exact.round(new MathContext(digits, RoundingMode.UP));
            boolean downHits = down.doubleValue() == value;
            boolean upHits = up.doubleValue() == value;
            if (downHits && upHits) {
                return exact.round(new MathContext(digits, RoundingMode.HALF_EVEN))
                        .stripTrailingZeros();
            }
            if (downHits || upHits) {
                return (downHits ? down : up).stripTrailingZeros();
            }
        }
        return exact.round(new MathContext(MAX_DIGITS, RoundingMode.HALF_EVEN)).stripTrailingZeros();
    }

    /** Places the point: the value is 0.DIGITS times ten to the {@code exponent}. */
    private static void layOut(StringBuilder out, String digits, int exponent) {
        int count = digits.length();
        if (exponent > MAX_PLAIN_EXPONENT || exponent <= MIN_PLAIN_EXPONENT) {
            out.append(digits.charAt(0));
            if (count > 1) {
                out.append('.').append(digits, 1, count);
            }
            out.append('e').append(exponent > 0 ? "+" : "").append(exponent - 1);
        } else if (exponent <= 0) {
            out.append("0.").append("0".repeat(-exponent)).append(digits);
        } else if (count <= exponent) {
            out.append(digits).append("0".repeat(exponent - count));
        } else {
            out.append(digits, 0, exponent).append('.').append(digits, exponent, count);
        }
    }
}
