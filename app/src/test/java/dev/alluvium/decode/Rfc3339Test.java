package dev.alluvium.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Rfc3339Test {
    private static long second(String text) {
        byte[] bytes = ("<" + text + ">").getBytes(StandardCharsets.UTF_8);
        return Rfc3339.epochSecond(bytes, 1, bytes.length - 1);
    }

    @ParameterizedTest
    @CsvSource({
        "1970-01-01T00:00:00Z, 0",
        "2025-07-13T09:36:17Z, 1752399377",
        "2025-07-13t09:36:17.999999999z, 1752399377",
        "2025-07-13 11:36:17.5+02:00, 1752399377",
        "2025-07-12T23:36:17-10:00, 1752399377",
        "1969-12-31T23:59:59.5Z, -1",
        "2000-02-29T00:00:00Z, 951782400",
        "2016-12-31T23:59:60Z, 1483228799",
        "0000-01-01T00:00:00Z, -62167219200",
        "9999-12-31T23:59:59Z, 253402300799",
    })
    void readsTheSecondOfATime(String text, long second) {
        assertThat(second(text)).isEqualTo(second);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2025-07-13",
                "2025-07-13T09:36:17",
                "2025-07-13T09:36Z",
                "2025-07-13T09:36:17.Z",
                "2025-07-13T09:36:17+0200",
                "2025-07-13T09:36:17+24:00",
                "2025-07-13T24:00:00Z",
                "2025-02-29T00:00:00Z",
                "1900-02-29T00:00:00Z",
                "2025-13-01T00:00:00Z",
                "2025-00-01T00:00:00Z",
                "2025-01-00T00:00:00Z",
                "+2025-07-13T09:36:17Z",
                "2025-07-13T09:36:17Z ",
                "2025-07-13T09:36:1७Z",
                "20250713T093617Z000000",
                "1752399377",
            })
    void takesNothingElseForATime(String text) {
        assertThat(second(text)).isEqualTo(Rfc3339.NONE);
    }

    @Test
    void agreesWithTheLibraryOnAnyTime() {
        for (long seed = 0; seed < 5_000; seed++) {
            Random random = new Random(seed);
            OffsetDateTime time = LocalDateTime.of(
                            random.nextInt(1, 9_999),
                            random.nextInt(1, 13),
                            random.nextInt(1, 29),
                            random.nextInt(24),
                            random.nextInt(60),
                            random.nextInt(60))
                    .plusDays(random.nextInt(31))
                    .plusNanos(random.nextBoolean() ? random.nextInt(1_000_000_000) : 0)
                    .atOffset(ZoneOffset.ofHoursMinutes(random.nextInt(18), random.nextInt(60)));
            String text = DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time);
            if (text.charAt(0) != '+') {
                assertThat(second(text)).as("seed %d: %s", seed, text).isEqualTo(time.toEpochSecond());
            }
        }
    }
}
