package dev.alluvium.decode;

import dev.alluvium.arrow.RecordBatch;
import dev.alluvium.record.SourceRecord;
import dev.alluvium.schema.Column;
import dev.alluvium.schema.ColumnType;
import dev.alluvium.schema.DeltaColumn;
import dev.alluvium.schema.DeltaTable;
import dev.alluvium.schema.TableVersion;
import dev.alluvium.schema.TableVersions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Row deltas of LakeSync into rows of {@link DeltaTable#schema}, grouped by table and the UTC day of the delta's clock.
 * Nothing that a producer sent is lost: {@link DeltaRows} turns a row back into its delta.
 */
public final class DeltaDecoder implements RecordDecoder {
    private static final int FIRST_OP = 1;
    private static final int LAST_OP = 3;
    private static final long DAY_MS = 86_400_000;
    private static final int EXCERPT_BYTES = 80;
    static final List<Column> UNKNOWN = List.of(Column.optional(DeltaTable.UNKNOWN, ColumnType.Scalar.BINARY));

    private final DeltaSettings settings;
    private final int partition;
    private final DeltaTables tables;
    /** Where tables come from while it runs; null if they stay as they are. */
    private final @Nullable TableVersions versions;

    private final DeltaWire wire = new DeltaWire();
    private final JsonScanner json = new JsonScanner();
    private final NameIndex undeclared = new NameIndex();
    /** Of each declared column the number of the record that set it last. */
    private long[] seen = {};

    /** The declared tables, if they differ from those of the settings. */
    private String state = "";
    /** What of the versions was taken up last. */
    private @Nullable Map<String, TableVersion> learned;
    /** Why the tables are not those of the state; until they are, nothing is read and nothing learned. */
    private @Nullable LostSchemaException lost;

    private long recordNumber;
    private byte[] bytes = {};
    private long offset;
    private long timestampMs;
    private @Nullable DeltaLayout layout;
    private @Nullable DeltaGroup group;
    private boolean hasDriftedClock;

    /** A decoder for one partition, whose number its rows carry. */
    public DeltaDecoder(DeltaSettings settings, int partition) {
        this(settings, null, partition);
    }

    /**
     * A decoder that learns.
     *
     * @param versions began with the tables of the settings; null if nothing is added to these
     */
    public DeltaDecoder(DeltaSettings settings, @Nullable TableVersions versions, int partition) {
        this.settings = settings;
        this.versions = versions;
        this.partition = partition;
        tables = new DeltaTables(settings);
    }

    @Override
    public String schemaState() {
        return state;
    }

    @Override
    public void restoreSchemaState(String known) {
        if (versions == null) {
            throw new IllegalStateException("a decoder that learns nothing is to know " + known);
        }
        state = known;
        learned = null;
        lost = null;
        try {
            tables.declare(TableState.read(known, versions.inForce()));
        } catch (LostSchemaException e) {
            lost = e; // which harms only if a record is to be read
        }
    }

    @Override
    public void learn() {
        if (versions != null && lost == null && versions.inForce() != learned) {
            take(versions);
        }
    }

    private void take(TableVersions newer) {
        Map<String, TableVersion> all = newer.inForce();
        learned = all;
        List<DeltaTable> declared =
                all.values().stream().map(TableVersion::table).toList();
        String text = TableState.write(declared);
        if (!text.equals(state)) {
            tables.declare(declared);
            state = text;
        }
    }

    @Override
    public @Nullable Rejection read(SourceRecord record) {
        byte[] value = record.value();
        if (value == null) {
            hasDriftedClock = false;
            layout = null;
            group = null;
            return new Rejection(Rejection.Reason.NULL_VALUE, "a tombstone is no row delta");
        }
        return read(record, value, 0, value.length);
    }

    /** As {@link #read(SourceRecord)}, of one delta among those that the value of a record holds. */
    @Nullable
    Rejection read(SourceRecord record, byte[] value, int from, int to) {
        hasDriftedClock = false;
        Rejection rejection = check(record, value, from, to);
        if (rejection == null) {
            rejection = checkDrift();
        }
        if (rejection != null) {
            layout = null;
        }
        return rejection;
    }

    /** Reads a delta that was accepted before once more, so that its row can be appended. */
    void readAgain(SourceRecord record, byte[] value, int from, int to) {
        Rejection rejection = check(record, value, from, to);
        if (rejection != null) {
            throw new IllegalStateException("a delta was accepted before: " + rejection);
        }
    }

    private @Nullable Rejection check(SourceRecord record, byte[] value, int from, int to) {
        layout = null;
        group = null;
        if (lost != null) {
            throw lost;
        }
        bytes = value;
        offset = record.offset();
        timestampMs = record.timestampMs();
        if (settings.coordinates() && !KafkaCoordinates.fit(record)) {
            return new Rejection(
                    Rejection.Reason.TYPE_MISMATCH, "the record's time of " + timestampMs + " ms is out of range");
        }
        Rejection rejection = wire.read(value, from, to);
        if (rejection == null) {
            rejection = checkRow();
        }
        return rejection != null ? rejection : placeCells();
    }

    private @Nullable Rejection checkRow() {
        if (wire.op < FIRST_OP || wire.op > LAST_OP) {
            return new Rejection(Rejection.Reason.UNSPECIFIED_OP, "op " + wire.op);
        }
        if (!DeltaTable.isIdentifier(bytes, wire.table.start, wire.table.end)) {
            return new Rejection(Rejection.Reason.BAD_IDENTIFIER, "table \"" + excerpt(wire.table) + '"');
        }
        if (!Hlc.isStorable(wire.hlc)) {
            return new Rejection(Rejection.Reason.BAD_HLC, "hlc " + Hlc.toText(wire.hlc) + " is 2^63 or more");
        }
        layout = tables.find(bytes, wire.table);
        return layout != null ? null : new Rejection(Rejection.Reason.UNDECLARED_TABLE, "table " + excerpt(wire.table));
    }

    private @Nullable Rejection placeCells() {
        DeltaLayout columns = accepted(layout);
        int guess = 0;
        for (int i = 0; i < wire.cellCount; i++) {
            DeltaCell cell = wire.cells[i];
            Rejection rejection = checkText(cell, i);
            if (rejection != null) {
                return rejection;
            }
            cell.column = columns.find(bytes, cell.name, guess);
            guess = cell.column + 1;
            rejection = cell.column == DeltaCell.UNDECLARED ? checkUndeclared(cell, i) : checkType(cell, i);
            if (rejection != null) {
                return rejection;
            }
        }
        findShadowed(columns.types.length);
        return null;
    }

    /** The cell by itself: a name that LakeSync takes, and exactly one JSON value. */
    private @Nullable Rejection checkText(DeltaCell cell, int position) {
        if (!DeltaTable.isIdentifier(bytes, cell.name.start, cell.name.end)) {
            return bad(Rejection.Reason.BAD_IDENTIFIER, cell, position, "the name");
        }
        if (cell.json.length() == 0) {
            return bad(Rejection.Reason.EMPTY_VALUE, cell, position, "the value has no bytes");
        }
        JsonScanner.Fault fault = json.scan(bytes, cell.json.start, cell.json.end);
        if (fault == null) {
            cell.kind = json.kind();
            return null;
        }
        String found = fault + " at byte " + (json.position() - cell.json.start) + ": " + excerpt(cell.json);
        boolean isUtf8 = fault != JsonScanner.Fault.NOT_UTF8;
        return bad(isUtf8 ? Rejection.Reason.BAD_JSON : Rejection.Reason.BAD_UTF8, cell, position, found);
    }

    private @Nullable Rejection checkUndeclared(DeltaCell cell, int position) {
        boolean isBad = settings.strict() && accepted(layout).isDeclared;
        return isBad ? bad(Rejection.Reason.UNDECLARED_COLUMN, cell, position, "not declared") : null;
    }

    /** Whether the value just scanned fits its column; null fits every one. */
    private @Nullable Rejection checkType(DeltaCell cell, int position) {
        if (cell.kind == JsonScanner.Kind.NULL) {
            return null;
        }
        DeltaColumn.Type type = accepted(layout).types[cell.column];
        boolean fits = switch (type) {
            case STRING -> cell.kind == JsonScanner.Kind.STRING;
            case NUMBER -> cell.kind == JsonScanner.Kind.NUMBER;
            case BOOLEAN -> cell.kind == JsonScanner.Kind.TRUE || cell.kind == JsonScanner.Kind.FALSE;
            case JSON, NULL -> true;
        };
        if (fits && type == DeltaColumn.Type.NUMBER) {
            cell.number = json.number();
            fits = !Double.isInfinite(cell.number);
        }
        if (!fits) {
            return bad(Rejection.Reason.TYPE_MISMATCH, cell, position, "no " + type.text() + ": " + excerpt(cell.json));
        }
        if (type == DeltaColumn.Type.STRING) {
            cell.string.set(json.valueStart() + 1, json.valueEnd() - 1);
            cell.hasEscapes = json.hasEscapes();
            // A lone surrogate has no UTF-8: a replacement character would lose it.
            if (json.hasLoneSurrogates()) {
                return bad(Rejection.Reason.BAD_UTF8, cell, position, "half a surrogate pair: " + excerpt(cell.json));
            }
        }
        return null;
    }

    /** Marks the cells that a later one of the same name overrides. */
    private void findShadowed(int declaredCount) {
        if (seen.length < declaredCount) {
            seen = new long[declaredCount];
        }
        undeclared.clear();
        recordNumber++;
        for (int i = wire.cellCount - 1; i >= 0; i--) {
            DeltaCell cell = wire.cells[i];
            if (cell.column != DeltaCell.UNDECLARED) {
                cell.isShadowed = seen[cell.column] == recordNumber;
                seen[cell.column] = recordNumber;
            } else {
                cell.isShadowed = undeclared.find(bytes, cell.name.start, cell.name.end) >= 0;
                if (!cell.isShadowed) {
                    undeclared.add(bytes, cell.name.start, cell.name.end);
                }
            }
        }
    }

    /** A record without a time of its own has none to compare with. */
    private @Nullable Rejection checkDrift() {
        long driftMs = Hlc.wallMs(wire.hlc) - timestampMs;
        if (timestampMs < 0 || driftMs <= DeltaSettings.MAX_DRIFT_MS) {
            return null;
        }
        hasDriftedClock = true;
        return settings.clockDrift() == DeltaSettings.ClockDrift.COUNT
                ? null
                : new Rejection(
                        Rejection.Reason.CLOCK_DRIFT,
                        "hlc " + Hlc.toText(wire.hlc) + " is " + driftMs + " ms ahead of the record's timestamp");
    }

    @Override
    public boolean hasDriftedClock() {
        return hasDriftedClock;
    }

    @Override
    public Group group() {
        return currentGroup().group();
    }

    private DeltaGroup currentGroup() {
        DeltaGroup current = group;
        if (current == null) {
            current = tables.group(accepted(layout), Hlc.wallMs(wire.hlc) / DAY_MS);
            group = current;
        }
        return current;
    }

    /** Whether the delta has fields that its message type does not know. */
    boolean hasUnknown() {
        return wire.hasUnknown();
    }

    @Override
    public List<Column> newColumns(RecordBatch batch) {
        boolean isLacking = wire.hasUnknown() && batch.schema().indexOf(DeltaTable.UNKNOWN) < 0;
        return isLacking ? UNKNOWN : List.of();
    }

    @Override
    public int append(RecordBatch batch) {
        currentGroup().columns(batch, accepted(layout)).append(bytes, wire, partition, offset, timestampMs);
        return 1;
    }

    @Override
    public long rangeValue() {
        return wire.hlc;
    }

    private static DeltaLayout accepted(@Nullable DeltaLayout layout) {
        if (layout == null) {
            throw new IllegalStateException("no record was accepted");
        }
        return layout;
    }

    private Rejection bad(Rejection.Reason reason, DeltaCell cell, int position, String found) {
        return new Rejection(reason, "column \"" + excerpt(cell.name) + "\" at position " + position + ": " + found);
    }

    private String excerpt(Span span) {
        String text = new String(bytes, span.start, Math.min(span.length(), EXCERPT_BYTES), StandardCharsets.UTF_8);
        return span.length() > EXCERPT_BYTES ? text + "..." : text;
    }
}
