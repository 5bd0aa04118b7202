package dev.alluvium.config;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes in bytes: {@code 128 MiB}, {@code 64kB}, {@code 1GiB}, {@code 4096}. Zero and more. */
final class SizeSyntax implements Syntax<Long> {
    static final SizeSyntax SIZE = new SizeSyntax();

    private static final Pattern FORM = Pattern.compile("([0-9]{1,18}) ?([A-Za-z]*)");
    private static final Map<String, Long> UNITS = Map.of(
            "", 1L,
            "B", 1L,
            "kB", 1_000L,
            "MB", 1_000_000L,
            "GB", 1_000_000_000L,
            "TB", 1_000_000_000_000L,
            "KiB", 1L << 10,
            "MiB", 1L << 20,
            "GiB", 1L << 30,
            "TiB", 1L << 40);

    private SizeSyntax() {}

    @Override
    public Long parse(String text) {
        Matcher matcher = FORM.matcher(text);
        Long unit = matcher.matches() ? UNITS.get(matcher.group(2)) : null;
        if (unit == null) {
            throw new IllegalArgumentException("is not a size; write 4096, 64kB, 128 MiB or 1GiB");
        }
        try {
            return Math.multiplyExact(Long.parseLong(matcher.group(1)), unit);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("is too large a size", e);
        }
    }

    /** A size between two bounds, both allowed. */
    static Syntax<Long> between(long least, long most) {
        String values = "size, " + Bounds.of(least, most, SizeSyntax::format);
        return new Form<>(values, text -> parse(text, least, most), SizeSyntax::format);
    }

    private static long parse(String text, long least, long most) {
        long size = SIZE.parse(text);
        if (size < least || size > most) {
            throw new IllegalArgumentException("is not a size from " + format(least) + " to " + format(most));
        }
        return size;
    }

    @Override
    public String values() {
        return "size";
    }

    @Override
    public String write(Long value) {
        return format(value);
    }

    private static String format(long bytes) {
        for (String unit : List.of("TiB", "GiB", "MiB", "KiB")) {
            long unitBytes = UNITS.getOrDefault(unit, 1L);
            if (bytes >= unitBytes && bytes % unitBytes == 0) {
                return bytes / unitBytes + " " + unit;
            }
        }
        return bytes + " B";
    }
}
