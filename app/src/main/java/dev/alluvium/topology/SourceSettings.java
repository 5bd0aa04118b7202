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
 * @param onMissing what happens while a topic is not there, or none matches the pattern
 * @param compacted source topics that may be compacted, by name; any other compacted topic is refused
 * @param byRun whether Kafka Streams gets what a poll brings of a partition as one record
 */
public record SourceSettings(
        List<String> topics,
        @Nullable Pattern pattern,
        StartPosition start,
        GapPolicy onGap,
        MissingPolicy onMissing,
        List<String> compacted,
        boolean byRun) {

    /** What to do when records were dropped before they were archived. */
    public enum GapPolicy {
        STOP,
        CONTINUE
    }

    /** What to do while a source topic does not exist. */
    public enum MissingPolicy {
        /** The pipeline stops: a misspelled name is seen at once. */
        FAIL,
        /** The pipeline looks again from time to time, not ready, until the topic is there. */
        WAIT
    }

    public SourceSettings {
        topics = List.copyOf(topics);
        compacted = List.copyOf(compacted);
        if (topics.isEmpty() == (pattern == null)) {
            throw new IllegalArgumentException("a source needs either topics or a pattern");
        }
    }
}
