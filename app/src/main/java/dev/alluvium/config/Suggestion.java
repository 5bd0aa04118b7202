package dev.alluvium.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** What somebody probably meant by a word that is not known. */
final class Suggestion {
    private Suggestion() {}

    /** The nearest word if it is near, or else all of them. */
    static String of(String word, Collection<String> known) {
        Optional<String> nearest = known.stream().min(Comparator.comparingInt(candidate -> distance(word, candidate)));
        if (nearest.isPresent() && distance(word, nearest.get()) <= Math.max(2, word.length() / 3)) {
            return "did you mean \"" + nearest.get() + "\"?";
        }
        return known.isEmpty() ? "there are none here" : "known here: " + String.join(", ", known);
    }

    /** Levenshtein distance that takes no notice of case. */
    private static int distance(String left, String right) {
        String a = left.toLowerCase(Locale.ROOT);
        String b = right.toLowerCase(Locale.ROOT);
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, Math.min(previous[j], row[j - 1]) + 1);
            }
            previous = row;
        }
        return previous[b.length()];
    }
}
