package dev.alluvium.decode;

import dev.alluvium.arrow.BoolColumn;
import dev.alluvium.arrow.BytesColumn;
import dev.alluvium.arrow.IntColumn;
import dev.alluvium.arrow.LongColumn;
import dev.alluvium.arrow.RecordBatch;
import dev.alluvium.decode.DeltaSettings.Form;
import dev.alluvium.record.SourceRecord;
import dev.alluvium.schema.Column;
import dev.alluvium.schema.DeltaTable;
import dev.alluvium.schema.TableVersions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * LakeSync's batches, {@code SyncPush} and {@code SyncResponse}, into a row for each delta. The deltas of one record may
 * be of several tables and days, and so of several groups; one bad delta rejects the whole record. With coordinates each
 * row has the delta's position in the record and what the batch says of all its deltas. Unknown fields of the batch itself
 * are dropped.
 */
public final class SyncDecoder implements RecordDecoder {
    private static final int PUSH_CLIENT_ID = (1 << 3) | Wire.LENGTH;
    private static final int PUSH_DELTAS = (2 << 3) | Wire.LENGTH;
    private static final int PUSH_CLOCK = (3 << 3) | Wire.FIXED64;
    private static final int RESPONSE_DELTAS = (1 << 3) | Wire.LENGTH;
    private static final int RESPONSE_CLOCK = (2 << 3) | Wire.FIXED64;
    private static final int RESPONSE_HAS_MORE = (3 << 3) | Wire.VARINT;

    /** The deltas of a record that are of one group. */
    private static final class Part {
        private @Nullable Group group;
        /** Of each delta: its position in the record, where it begins, where it ends. */
        private int[] deltas = new int[3 * 8];

        private int length;
        private long leastClock;
        private long greatestClock;
        private boolean hasUnknown;

        void open(Group of) {
            group = of;
            length = 0;
            leastClock = -1;
            greatestClock = 0;
            hasUnknown = false;
        }

        void add(int position, Span span, DeltaDecoder delta) {
            if (length == deltas.length) {
                deltas = Arrays.copyOf(deltas, 2 * length);
            }
            deltas[length++] = position;
            deltas[length++] = span.start;
            deltas[length++] = span.end;
            long clock = delta.rangeValue();
            leastClock = Long.compareUnsigned(clock, leastClock) < 0 ? clock : leastClock;
            greatestClock = Long.compareUnsigned(clock, greatestClock) > 0 ? clock : greatestClock;
            hasUnknown |= delta.hasUnknown();
        }
    }

    private final DeltaSettings settings;
    private final DeltaDecoder delta;
    private final ProtoCursor cursor = new ProtoCursor();
    private final Span span = new Span();
    private final Span clientId = new Span();
    private final List<Part> parts = new ArrayList<>();
    /** By id of the group. */
    private final Map<String, Part> partOf = new HashMap<>();

    private @Nullable SourceRecord record;
    private byte[] bytes = {};
    private int deltaCount;
    private int partCount;
    private int current;
    private long clock;
    private boolean hasMore;
    private boolean hasDriftedClock;

    /** A decoder for one partition, whose number its rows carry. */
    public SyncDecoder(DeltaSettings settings, int partition) {
        this(settings, null, partition);
    }

    /**
     * A decoder that learns.
     *
     * @param versions began with the tables of the settings; null if nothing is added to these
     */
    public SyncDecoder(DeltaSettings settings, @Nullable TableVersions versions, int partition) {
        if (settings.form() == Form.DELTA) {
            throw new IllegalArgumentException("a delta is no batch of deltas");
        }
        this.settings = settings;
        this.delta = new DeltaDecoder(settings, versions, partition);
    }

    @Override
    public String schemaState() {
        return delta.schemaState();
    }

    @Override
    public void restoreSchemaState(String state) {
        delta.restoreSchemaState(state);
    }

    @Override
    public void learn() {
        delta.learn();
    }

    @Override
    public @Nullable Rejection read(SourceRecord next) {
        reset();
        byte[] value = next.value();
        if (value == null) {
            return new Rejection(Rejection.Reason.NULL_VALUE, "a tombstone is no batch of deltas");
        }
        bytes = value;
        Rejection rejection = settings.form() == Form.PUSH ? readPush(next) : readResponse(next);
        if (rejection == null) {
            rejection = checkBatch();
        }
        if (rejection == null) {
            record = next;
        }
        return rejection;
    }

    private void reset() {
        record = null;
        clientId.set(0, 0);
        deltaCount = 0;
        partCount = 0;
        current = 0;
        clock = 0;
        hasMore = false;
        hasDriftedClock = false;
        partOf.clear();
    }

