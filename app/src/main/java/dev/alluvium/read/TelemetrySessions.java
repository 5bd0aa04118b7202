package dev.alluvium.read;

import dev.alluvium.parquet.ColumnChunk;
import dev.alluvium.parquet.FileColumn;
import dev.alluvium.parquet.FileFacts;
import dev.alluvium.parquet.RowGroup;
import dev.alluvium.storage.ListedObject;
import dev.alluvium.storage.ObjectStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Telemetry as sessions and laps. A session is the file that its key template names, and the files beside it that late
 * samples, new channels or the size of the session made, under the same name with partition and first offset: they are
 * read as one. A file counts as the session's by its footer, not by its name alone.
 *
 * <p>A number is a session of one source: of one pipeline, topic and cluster. Where the files of several sources lie under
 * one template, every call about a number that more than one of them has is an IOException that names them, and nothing is
 * deleted; {@link #only} says which is meant.
 *
 * <p>May be used by several threads. Errors of the store and damaged files are an IOException that names the file.
 */
public final class TelemetrySessions {
    /** The template of the specification. */
    public static final String TEMPLATE = "telemetry/{session}.parquet";

    private static final String LAP = "lap_number";
    private static final String TIME = "time";
    private static final Set<String> STANDARD = Set.of(
            TIME, "distance", "lat", "long", "speed", "rpm", "throttle", "brake", "gear", "steering", "glat", "glong");

    private final ObjectStore store;
    private final DataFiles files;
    private final String template;
    private final Predicate<FileFacts> wanted;

    /** What gives a session's number its meaning. */
    private record Source(String pipeline, String topic, String topicId, String clusterId) {
        static Source of(FileFacts facts) {
            return new Source(facts.pipeline(), facts.topic(), facts.topicId(), facts.clusterId());
        }

        @Override
        public String toString() {
            return "pipeline " + pipeline + ", topic " + topic + " (" + topicId + "), cluster " + clusterId;
        }
    }

    /** The sessions of a store, which stays open, under {@link #TEMPLATE}. */
    public TelemetrySessions(ObjectStore store) {
        this(store, TEMPLATE);
    }

    /**
     * @param template as in {@code files.key} of the pipeline
     * @throws IllegalArgumentException unless it has {@code {session}} or {@code {sessionId}} and no other placeholder:
     *     the key must follow from the session
     */
    public TelemetrySessions(ObjectStore store, String template) {
        this(store, template, unused -> true);
        if (key(1).equals(template) || key(1).contains("{")) {
            throw new IllegalArgumentException(
                    "the key template " + template + " must have {session} and no other placeholder");
        }
    }

    private TelemetrySessions(ObjectStore store, String template, Predicate<FileFacts> wanted) {
        this.store = store;
        this.files = DataFiles.of(store);
        this.template = template;
        this.wanted = wanted;
    }

    /**
     * Of these sessions, those of some files alone: {@code only(facts -> facts.pipeline().equals("cars"))}. To all others
     * it is blind, also when it deletes.
     */
    public TelemetrySessions only(Predicate<FileFacts> chosen) {
        return new TelemetrySessions(store, template, wanted.and(chosen));
    }

    private String key(long session) {
        String id = Long.toString(session);
        return template.replace("{session}", id).replace("{sessionId}", id);
    }

    /** All of a session; empty if it has no file. */
    public Optional<SessionTelemetry> read(long session) throws IOException {
        List<DataFile> open = open(session);
        try {
            return open.isEmpty() ? Optional.empty() : Optional.of(read(session, open));
        } finally {
            close(open);
        }
    }

    /**
     * One lap of a session; empty if it has no file or no such lap. Of each file only the row groups are read whose
     * statistics do not rule the lap out.
     */
    public Optional<LapTelemetry> readLap(long session, int lap) throws IOException {
        List<DataFile> open = open(session);
        try {
            Map<Integer, List<TelemetryPoint>> laps = new TreeMap<>();
            for (DataFile file : open) {
                addPoints(file, rowGroup -> mayHold(rowGroup, lap), laps);
            }
            List<TelemetryPoint> points = laps.get(lap);
            return points == null ? Optional.empty() : Optional.of(sorted(lap, points));
        } finally {
            close(open);
        }
    }

    /** Whether a session has a file. */
    public boolean exists(long session) throws IOException {
        List<DataFile> open = open(session);
        close(open);
        return !open.isEmpty();
    }

    /**
     * Removes all files of a session and nothing else; returns how many there were. What is still on its way into the
     * archive comes after that as if it were the first: delete sessions that are closed. docs/reading.md tells what a
     * deletion means for the manifest and the promise of exactly once.
     */
    public int delete(long session) throws IOException {
        List<DataFile> open = open(session);
        close(open);
        int deleted = 0;
        for (DataFile file : open) {
            deleted += store.delete(file.key()) ? 1 : 0;
        }
        return deleted;
    }

    // ---- files of a session ----------------------------------------------------------------------------------------

    /** Those of the session, by the first offset that they hold. */
    private List<DataFile> open(long session) throws IOException {
        String key = key(session);
        int dot = key.lastIndexOf('.');
        int end = dot > key.lastIndexOf('/') ? dot : key.length();
        String stem = key.substring(0, end);
        // By the first character after the session, so that session 7 does not list 70 to 79 and their like.
        List<ListedObject> candidates = new ArrayList<>();
        files.find(key).ifPresent(candidates::add);
        Pattern beside = Pattern.compile(Pattern.quote(stem) + "-\\d+-\\d+" + Pattern.quote(key.substring(end)));
        files.list(stem + "-").files().stream()
                .filter(object -> beside.matcher(object.key()).matches())
                .forEach(candidates::add);
        List<DataFile> open = new ArrayList<>();
        boolean isDone = false;
        try {
            Map<DataFile, FileFacts> found = new LinkedHashMap<>();
            for (ListedObject object : candidates) {
                DataFile file = files.open(object);
                open.add(file);
                if (Long.toString(session).equals(file.footer().get("sessionId")) && wanted.test(file.facts())) {
                    found.put(file, file.facts());
                } else {
                    file.close();
                }
            }
            requireOneSource(session, found);
            isDone = true;
            return found.entrySet().stream()
                    .sorted(Comparator.comparingLong(file -> file.getValue().firstOffset()))
                    .map(Map.Entry::getKey)
                    .toList();
        } finally {
            if (!isDone) {
                close(open);
            }
        }
    }

    private static void requireOneSource(long session, Map<DataFile, FileFacts> found) throws IOException {
        Map<Source, String> sources = new LinkedHashMap<>();
        found.forEach((file, facts) -> sources.putIfAbsent(Source.of(facts), file.key()));
        if (sources.size() > 1) {
            throw new IOException("session " + session + " is of several sources: "
                    + sources.entrySet().stream()
                            .map(source -> source.getValue() + " is of " + source.getKey())
                            .collect(Collectors.joining("; "))
                    + "; say with TelemetrySessions.only which is meant");
        }
    }

    private static void close(List<DataFile> open) throws IOException {
        for (DataFile file : open) {
            file.close();
        }
    }

    // ---- rows of a file --------------------------------------------------------------------------------------------

    private static SessionTelemetry read(long session, List<DataFile> open) throws IOException {
        Map<Integer, List<TelemetryPoint>> laps = new TreeMap<>();
        Set<String> auxiliary = new LinkedHashSet<>();
        Map<String, String> facts = new LinkedHashMap<>();
        for (DataFile file : open) {
            addPoints(file, unused -> true, laps);
            channels(file).stream().filter(name -> !STANDARD.contains(name)).forEach(auxiliary::add);
            facts.putAll(file.facts().extra());
        }
        return new SessionTelemetry(
                session,
                laps.entrySet().stream()
                        .map(lap -> sorted(lap.getKey(), lap.getValue()))
                        .toList(),
                List.copyOf(auxiliary),
                metadata(facts));
    }

    private static SessionTelemetry.Metadata metadata(Map<String, String> facts) throws IOException {
        String channels = facts.get("channelCount");
        String points = facts.get("totalPoints");
        try {
            return new SessionTelemetry.Metadata(
                    facts.get("importedAt"),
                    facts.get("sourceType"),
                    channels == null ? null : Integer.valueOf(channels),
                    points == null ? null : Long.valueOf(points));
        } catch (NumberFormatException e) {
            throw new IOException("session " + facts.get("sessionId") + " has a count that is none: " + facts, e);
        }
    }

    /** By their type: coordinates, counters and unknown fields are no doubles. */
    private static List<String> channels(DataFile file) throws IOException {
        return file.columns().stream()
                .filter(column -> column.type().equals("DOUBLE"))
                .map(FileColumn::name)
                .toList();
    }

    private static boolean mayHold(RowGroup rowGroup, int lap) {
        ColumnChunk laps = rowGroup.column(LAP).orElse(null);
        return laps == null
                || !(laps.min() instanceof Integer least)
                || !(laps.max() instanceof Integer greatest)
                || (least <= lap && lap <= greatest);
    }

    private static void addPoints(DataFile file, Predicate<RowGroup> wanted, Map<Integer, List<TelemetryPoint>> laps)
            throws IOException {
        List<String> channels = channels(file);
        List<String> columns = new ArrayList<>(List.of(LAP));
        columns.addAll(channels);
        Rows<Map<String, @Nullable Object>> rows = file.rows(columns, wanted);
        for (Map<String, @Nullable Object> row = rows.next(); row != null; row = rows.next()) {
            if (!(row.get(LAP) instanceof Integer lap) || !(row.get(TIME) instanceof Double time)) {
                throw new IOException("data file " + file.key() + " is no telemetry: it has no lap_number or time");
            }
            Map<String, Double> values = new LinkedHashMap<>();
            for (String channel : channels) {
                if (!channel.equals(TIME) && row.get(channel) instanceof Double value) {
                    values.put(channel, value);
                }
            }
            laps.computeIfAbsent(lap, number -> new ArrayList<>()).add(new TelemetryPoint(time, values));
        }
    }

    private static LapTelemetry sorted(int lap, List<TelemetryPoint> points) {
        points.sort(Comparator.comparingDouble(TelemetryPoint::time));
        return new LapTelemetry(lap, points);
    }
}
