package dev.alluvium.decode;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.alluvium.arrow.BytesColumn;
import dev.alluvium.arrow.DoubleColumn;
import dev.alluvium.arrow.IntColumn;
import dev.alluvium.arrow.LongColumn;
import dev.alluvium.arrow.RecordBatch;
import dev.alluvium.decode.Rejection.Reason;
import dev.alluvium.proto.telemetry.v1.SessionMetadata;
import dev.alluvium.proto.telemetry.v1.TelemetryLap;
import dev.alluvium.proto.telemetry.v1.TelemetryRecord;
import dev.alluvium.proto.telemetry.v1.TelemetrySample;
import dev.alluvium.record.SourceRecord;
import dev.alluvium.schema.Column;
import dev.alluvium.schema.ColumnType.Scalar;
import dev.alluvium.schema.ProtobufSchema;
import dev.alluvium.schema.TableSchema;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.WeakHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Rows from telemetry, a row a sample, grouped by session (requirements 3.1 and 3.4). The opening schema has the 13
 * standard columns and, if asked for, the Kafka coordinates; each auxiliary channel, {@code seq} and the sample's
 * unknown fields become a nullable column with the first record that has them, in the order of discovery. Rows are to be
 * sorted by lap and time.
 *
 * <p>A lap is as many rows as it has samples; with coordinates {@code _index} says which one a row is, and its unknown
 * fields are in its first row. Markers have no rows: what they say goes to the footer, and the end marker ends its group.
 * Unknown fields of the envelope and of markers are dropped. A session id of 0 is a session like any other.
 */
public final class TelemetryDecoder implements RecordDecoder {
    private static final String SEQ = "seq";
    private static final String INDEX = "_index";
    private static final List<Column> STANDARD = List.of(
            Column.required("lap_number", Scalar.INT32),
            Column.required("time", Scalar.FLOAT64),
            Column.optional("distance", Scalar.FLOAT64),
            Column.optional("lat", Scalar.FLOAT64),
            Column.optional("long", Scalar.FLOAT64),
            Column.optional("speed", Scalar.FLOAT64),
            Column.optional("rpm", Scalar.FLOAT64),
            Column.optional("throttle", Scalar.FLOAT64),
            Column.optional("brake", Scalar.FLOAT64),
            Column.optional("gear", Scalar.FLOAT64),
            Column.optional("steering", Scalar.FLOAT64),
            Column.optional("glat", Scalar.FLOAT64),
            Column.optional("glong", Scalar.FLOAT64));

    private static final List<String> ORDER = List.of("lap_number", "time");

    private enum Kind {
        SAMPLE,
        LAP,
        START,
        END
    }

    private final TelemetrySettings settings;
    private final int partition;
    private final TableSchema schema;
    private final MessagePlan plan;
    private final GroupCache groups = new GroupCache(this::open);
    private final NameIndex reserved = new NameIndex();
    private final WireCheck check = new WireCheck();
    private final WireReader in = new WireReader();
    private final SampleValues sample = new SampleValues();
    private final LapValues lap = new LapValues();

    /** What is known of the batches in use; it goes when they go. */
    private final Map<RecordBatch, DiscoveredColumns> discovered = new WeakHashMap<>();

    private @Nullable RecordBatch lastBatch;
    private DiscoveredColumns lastDiscovered = new DiscoveredColumns();

    private @Nullable SourceRecord record;
    private @Nullable Kind kind;
    private long sessionId;
    private Map<String, String> facts = Map.of();

