package dev.alluvium.decode;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How long a slice of time is. Slices are those of the calendar in UTC, from year 0 to year 9999, and have consecutive
 * numbers; what lies outside is in none.
 */
public enum TimePeriod {
    YEAR,
    MONTH,
    DAY,
    HOUR;

    /** The number of no slice. */
    static final long NONE = Long.MIN_VALUE;

    private static final long FIRST_SECOND = LocalDate.of(0, 1, 1).toEpochDay() * 86_400;
    private static final long LAST_SECOND = LocalDate.of(10_000, 1, 1).toEpochDay() * 86_400 - 1;

    /** What a slice determines: {@code year}, {@code month}, {@code day}, {@code hour}, and {@code date}. */
    public Set<String> placeholders() {
        return switch (this) {
            case YEAR -> Set.of("year");
            case MONTH -> Set.of("year", "month");
            case DAY -> Set.of("year", "month", "day", "date");
            case HOUR -> Set.of("year", "month", "day", "date", "hour");
        };
    }

    /** The number of the slice that a second of the epoch is in; {@link #NONE} if it is in none. */
    long sliceOf(long epochSecond) {
        if (epochSecond < FIRST_SECOND || epochSecond > LAST_SECOND) {
            return NONE;
        }
        return switch (this) {
            case YEAR ->
                LocalDate.ofEpochDay(Math.floorDiv(epochSecond, 86_400L)).getYear();
            case MONTH -> {
                LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(epochSecond, 86_400L));
                yield date.getYear() * 12L + date.getMonthValue() - 1;
            }
            case DAY -> Math.floorDiv(epochSecond, 86_400L);
            case HOUR -> Math.floorDiv(epochSecond, 3_600L);
        };
    }

    private LocalDateTime start(long slice) {
        return switch (this) {
            case YEAR -> LocalDate.of((int) slice, 1, 1).atStartOfDay();
            case MONTH ->
                LocalDate.of((int) Math.floorDiv(slice, 12L), (int) Math.floorMod(slice, 12L) + 1, 1)
                        .atStartOfDay();
            case DAY -> LocalDate.ofEpochDay(slice).atStartOfDay();
            case HOUR ->
                LocalDateTime.of(
                        LocalDate.ofEpochDay(Math.floorDiv(slice, 24L)),
                        LocalTime.of((int) Math.floorMod(slice, 24L), 0));
        };
    }

    /** Where a slice ends, epoch milliseconds, exclusive. */
    long endMs(long slice) {
        return start(slice + 1).toEpochSecond(ZoneOffset.UTC) * 1_000;
    }

    /** A slice as ISO 8601 writes it: {@code 2026}, {@code 2026-02}, {@code 2026-02-06}, {@code 2026-02-06T14}. */
    String text(long slice) {
        if (slice == NONE) {
            return PartitionText.NULL;
        }
        LocalDateTime start = start(slice);
        return switch (this) {
            case YEAR -> padded(start.getYear(), 4);
            case MONTH -> padded(start.getYear(), 4) + '-' + padded(start.getMonthValue(), 2);
            case DAY -> start.toLocalDate().toString();
            case HOUR -> start.toLocalDate().toString() + 'T' + padded(start.getHour(), 2);
        };
    }

    /** The values of {@link #placeholders}, with leading zeros. */
    Map<String, String> attributes(long slice) {
        Map<String, String> all = new TreeMap<>();
        if (slice == NONE) {
            placeholders().forEach(name -> all.put(name, PartitionText.NULL));
            return all;
        }
        LocalDateTime start = start(slice);
        all.put("year", padded(start.getYear(), 4));
        all.put("month", padded(start.getMonthValue(), 2));
        all.put("day", padded(start.getDayOfMonth(), 2));
        all.put("date", start.toLocalDate().toString());
        all.put("hour", padded(start.getHour(), 2));
        all.keySet().retainAll(placeholders());
        return all;
    }

    private static String padded(int number, int digits) {
        return String.format(Locale.ROOT, "%0" + digits + "d", number);
    }
}
