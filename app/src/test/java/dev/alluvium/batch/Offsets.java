package dev.alluvium.batch;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Sets of small offsets as the bits of a long, so that whole archives compare in one step. */
final class Offsets {
    private Offsets() {}

    static long bit(long offset) {
        return 1L << offset;
    }

    static boolean has(long offsets, long offset) {
        return (offsets & bit(offset)) != 0;
    }

    /** All offsets below the bound, which is 63 at most. */
    static long below(long bound) {
        return bit(bound) - 1;
    }

    /** Adds offsets to those of a group. */
    static void add(Map<String, Long> offsetsByGroup, String group, long offsets) {
        offsetsByGroup.merge(group, offsets, (a, b) -> a | b);
    }

    static long of(Map<String, Long> offsetsByGroup, String group) {
        return offsetsByGroup.getOrDefault(group, 0L);
    }

    static long all(Map<String, Long> offsetsByGroup) {
        return offsetsByGroup.values().stream().reduce(0L, (a, b) -> a | b);
    }

    static String toString(Map<String, Long> offsetsByGroup) {
        return new TreeMap<>(offsetsByGroup)
                .entrySet().stream()
                        .map(of -> of.getKey() + toString(of.getValue()))
                        .collect(Collectors.joining(" "));
    }

    static String toString(long offsets) {
        return LongStream.range(0, Long.SIZE)
                .filter(offset -> has(offsets, offset))
                .mapToObj(Long::toString)
                .collect(Collectors.joining(",", "{", "}"));
    }
}