    /** A decoder for the records of one partition. */
    public TelemetryDecoder(TelemetrySettings settings, int partition) {
        this.settings = settings;
        this.partition = partition;
        List<Column> columns = new ArrayList<>(STANDARD);
        if (settings.coordinates()) {
            columns.addAll(KafkaCoordinates.COLUMNS);
        }
        this.schema = new TableSchema("telemetry", columns, ORDER);
        Descriptor message = switch (settings.form()) {
            case ENVELOPE -> TelemetryRecord.getDescriptor();
            case SAMPLE -> TelemetrySample.getDescriptor();
            case LAP -> TelemetryLap.getDescriptor();
        };
        this.plan = MessagePlan.compile(message, ProtobufSchema.of(message).columns());
        STANDARD.forEach(column -> add(reserved, column.name()));
        KafkaCoordinates.COLUMNS.forEach(column -> add(reserved, column.name()));
        add(reserved, SEQ);
        add(reserved, INDEX);
        add(reserved, ProtobufSchema.UNKNOWN.name());
        // What the batch may add of a record.
        add(reserved, "_key");
        add(reserved, "_headers");
    }

    private static void add(NameIndex names, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        names.add(bytes, 0, bytes.length);
    }

    private static int find(NameIndex names, byte[] value, TelemetryValues values, int aux) {
        int start = values.auxPositions[aux];
        return names.find(value, start, start + values.auxLengths[aux]);
    }

    /** What the columns of a file tell of it where no marker did: its auxiliary channels. */
    public static Map<String, String> columnFacts(TableSchema schema) {
        String channels = schema.columns().stream()
                .filter(column -> column.type() == Scalar.FLOAT64 && !STANDARD.contains(column))
                .map(Column::name)
                .collect(Collectors.joining(","));
        return channels.isEmpty() ? Map.of() : Map.of("auxiliaryChannels", channels);
    }

    private Group open(long session) {
        String id = Long.toString(session);
        return new Group("session=" + id, schema, Map.of("session", id, "sessionId", id));
    }

    @Override
    public @Nullable Rejection read(SourceRecord next) {
        record = null;
        kind = null;
        facts = Map.of();
        byte[] value = next.value();
        if (value == null) {
            return new Rejection(Reason.NULL_VALUE, "the record has no value");
        }
        if (settings.coordinates() && !KafkaCoordinates.fit(next)) {
            return new Rejection(
                    Reason.TYPE_MISMATCH, "the record's time of " + next.timestampMs() + " ms is out of range");
        }
        Rejection rejection = check.check(plan, value);
        if (rejection == null) {
            rejection = take(value);
        }
        if (rejection == null) {
            record = next;
        }
        return rejection;
    }

    private @Nullable Rejection take(byte[] value) {
        in.open(value);
        switch (settings.form()) {
            case ENVELOPE -> takeEnvelope(value.length);
            case SAMPLE -> readSample(value.length);
            case LAP -> readLap(value.length);
        }
        if (kind == null) {
            return new Rejection(Reason.NO_SESSION, "the envelope holds neither a sample, nor a lap, nor a marker");
        }
        return switch (kind) {
            case SAMPLE -> take(value, sample);
            case LAP -> takeLap(value);
            case START, END -> takeMarker(value);
        };
    }

    private @Nullable Rejection take(byte[] value, TelemetryValues values) {
        sessionId = values.sessionId;
        return badChannel(value, values);
    }

    private @Nullable Rejection takeLap(byte[] value) {
        String uneven = lap.uneven(value);
        return uneven == null
                ? take(value, lap)
                : new Rejection(Reason.UNEVEN_ARRAYS, uneven + " values, time has " + lap.size());
    }

    /** Samples of one arm that come one after the other are merged; another arm between them drops the first. */
    private void readSample(int end) {
        if (kind != Kind.SAMPLE) {
            sample.clear();
            kind = Kind.SAMPLE;
        }
        sample.read(in, end, check.replacedEntries());
    }

    private void readLap(int end) {
        if (kind != Kind.LAP) {
            lap.clear();
            kind = Kind.LAP;
        }
        lap.read(in, end, check.replacedEntries());
    }

    /** The last arm of the oneof that occurs is the one that is set. */
    private void takeEnvelope(int end) {
        while (in.at < end) {
            int tag = (int) in.varint();
            if (tag == (1 << 3 | Wire.LENGTH)) {
                readSample(in.end());
            } else if (tag == (4 << 3 | Wire.LENGTH)) {
                readLap(in.end());
            } else {
                in.skip(tag & 7);
                kind = tag == (2 << 3 | Wire.LENGTH) ? Kind.START : tag == (3 << 3 | Wire.LENGTH) ? Kind.END : kind;
            }
        }
    }

