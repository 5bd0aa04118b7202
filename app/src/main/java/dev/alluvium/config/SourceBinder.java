package dev.alluvium.config;

import dev.alluvium.topology.SourceSettings;
import dev.alluvium.topology.SourceSettings.GapPolicy;
import dev.alluvium.topology.SourceSettings.MissingPolicy;
import dev.alluvium.topology.StartPosition;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What a pipeline reads. */
final class SourceBinder {
    private static final Key<String> TOPICS = Key.optional("topics", Names.TOPIC, "this or `pattern`", "Topic names");

    private static final Key<Pattern> PATTERN = Key.optional(
            "pattern",
            Syntax.regex(),
            "this or `topics`",
            "Regular expression that a whole topic name matches. One that takes in a dead-letter or manifest topic is"
                    + " refused: it would archive its own output for ever");

    private static final Key<StartPosition> START = Key.of(
            "start",
            new Form<>(
                    "`earliest`, `latest`, a time, or one of the next two keys",
                    SourceBinder::position,
                    SourceBinder::word),
            new StartPosition.Earliest(),
            "Where a partition begins that has never been read: `earliest`, `latest`, a time such as"
                    + " `2026-01-01T00:00:00Z`, a file of offsets or where another group stopped. Later starts go on where the"
                    + " ledger says");

    private static final Key<Path> START_OFFSETS = Key.optional(
            "offsets",
            Syntax.path(),
            "none",
            "The file: lines of `topic,partition,offset`; a partition that is not in it stops the start");

    private static final Key<String> START_GROUP = Key.optional(
            "group",
            Syntax.text(),
            "none",
            "Consumer group of what archived the topics before, such as `connect-NAME` of a Kafka Connect sink: a"
                    + " partition begins at the group's committed offset. A group with members, and a partition that it"
                    + " has no offset of, stop the start");

    private static final Key<GapPolicy> ON_GAP = Key.of(
            "onGap",
            Syntax.oneOf(Map.of("stop", GapPolicy.STOP, "continue", GapPolicy.CONTINUE)),
            GapPolicy.STOP,
            "When the broker dropped records before they were archived: `stop`, or `continue` and count them."
                    + " `continue` loses data with nothing but a metric and a log line to tell");

    private static final Key<MissingPolicy> ON_MISSING = Key.of(
            "onMissing",
            Syntax.oneOf(Map.of("fail", MissingPolicy.FAIL, "wait", MissingPolicy.WAIT)),
            MissingPolicy.FAIL,
            "When a topic does not exist, or none matches the pattern: `fail` stops the pipeline, so that a misspelled"
                    + " name is seen at once; `wait` looks again every 5 s, not ready meanwhile, and goes on when the topic"
                    + " is there");

    private static final Key<String> COMPACTED = Key.optional(
            "compacted",
            Names.TOPIC,
            "none",
            "Source topics that may be compacted. Any other compacted topic is refused: compaction drops records before"
                    + " they are archived");

    private static final Key<Boolean> BY_RUN = Key.of(
            "byRun",
            Syntax.flag(),
            true,
            "Whether Kafka Streams gets up to 500 records of a partition as one, which costs less. Its own metrics count"
                    + " runs then, those of the product count records as ever; it commits and pauses between runs."
                    + " `buffered.records.per.partition` still means records");

    private SourceBinder() {}

    static Bound<SourceSettings> bind(Section section) {
        Bound<List<String>> topics = section.list(TOPICS);
        Bound<Optional<Pattern>> pattern = section.find(PATTERN);
        Bound<StartPosition> start = start(section);
        Bound<GapPolicy> onGap = section.get(ON_GAP);
        Bound<MissingPolicy> onMissing = section.get(ON_MISSING);
        Bound<List<String>> compacted = section.list(COMPACTED);
        Bound<Boolean> byRun = section.get(BY_RUN);
        topics.value().ifPresent(names -> refuseRepeats(section, names));
        return section.build(() -> new SourceSettings(
                topics.get(),
                pattern.get().orElse(null),
                start.get(),
                onGap.get(),
                onMissing.get(),
                compacted.get(),
                byRun.get()));
    }

    private static Bound<StartPosition> start(Section section) {
        if (section.isSection("start")) {
            return elsewhere(section.section(START));
        }
        return section.get(START);
    }

    private static Bound<StartPosition> elsewhere(Section section) {
        Bound<Optional<Path>> file = section.find(START_OFFSETS);
        Bound<Optional<String>> group = section.find(START_GROUP);
        return section.build(() -> {
            if (file.get().isPresent() == group.get().isPresent()) {
                throw new IllegalArgumentException("needs either offsets or group");
            }
            return file.get()
                    .<StartPosition>map(StartPosition.Offsets::new)
                    .orElseGet(() -> new StartPosition.Group(group.get().orElseThrow()));
        });
    }

    private static StartPosition position(String text) {
        if (text.equals("earliest")) {
            return new StartPosition.Earliest();
        }
        if (text.equals("latest")) {
            return new StartPosition.Latest();
        }
        try {
            return new StartPosition.At(Syntax.instant().parse(text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "is not a start; write earliest, latest, 2026-01-01T00:00:00Z, {offsets: FILE} or {group: NAME}",
                    e);
        }
    }

    private static String word(StartPosition position) {
        return position.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    private static void refuseRepeats(Section section, List<String> topics) {
        Set<String> seen = new HashSet<>();
        for (String topic : topics) {
            if (!seen.add(topic)) {
                section.problem("topics", "names \"" + topic + "\" twice");
            }
        }
    }
}
