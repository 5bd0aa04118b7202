package dev.alluvium.config;

import dev.alluvium.topology.SourceSettings;
import dev.alluvium.topology.SourceSettings.GapPolicy;
import dev.alluvium.topology.StartPosition;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What a pipeline reads. */
final class SourceBinder {
    private static final Map<String, GapPolicy> GAP_POLICIES =
            Map.of("stop", GapPolicy.STOP, "continue", GapPolicy.CONTINUE);

    private SourceBinder() {}

    static Bound<SourceSettings> bind(Section section) {
        Bound<List<String>> topics = section.list("topics", Names.TOPIC);
        Bound<Optional<Pattern>> pattern = section.optional("pattern", Syntax.regex());
        Bound<StartPosition> start = start(section);
        Bound<GapPolicy> onGap = section.optional("onGap", Syntax.oneOf(GAP_POLICIES), GapPolicy.STOP);
        Bound<List<String>> compacted = section.list("compacted", Names.TOPIC);
        topics.value().ifPresent(names -> refuseRepeats(section, names));
        return section.build(() -> new SourceSettings(
                topics.get(), pattern.get().orElse(null), start.get(), onGap.get(), compacted.get()));
    }

    private static Bound<StartPosition> start(Section section) {
        if (section.isSection("start")) {
            Section offsets = section.section("start");
            Bound<Path> file = offsets.required("offsets", Syntax.path());
            return offsets.build(() -> new StartPosition.Offsets(file.get()));
        }
        return section.optional("start", SourceBinder::position, new StartPosition.Earliest());
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
                    "is not a start; write earliest, latest, 2026-01-01T00:00:00Z or {offsets: FILE}", e);
        }
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
