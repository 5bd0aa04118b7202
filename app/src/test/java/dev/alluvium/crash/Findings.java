package dev.alluvium.crash;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What a check has found: how often each problem, with the first places of it. Not thread safe. */
final class Findings {
    private static final int EXAMPLES = 5;

    private final Map<Problem, Integer> counts = new EnumMap<>(Problem.class);
    private final Map<Problem, List<String>> examples = new EnumMap<>(Problem.class);
    private final Map<String, Long> totals = new TreeMap<>();

    void add(Problem problem, String where) {
        counts.merge(problem, 1, Integer::sum);
        List<String> places = examples.computeIfAbsent(problem, p -> new ArrayList<>());
        if (places.size() < EXAMPLES) {
            places.add(where);
        }
    }

    /** Counts what was looked at, so that nobody takes a check of nothing for a good one. */
    void looked(String at, long count) {
        totals.merge(at, count, Long::sum);
    }

    boolean isClean() {
        return counts.isEmpty();
    }

    int count(Problem problem) {
        return counts.getOrDefault(problem, 0);
    }

    /** The kinds of problem there are. */
    Set<Problem> problems() {
        return counts.keySet();
    }

    /** How many of something the check has looked at: {@code deltas records}. */
    long total(String of) {
        return totals.getOrDefault(of, 0L);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("checked ").append(totals).append(": ");
        if (isClean()) {
            return text.append("no problem").toString();
        }
        text.append(counts);
        examples.forEach((problem, places) -> places.forEach(
                place -> text.append("\n  ").append(problem).append(": ").append(place)));
        return text.toString();
    }
}
