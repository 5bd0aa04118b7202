package dev.alluvium.decode;

import com.google.protobuf.Descriptors.Descriptor;
import dev.alluvium.arrow.BoolColumn;
import dev.alluvium.arrow.BytesColumn;
import dev.alluvium.arrow.ColumnBuffer;
import dev.alluvium.arrow.MapColumn;
import dev.alluvium.arrow.RecordBatch;
import dev.alluvium.decode.ProtobufSettings.Tombstones;
import dev.alluvium.decode.Rejection.Reason;
import dev.alluvium.record.SourceRecord;
import dev.alluvium.schema.Column;
import dev.alluvium.schema.ColumnType.Scalar;
import dev.alluvium.schema.MessageTypes;
import dev.alluvium.schema.ProtobufMapping.Times;
import dev.alluvium.schema.ProtobufSchema;
import dev.alluvium.schema.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Rows from messages of any one type, a row a record, with the columns of {@link ProtobufSchema}. Two passes over the
 * bytes by a plan compiled once: one that checks, one that writes into the columns; no object per record.
 *
 * <p>Accepts what protobuf-java's parser accepts, except strings that are not UTF-8; required fields may be missing. A
 * field of an unexpected wire type is an unknown field, and so is a number that a closed enum does not have. Of map
 * entries with the same key the last one counts.
 *
 * <p>Nothing is lost: {@link ProtobufRows} gives every message back. The unknown fields of the root message go as raw
 * bytes into the column {@link ProtobufSchema#UNKNOWN}; what else the columns cannot hold goes into
 * {@link ProtobufSchema#REST}. Both are discovered with the first record that needs them.
 */
public final class ProtobufDecoder implements RecordDecoder {
    /** Whether the record had no value; there only where tombstones become rows. */
    public static final Column TOMBSTONE = Column.required("_tombstone", Scalar.BOOL);

    private final ProtobufSettings settings;
    private final int partition;
    private final int fieldCount;
    private final TableSchema schema;
    private final boolean hasTombstones;
    /** Columns of the message that are null only in the rows of tombstones. */
    private final int[] required;

    private final MessagePlan plan;
    private final Partitions partitions;
    private final GroupTable groups = new GroupTable();
    /** Of a message among several: empty if it is the only one. */
    private final String descriptorSet;

    private final WireCheck check = new WireCheck();
    private final WireAppend append = new WireAppend();
    private final Remainder rest = new Remainder();

    private @Nullable SourceRecord record;
    private @Nullable RecordBatch boundBatch;
    private int boundColumnCount;
    private int unknownColumn;
    private int restColumn;
    private int start;
    private int schemaId;

    private static void refuseCoordinates(TableSchema fields, List<Column> coordinates) {
        for (Column coordinate : coordinates) {
            if (fields.indexOf(coordinate.name()) >= 0) {
                throw new IllegalArgumentException(fields.name() + " has a field named " + coordinate.name()
                        + ", as one of the Kafka coordinates is; set coordinates: false");
            }
        }
    }

    /**
     * A decoder for the records of one partition.
     *
     * @throws IllegalArgumentException if a field of the message has the name of a column that the decoder adds, or the
     *     message has no field and no coordinates give it a column
     */
    public ProtobufDecoder(ProtobufSettings settings, int partition) {
        this(settings, partition, false);
    }

    /** As above; {@code isOneOfMany} of messages of a schema registry, which may share their simple name. */
    ProtobufDecoder(ProtobufSettings settings, int partition, boolean isOneOfMany) {
        this.descriptorSet = isOneOfMany ? MessageTypes.descriptorSetText(settings.message()) : "";
        this.settings = settings;
        this.partition = partition;
        TableSchema fields = settings.schema();
        this.fieldCount = fields.columns().size();
        List<Column> coordinates = new ArrayList<>();
        if (settings.coordinates()) {
            coordinates.addAll(KafkaCoordinates.COLUMNS);
            if (isOneOfMany) {
                coordinates.add(KafkaCoordinates.SCHEMA_ID);
            }
            refuseCoordinates(fields, coordinates);
        }
        this.hasTombstones = settings.tombstones() == Tombstones.ROW;
        this.required = required(fields);
        TableSchema columns = hasTombstones ? nullable(fields) : fields;
        TableSchema located = columns.with(coordinates);
        this.schema = hasTombstones ? withTombstone(located) : located;
        for (Column discovered : List.of(ProtobufSchema.UNKNOWN, ProtobufSchema.REST)) {
            if (schema.indexOf(discovered.name()) >= 0) {
                throw new IllegalArgumentException("message " + fields.name() + " has a field named "
                        + discovered.name() + ", which is the column of what other columns cannot hold");
            }
        }
        if (schema.columns().isEmpty()) {
            throw new IllegalArgumentException("message " + fields.name() + " has no fields: switch coordinates on");
        }
        this.plan = MessagePlan.compile(
                settings.message(), fields.columns(), settings.mapping().times());
        this.partitions = new Partitions(settings.partitioning(), settings.message());
    }

    /** Full name of the message. */
    String messageName() {
        return settings.message().getFullName();
    }

    /** Whether it reads this very message; asked of one of many. */
    boolean isOf(Optional<Descriptor> message) {
        return message.map(MessageTypes::descriptorSetText)
                .filter(descriptorSet::equals)
                .isPresent();
    }

    private Group open() {
        String name = settings.message().getName();
        Map<String, String> attributes = new TreeMap<>(Map.of("message", name));
        partitions.describe(attributes);
        if (settings.mapping().times() != Times.MICROS) {
            // The reader of a duration, a plain number, learns its unit from the footer.
            attributes.put(ProtobufRows.TIMES, Times.NANOS.name().toLowerCase(Locale.ROOT));
        }
        String id = descriptorSet.isEmpty() ? name : settings.message().getFullName();
        return new Group(partitions.id(id), schema, attributes, descriptorSet);
    }

    @Override
    public @Nullable Rejection read(SourceRecord next) {
        return read(next, 0, 0);
    }

    /** As above, of a value whose message begins behind a header that names its schema. */
    @Nullable
    Rejection read(SourceRecord next, int messageStart, int id) {
        start = messageStart;
        schemaId = id;
        record = null;
        byte[] value = next.value();
        if (value == null && !hasTombstones) {
            return new Rejection(Reason.NULL_VALUE, "the record has no value");
        }
        if (settings.coordinates() && !KafkaCoordinates.fit(next)) {
            return new Rejection(
                    Reason.TYPE_MISMATCH, "the record's time of " + next.timestampMs() + " ms is out of range");
        }
        if (value == null) {
            readTombstone(next);
            return null;
        }
        Rejection rejection = check.check(plan, value, start);
        if (rejection == null) {
            record = next;
            partitions.read(value, start, next.timestampMs());
            rest.clear();
            if (check.mayExceedColumns()) {
                rest.collect(plan, value, start, check);
            }
        }
        return rejection;
    }

    @Override
    public Group group() {
        if (record == null) {
            throw new IllegalStateException("no record was accepted");
        }
        Group known = groups.find(partitions.key());
        return known == null ? groups.put(partitions.key(), open()) : known;
    }

    @Override
    public long sliceEndMs() {
        return partitions.sliceEndMs();
    }

    @Override
    public long sliceTimeMs() {
        return partitions.sliceTimeMs();
    }

    @Override
    public boolean hasRangeValue() {
        return partitions.hasRangeValue();
    }

    @Override
    public long rangeValue() {
        return partitions.rangeValue();
    }

    @Override
    public List<Column> newColumns(RecordBatch batch) {
        boolean needsUnknown = check.unknownLength() > 0 && lacks(batch, ProtobufSchema.UNKNOWN);
        boolean needsRest = !rest.isEmpty() && lacks(batch, ProtobufSchema.REST);
        if (!needsUnknown && !needsRest) {
            return List.of();
        }
        List<Column> needed = new ArrayList<>();
        if (needsUnknown) {
            needed.add(ProtobufSchema.UNKNOWN);
        }
        if (needsRest) {
            needed.add(ProtobufSchema.REST);
        }
        return needed;
    }

    private static boolean lacks(RecordBatch batch, Column column) {
        return batch.schema().indexOf(column.name()) < 0;
    }

    @Override
    public int append(RecordBatch batch) {
        SourceRecord accepted = accepted();
        byte[] value = accepted.value();
        if (value == null) {
            batch.column(schema.columns().size() - 1, BoolColumn.class).append(true);
        } else {
            bind(batch);
            append.append(plan, value, start, batch.rowCount(), check.replacedEntries());
            endRequired(batch);
        }
        if (settings.coordinates()) {
            KafkaCoordinates.append(batch, fieldCount, partition, accepted);
            if (!descriptorSet.isEmpty()) {
                KafkaCoordinates.appendSchemaId(batch, fieldCount, schemaId);
            }
        }
        if (check.unknownLength() > 0) {
            batch.column(unknownColumn, BytesColumn.class).append(check.unknown(), 0, check.unknownLength());
        }
        if (!rest.isEmpty()) {
            rest.append(batch.column(restColumn, MapColumn.class));
        }
        batch.endRow();
        return 1;
    }

    /** Columns that are null in a tombstone hold in all other rows what they would hold if they could not be null. */
    private void endRequired(RecordBatch batch) {
        if (hasTombstones) {
            int row = batch.rowCount();
            for (int index : required) {
                ColumnBuffer column = batch.column(index);
                if (column.valueCount() == row) {
                    column.appendZero();
                }
            }
        }
    }

    private void readTombstone(SourceRecord next) {
        check.clear();
        rest.clear();
        partitions.readTombstone(next.timestampMs());
        record = next;
    }

    private static TableSchema nullable(TableSchema fields) {
        return new TableSchema(
                fields.name(),
                fields.columns().stream()
                        .map(column -> Column.optional(column.name(), column.type()))
                        .toList());
    }

    private static TableSchema withTombstone(TableSchema columns) {
        if (columns.indexOf(TOMBSTONE.name()) >= 0) {
            throw new IllegalArgumentException("message " + columns.name() + " has a field named " + TOMBSTONE.name()
                    + ", as the column of tombstones is; set tombstones: reject");
        }
        return columns.with(List.of(TOMBSTONE));
    }

    private static int[] required(TableSchema fields) {
        return IntStream.range(0, fields.columns().size())
                .filter(i -> !fields.columns().get(i).nullable())
                .toArray();
    }

    private SourceRecord accepted() {
        if (record == null) {
            throw new IllegalStateException("no record was accepted");
        }
        return record;
    }

    private void bind(RecordBatch batch) {
        if (batch == boundBatch && batch.schema().columns().size() == boundColumnCount) {
            return;
        }
        List<ColumnBuffer> columns = new ArrayList<>();
        for (int i = 0; i < fieldCount; i++) {
            columns.add(batch.column(i));
        }
        plan.bind(columns);
        unknownColumn = batch.schema().indexOf(ProtobufSchema.UNKNOWN.name());
        restColumn = batch.schema().indexOf(ProtobufSchema.REST.name());
        boundBatch = batch;
        boundColumnCount = batch.schema().columns().size();
    }
}
