package dev.alluvium.batch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** An object key with placeholders in braces: {@code deltas/{date}/{table}-{firstOffset}.parquet}. Immutable. */
public final class KeyTemplate {
    /** What every cut determines. */
    public static final Set<String> OF_EVERY_CUT = Set.of(
            "pipeline",
            "topic",
            "partition",
            "firstOffset",
            "lastOffset",
            "endOffset",
            "records",
            "minTimestamp",
            "maxTimestamp");

    private record Part(String text, boolean isPlaceholder) {}

    private final String text;
    private final List<Part> parts;

    /**
     * @param known the placeholders that will have a value
     * @throws IllegalArgumentException if the text uses another one or a brace is not closed; the message says so
     */
    public KeyTemplate(String text, Set<String> known) {
        this.text = text;
        this.parts = parse(text);
        for (Part part : parts) {
            if (part.isPlaceholder() && !known.contains(part.text())) {
                throw new IllegalArgumentException(
                        "key template has no placeholder {" + part.text() + "}; it may use " + new TreeSet<>(known));
            }
        }
    }

    private static List<Part> parse(String text) {
        List<Part> parts = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int open = text.indexOf('{', at);
            if (open < 0) {
                parts.add(new Part(text.substring(at), false));
                break;
            }
            int close = text.indexOf('}', open);
            if (close < 0) {
                throw new IllegalArgumentException("key template has an open brace at position " + open);
            }
            if (open > at) {
                parts.add(new Part(text.substring(at, open), false));
            }
            parts.add(new Part(text.substring(open + 1, close), true));
            at = close + 1;
        }
        return List.copyOf(parts);
    }

    /** What a group that holds one day determines besides: its own, its {@code date}, and the three parts of that. */
    public static Set<String> ofOneDay(String... own) {
        Set<String> all = new TreeSet<>(List.of(own));
        all.addAll(List.of("date", "year", "month", "day"));
        return Set.copyOf(all);
    }

    /** {@code 2026}, {@code 02} and {@code 06} of {@code 2026-02-06}, by placeholder; nothing of a group that has no date or says them itself. */
    public static Map<String, String> partsOfDate(Map<String, String> attributes) {
        String date = attributes.get("date");
        if (date == null || attributes.containsKey("year")) {
            return Map.of();
        }
        // Years before 0 and after 9999 have a sign, so the parts are counted from the end.
        int end = date.length();
        return Map.of(
                "year", date.substring(0, end - 6),
                "month", date.substring(end - 5, end - 3),
                "day", date.substring(end - 2));
    }

    /** A key or a part of one without slashes that mean nothing: {@code a/b/} of {@code //a//b/}. */
    public static String collapsed(String key) {
        String single = key.replaceAll("/{2,}", "/");
        return single.startsWith("/") ? single.substring(1) : single;
    }

    /**
     * The key for these values. Any store takes it, and {@link #qualify} of it: what is too long ends in a hash of all that
     * it would have been.
     */
    public String expand(Map<String, String> values) {
        StringBuilder key = new StringBuilder();
        for (Part part : parts) {
            if (!part.isPlaceholder()) {
                key.append(part.text());
                continue;
            }
            String value = values.get(part.text());
            if (value == null) {
                throw new IllegalStateException("no value for {" + part.text() + "} of key template " + text);
            }
            key.append(value);
        }
        return FittingKey.of(collapsed(key.toString()));
    }

    /**
     * A key beside a taken one: {@code a/b.parquet} becomes {@code a/b-3-17.parquet}.
     *
     * @param firstOffset of the cut, so that the key is its alone
     */
    public static String qualify(String key, int partition, long firstOffset) {
        int dot = key.lastIndexOf('.');
        int end = dot > key.lastIndexOf('/') ? dot : key.length();
        return key.substring(0, end) + "-" + partition + "-" + firstOffset + key.substring(end);
    }

    @Override
    public String toString() {
        return text;
    }
}