    private @Nullable Rejection readPush(SourceRecord next) {
        cursor.over(bytes, 0, bytes.length);
        Rejection rejection = null;
        for (int tag = cursor.tag(); tag != 0 && rejection == null; tag = cursor.tag()) {
            switch (tag) {
                case PUSH_CLIENT_ID -> cursor.range(clientId);
                case PUSH_DELTAS -> rejection = readDelta(next);
                case PUSH_CLOCK -> clock = cursor.fixed64();
                default -> cursor.skip(tag);
            }
        }
        return rejection;
    }

    private @Nullable Rejection readResponse(SourceRecord next) {
        cursor.over(bytes, 0, bytes.length);
        Rejection rejection = null;
        for (int tag = cursor.tag(); tag != 0 && rejection == null; tag = cursor.tag()) {
            switch (tag) {
                case RESPONSE_DELTAS -> rejection = readDelta(next);
                case RESPONSE_CLOCK -> clock = cursor.fixed64();
                case RESPONSE_HAS_MORE -> hasMore = cursor.varint() != 0;
                default -> cursor.skip(tag);
            }
        }
        return rejection;
    }

    private @Nullable Rejection readDelta(SourceRecord next) {
        cursor.range(span);
        if (cursor.failed()) {
            return null; // what the bytes are not is said in the end
        }
        Rejection rejection = delta.read(next, bytes, span.start, span.end);
        hasDriftedClock |= delta.hasDriftedClock();
        if (rejection != null) {
            return new Rejection(rejection.reason(), "delta " + deltaCount + ": " + rejection.detail());
        }
        part(delta.group()).add(deltaCount++, span, delta);
        return null;
    }

    private Part part(Group group) {
        Part part = partOf.get(group.id());
        if (part == null) {
            part = openPart(group);
            partOf.put(group.id(), part);
        }
        return part;
    }

    private Part openPart(Group group) {
        if (partCount == parts.size()) {
            parts.add(new Part());
        }
        Part part = parts.get(partCount++);
        part.open(group);
        return part;
    }

    private @Nullable Rejection checkBatch() {
        if (cursor.failed()) {
            return new Rejection(
                    Rejection.Reason.UNDECODABLE,
                    "no " + settings.form().message().getName() + " in the " + bytes.length + " bytes of the value");
        }
        if (!Utf8.isValid(bytes, clientId.start, clientId.end)) {
            return new Rejection(Rejection.Reason.BAD_UTF8, "client_id is not UTF-8, at byte " + clientId.start);
        }
        return Hlc.isStorable(clock)
                ? null
                : new Rejection(Rejection.Reason.BAD_HLC, "the batch's hlc " + Hlc.toText(clock) + " is 2^63 or more");
    }

    @Override
    public boolean hasDriftedClock() {
        return hasDriftedClock;
    }

    // ---- the accepted record ---------------------------------------------------------------------------------------

    @Override
    public int groupCount() {
        return partCount;
    }

    @Override
    public void turnTo(int group) {
        current = group;
    }

    @Override
    public Group group() {
        Group group = current().group;
        if (group == null) {
            throw new IllegalStateException("no record was accepted");
        }
        return group;
    }

    private Part current() {
        if (record == null || current >= partCount) {
            throw new IllegalStateException("no record was accepted, or it has no group " + current);
        }
        return parts.get(current);
    }

    @Override
    public List<Column> newColumns(RecordBatch batch) {
        boolean isLacking = current().hasUnknown && batch.schema().indexOf(DeltaTable.UNKNOWN) < 0;
        return isLacking ? DeltaDecoder.UNKNOWN : List.of();
    }

    /** Deltas are read a second time, so that nothing of a batch is held but where they are. */
    @Override
    public int append(RecordBatch batch) {
        Part part = current();
        SourceRecord of = record;
        if (of == null) {
            throw new IllegalStateException("no record was accepted");
        }
        int width = settings.batchColumns().size();
        int first = group().schema().columns().size() - width;
        for (int i = 0; i < part.length; i += 3) {
            delta.readAgain(of, bytes, part.deltas[i + 1], part.deltas[i + 2]);
            if (width > 0) {
                appendBatchColumns(batch, first, part.deltas[i]);
            }
            delta.append(batch); // ends the row
        }
        return part.length / 3;
    }

    private void appendBatchColumns(RecordBatch batch, int first, int position) {
        batch.column(first, IntColumn.class).append(position);
        if (settings.form() == Form.PUSH) {
            batch.column(first + 1, BytesColumn.class).append(bytes, clientId.start, clientId.end - clientId.start);
            batch.column(first + 2, LongColumn.class).append(clock);
        } else {
            batch.column(first + 1, LongColumn.class).append(clock);
            batch.column(first + 2, BoolColumn.class).append(hasMore);
        }
    }

    @Override
    public long rangeValue() {
        return current().leastClock;
    }

    @Override
    public long greatestRangeValue() {
        return current().greatestClock;
    }
}