    /** Markers are rare: protobuf reads them. */
    private @Nullable Rejection takeMarker(byte[] value) {
        try {
            TelemetryRecord marker = TelemetryRecord.parseFrom(value);
            boolean isStart = kind == Kind.START;
            sessionId =
                    isStart ? marker.getStart().getSessionId() : marker.getEnd().getSessionId();
            facts = facts(
                    isStart ? marker.getStart().getMetadata() : marker.getEnd().getMetadata());
            return null;
        } catch (InvalidProtocolBufferException e) {
            return new Rejection(Reason.UNDECODABLE, "a marker cannot be read: " + e.getMessage());
        }
    }

    /** Only what is set, so that the end marker completes the start marker and wipes nothing out. */
    private static Map<String, String> facts(SessionMetadata metadata) {
        Map<String, String> facts = new TreeMap<>();
        if (!metadata.getImportedAt().isEmpty()) {
            facts.put("importedAt", metadata.getImportedAt());
        }
        if (!metadata.getSourceType().isEmpty()) {
            facts.put("sourceType", metadata.getSourceType());
        }
        if (metadata.getChannelCount() != 0) {
            facts.put("channelCount", Integer.toString(metadata.getChannelCount()));
        }
        if (metadata.getTotalPoints() != 0) {
            facts.put("totalPoints", Long.toString(metadata.getTotalPoints()));
        }
        if (metadata.getAuxiliaryChannelsCount() > 0) {
            facts.put("auxiliaryChannels", String.join(",", metadata.getAuxiliaryChannelsList()));
        }
        return Map.copyOf(facts);
    }

    private @Nullable Rejection badChannel(byte[] value, TelemetryValues values) {
        for (int i = 0; i < values.auxCount; i++) {
            if (values.auxLengths[i] == 0) {
                return new Rejection(Reason.BAD_IDENTIFIER, "an auxiliary channel has no name");
            }
            if (find(reserved, value, values, i) >= 0) {
                return new Rejection(
                        Reason.BAD_IDENTIFIER,
                        "auxiliary channel " + values.auxName(value, i) + " is named as another column");
            }
        }
        return null;
    }

    @Override
    public Group group() {
        accepted();
        return groups.get(sessionId);
    }

    @Override
    public boolean endsGroup() {
        return kind == Kind.END;
    }

    @Override
    public Map<String, String> footerFacts() {
        return facts;
    }

    @Override
    public List<Column> newColumns(RecordBatch batch) {
        byte[] value = accepted();
        if (kind == Kind.SAMPLE) {
            return newColumns(batch, value, sample, sample.hasSeq, false);
        }
        boolean hasRows = kind == Kind.LAP && lap.size() > 0;
        return hasRows ? newColumns(batch, value, lap, false, settings.coordinates()) : List.of();
    }

    private List<Column> newColumns(
            RecordBatch batch, byte[] value, TelemetryValues values, boolean hasSeq, boolean hasIndex) {
        DiscoveredColumns columns = discovered(batch);
        List<Column> missing = List.of();
        if (hasIndex && columns.index < 0) {
            missing = with(missing, Column.optional(INDEX, Scalar.INT32));
        }
        for (int i = 0; i < values.auxCount; i++) {
            if (find(columns.names, value, values, i) < 0) {
                missing = with(missing, Column.optional(values.auxName(value, i), Scalar.FLOAT64));
            }
        }
        if (hasSeq && columns.seq < 0) {
            missing = with(missing, Column.optional(SEQ, Scalar.INT64));
        }
        if (values.unknownLength > 0 && columns.unknown < 0) {
            missing = with(missing, ProtobufSchema.UNKNOWN);
        }
        return missing;
    }

    private static List<Column> with(List<Column> columns, Column column) {
        List<Column> more = new ArrayList<>(columns);
        more.add(column);
        return more;
    }

