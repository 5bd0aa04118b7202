package dev.alluvium.topology;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a pipeline reads.
 *
 * @param topics names; empty if {@code pattern} is set
 * @param pattern of topic names; null if {@code topics} are
 * @param onGap what happens when the broker dropped records before they were archived
 * @param compacted source topics that may be compacted, by name; any other compacted topic is refused
 */
public record SourceSettings(
        List<String> topics, @Nullable Pattern pattern, StartPosition start, GapPolicy onGap, List<String> compacted) {

    /** What to do when records were dropped before they were archived. */
    public enum GapPolicy {
        STOP,
        CONTINUE
    }

    public SourceSettings {
        topics = List.copyOf(topics);
        compacted = List.copyOf(compacted);
        if (topics.isEmpty() == (pattern == null)) {
            throw new IllegalArgumentException("a source needs either topics or a pattern");
        }
    }
}
