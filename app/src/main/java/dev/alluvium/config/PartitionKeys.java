package dev.alluvium.config;

import dev.alluvium.decode.PartitionField.EpochUnit;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;

/** The keys that say what divides messages into files, and how their keys look. */
final class PartitionKeys {
    /** By what files are divided. */
    enum By {
        YEAR,
        MONTH,
        DAY,
        HOUR,
        RANGE,
        VALUE
    }

    private static final Syntax<String> PATH = Syntax.matching(
            Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*(\\.[a-zA-Z_][a-zA-Z0-9_]*)*"),
            "a field",
            "its name, or a path such as header.tenant");

    static final Key<String> PARTITION_BY = Key.group(
            "partitionBy",
            "list",
            "`[{ by: day }]`",
            "What divides records into files and keys, in this order; `[]` for nothing. At most one is a time. Each combination"
                    + " of values has an open batch: see `openGroups`. A record without a value is in the null group"
                    + " (`__HIVE_DEFAULT_PARTITION__`), never rejected");

    static final Key<By> BY = Key.required(
            "by",
            Syntax.oneOf(Map.of(
                    "year", By.YEAR, "month", By.MONTH, "day", By.DAY, "hour", By.HOUR, "range", By.RANGE, "value",
                    By.VALUE)),
            "A slice of time in UTC, a `range` of an integer, or the `value` of a string, integer, boolean or enum");

    static final Key<String> FIELD = Key.optional(
            "field",
            PATH,
            "the record's timestamp; required with `range` and `value`",
            "Field of the message, a path of singular ones: `header.tenant`. For a time a `google.protobuf.Timestamp`, an"
                    + " integer with `unit`, or RFC 3339 text");

    static final Key<EpochUnit> UNIT = Key.optional(
            "unit",
            Syntax.oneOf(Map.of("s", EpochUnit.SECONDS, "ms", EpochUnit.MILLIS, "us", EpochUnit.MICROS)),
            "none; required where a time is an integer",
            "What the integer counts since 1970");

    static final Key<Long> SIZE = Key.optional(
            "size",
            Syntax.number(1L, 1L << 50),
            "none; required with `range`",
            "Integers in a range: with 10000 ranges are `420000-429999`, `430000-439999`. Small ones make small files");

    static final Key<String> AS = Key.optional(
            "as",
            Syntax.matching(Pattern.compile("[a-zA-Z_][a-zA-Z0-9_.-]{0,63}"), "a name", "letters, digits, _ . and -"),
            "`range`, or the field of a `value`",
            "Name of the placeholder, and of the folder of layout `hive`");

    static final Key<String> RANGE_FIELD = Key.optional(
            "field",
            PATH,
            "none",
            "Integer whose least and greatest value in a file its key can name: `{min}` and `{max}`");

    static final Key<KeyLayout> LAYOUT = Key.of(
            "layout",
            Syntax.oneOf(Map.of("plain", KeyLayout.PLAIN, "hive", KeyLayout.HIVE)),
            KeyLayout.PLAIN,
            "The default of `files.key`: folders of values (`2026-02-06`), or of names and values"
                    + " (`year=2026/month=02/day=06`), which readers of hive-style tables take for columns");

    static final Key<Duration> LATE_AFTER = Key.optional(
            "after",
            DurationSyntax.DURATION,
            "never",
            "A slice of time is complete when the greatest time read, of the record or of the field by which files are divided,"
                    + " is so far beyond its end; its batch is cut then (`slice_end`). Short ones make more late files");

    static final Key<Duration> LATE_KEEP = Key.of(
            "keep",
            DurationSyntax.DURATION,
            Duration.ofMinutes(30),
            "How long a batch of records that come after that stays open, by the wall clock, unless it is full before."
                    + " `{late}` is `-late` in its key, and empty in all others. With `late.after` only");

    private PartitionKeys() {}
}