    @Override
    public int append(RecordBatch batch) {
        byte[] value = accepted();
        if (kind == null || record == null) {
            return 0;
        }
        return switch (kind) {
            case SAMPLE -> appendSample(batch, value, record);
            case LAP -> appendLap(batch, value, record);
            case START, END -> 0;
        };
    }

    /** Column by column: what a row lacks, its end makes null. */
    private int appendLap(RecordBatch batch, byte[] value, SourceRecord of) {
        int size = lap.size();
        if (size == 0) {
            return 0;
        }
        IntColumn lapNumbers = batch.column(0, IntColumn.class);
        for (int i = 0; i < size; i++) {
            lapNumbers.append(lap.lapNumber);
        }
        for (int i = 0; i < LapValues.CHANNELS; i++) {
            lap.channels[i].appendTo(batch.column(i + 1, DoubleColumn.class));
        }
        DiscoveredColumns columns = discovered(batch);
        if (settings.coordinates()) {
            for (int i = 0; i < size; i++) {
                KafkaCoordinates.append(batch, STANDARD.size(), partition, of);
                batch.column(columns.index, IntColumn.class).append(i);
            }
        }
        for (int i = 0; i < lap.auxCount; i++) {
            lap.aux(i).appendTo(batch.column(find(columns.names, value, lap, i), DoubleColumn.class));
        }
        if (lap.unknownLength > 0) {
            batch.column(columns.unknown, BytesColumn.class).append(lap.unknown, 0, lap.unknownLength);
        }
        for (int i = 0; i < size; i++) {
            batch.endRow();
        }
        return size;
    }

    private int appendSample(RecordBatch batch, byte[] value, SourceRecord of) {
        batch.column(0, IntColumn.class).append(sample.lapNumber);
        batch.column(1, DoubleColumn.class).append(sample.channels[0]);
        for (int i = 1; i < SampleValues.CHANNELS; i++) {
            if ((sample.present & 1 << i) != 0) {
                batch.column(i + 1, DoubleColumn.class).append(sample.channels[i]);
            }
        }
        if (settings.coordinates()) {
            KafkaCoordinates.append(batch, STANDARD.size(), partition, of);
        }
        appendDiscovered(batch, value);
        batch.endRow();
        return 1;
    }

    private void appendDiscovered(RecordBatch batch, byte[] value) {
        if (sample.auxCount == 0 && !sample.hasSeq && sample.unknownLength == 0) {
            return;
        }
        DiscoveredColumns columns = discovered(batch);
        for (int i = 0; i < sample.auxCount; i++) {
            int column = find(columns.names, value, sample, i);
            batch.column(column, DoubleColumn.class).append(sample.auxValues[i]);
        }
        if (sample.hasSeq) {
            batch.column(columns.seq, LongColumn.class).append(sample.seq);
        }
        if (sample.unknownLength > 0) {
            batch.column(columns.unknown, BytesColumn.class).append(sample.unknown, 0, sample.unknownLength);
        }
    }

    private DiscoveredColumns discovered(RecordBatch batch) {
        if (batch != lastBatch) {
            lastDiscovered = discovered.computeIfAbsent(batch, opened -> new DiscoveredColumns());
            lastBatch = batch;
        }
        lastDiscovered.update(batch.schema());
        return lastDiscovered;
    }

    private byte[] accepted() {
        if (record == null || record.value() == null) {
            throw new IllegalStateException("no record was accepted");
        }
        return record.value();
    }

    /** Where the columns of one batch are by name: a name's number in the index is its column's. */
    private static final class DiscoveredColumns {
        final NameIndex names = new NameIndex();
        int index = -1;
        int seq = -1;
        int unknown = -1;

        private int known;

        void update(TableSchema schema) {
            List<Column> columns = schema.columns();
            if (known == columns.size()) {
                return;
            }
            for (; known < columns.size(); known++) {
                add(names, columns.get(known).name());
            }
            index = schema.indexOf(INDEX);
            seq = schema.indexOf(SEQ);
            unknown = schema.indexOf(ProtobufSchema.UNKNOWN.name());
        }
    }
}
