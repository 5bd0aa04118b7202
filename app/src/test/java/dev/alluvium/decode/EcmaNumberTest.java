package dev.alluvium.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EcmaNumberTest {
    private static final long SEED = 20_260_206;

    /** As node prints them. */
    @ParameterizedTest
    @CsvSource({
        "0.0, 0",
        "-0.0, 0",
        "1.0, 1",
        "-1.5, -1.5",
        "0.1, 0.1",
        "1e21, 1e+21",
        "1e20, 100000000000000000000",
        "123456789012345680000.0, 123456789012345680000",
        "1e-6, 0.000001",
        "1e-7, 1e-7",
        "1.5e-7, 1.5e-7",
        "123456789.125, 123456789.125",
        "9007199254740992, 9007199254740992",
        "9007199254740993, 9007199254740992",
        "9.5e15, 9500000000000000",
        "18014398509481984, 18014398509481984",
        "4.9E-324, 5e-324",
        "2.2250738585072014E-308, 2.2250738585072014e-308",
        "1.7976931348623157E308, 1.7976931348623157e+308",
        "5.684341886080801486968994140625E-14, 5.684341886080802e-14",
        "2.0E-3, 0.002",
        "2e23, 2e+23",
        "9.007199254740993E22, 9.007199254740994e+22",
        "-9223372036854775808, -9223372036854776000",
        "-2.5e-300, -2.5e-300",
        "NaN, null",
        "Infinity, null",
        "1.0E23, 1e+23",
        "0.000001234, 0.000001234",
        "4.35, 4.35",
        "1000000.5, 1000000.5"
    })
    void writesNumbersAsEcmaScriptDoes(double value, String expected) {
        assertThat(text(value)).isEqualTo(expected);
    }

    @Test
    void writesTheFewestDigitsThatReadBackAndOfThoseTheClosest() {
        Random random = new Random(SEED);
        for (int i = 0; i < 10_000; i++) {
            double value = next(random, i);
            String text = text(value);

            assertThat(Double.parseDouble(text))
                    .as("seed %d, value %d", SEED, i)
                    .isEqualTo(value);
            BigDecimal written = new BigDecimal(text).abs().stripTrailingZeros();
            assertThat(isShortestAndClosest(written, Math.abs(value)))
                    .as("seed %d, value %d: %s is shortest and closest", SEED, i, text)
                    .isTrue();
        }
    }

    @Test
    void theCheckItselfRefusesLongerAndFartherDecimals() {
        assertThat(isShortestAndClosest(new BigDecimal("0.1"), 0.1)).isTrue();
        assertThat(isShortestAndClosest(new BigDecimal("0.10000000000000001"), 0.1))
                .isFalse();
        assertThat(isShortestAndClosest(new BigDecimal("4.9E-324"), Double.MIN_VALUE))
                .isFalse();
        assertThat(isShortestAndClosest(new BigDecimal("4E-324"), Double.MIN_VALUE))
                .isFalse();
    }

    private static String text(double value) {
        StringBuilder out = new StringBuilder();
        EcmaNumber.append(out, value);
        return out.toString();
    }

    /** All bit patterns, powers of two (where the gap below is half), subnormals, decimals as people write them. */
    private static double next(Random random, int i) {
        while (true) {
            double value = switch (i % 5) {
                case 0, 1 -> Double.longBitsToDouble(random.nextLong());
                case 2 -> Math.scalb(random.nextBoolean() ? 1.0 : -1.0, random.nextInt(2_098) - 1_074);
                case 3 -> Double.longBitsToDouble(random.nextLong() >>> (12 + random.nextInt(52)));
                default -> random.nextInt(1_000_000_000) / Math.pow(10, random.nextInt(12));
            };
            if (value != 0 && !Double.isNaN(value) && !Double.isInfinite(value)) {
                return value;
            }
        }
    }

    /** Judged by the exact interval of the decimals that round to the double, without parsing any. */
    private static boolean isShortestAndClosest(BigDecimal written, double value) {
        BigDecimal exact = new BigDecimal(value);
        BigDecimal two = BigDecimal.valueOf(2);
        BigDecimal low = exact.add(new BigDecimal(Math.nextDown(value))).divide(two);
        BigDecimal gapUp = value == Double.MAX_VALUE
                ? new BigDecimal(Math.ulp(value))
                : new BigDecimal(Math.nextUp(value)).subtract(exact);
        BigDecimal high = exact.add(gapUp.divide(two));
        boolean inclusive = (Double.doubleToLongBits(value) & 1) == 0;
        boolean shorterExists = anyMultipleWithin(low, high, written.scale() - 1, inclusive);
        BigDecimal unit = BigDecimal.ONE.movePointLeft(written.scale());
        BigDecimal distance = written.subtract(exact).abs();
        boolean fartherThanNeighbour = isCloserAndWithin(written.add(unit), exact, distance, low, high, inclusive)
                || isCloserAndWithin(written.subtract(unit), exact, distance, low, high, inclusive);
        return !shorterExists && !fartherThanNeighbour;
    }

    private static boolean anyMultipleWithin(BigDecimal low, BigDecimal high, int scale, boolean inclusive) {
        BigInteger least = low.setScale(scale, RoundingMode.CEILING).unscaledValue();
        BigDecimal candidate = new BigDecimal(least, scale);
        return (candidate.signum() > 0 && isWithin(candidate, low, high, inclusive))
                || isWithin(new BigDecimal(least.add(BigInteger.ONE), scale), low, high, inclusive);
    }

    private static boolean isCloserAndWithin(
            BigDecimal other, BigDecimal exact, BigDecimal distance, BigDecimal low, BigDecimal high, boolean inc) {
        return other.subtract(exact).abs().compareTo(distance) < 0 && isWithin(other, low, high, inc);
    }

    private static boolean isWithin(BigDecimal x, BigDecimal low, BigDecimal high, boolean inclusive) {
        int least = inclusive ? 0 : 1;
        return x.compareTo(low) >= least && high.compareTo(x) >= least;
    }
}
