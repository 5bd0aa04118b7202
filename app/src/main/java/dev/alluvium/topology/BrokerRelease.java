package dev.alluvium.topology;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Which release of Kafka a level of the feature {@code metadata.version} stands for. */
final class BrokerRelease {
    static final String FEATURE = "metadata.version";

    /** The last level of each release; Kafka's own list is not part of its client. */
    private static final NavigableMap<Integer, String> LAST_LEVEL = new TreeMap<>(Map.ofEntries(
            Map.entry(7, "3.3"),
            Map.entry(8, "3.4"),
            Map.entry(11, "3.5"),
            Map.entry(14, "3.6"),
            Map.entry(19, "3.7"),
            Map.entry(20, "3.8"),
            Map.entry(21, "3.9"),
            Map.entry(25, "4.0"),
            Map.entry(27, "4.1"),
            Map.entry(29, "4.2"),
            Map.entry(30, "4.3")));

    private BrokerRelease() {}

    /** As in {@code 4.0}; levels that are newer than this program are called so. */
    static String of(int level) {
        Map.Entry<Integer, String> release = LAST_LEVEL.ceilingEntry(level);
        return release == null ? "newer than " + LAST_LEVEL.lastEntry().getValue() : release.getValue();
    }
}
