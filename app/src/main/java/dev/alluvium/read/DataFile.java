package dev.alluvium.read;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import dev.alluvium.decode.DeltaRows;
import dev.alluvium.decode.ProtobufRows;
import dev.alluvium.parquet.DataFileReader;
import dev.alluvium.parquet.FileColumn;
import dev.alluvium.parquet.FileFacts;
import dev.alluvium.parquet.RowGroup;
import dev.alluvium.parquet.RowReader;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import dev.alluvium.schema.DeltaTable;
import dev.alluvium.schema.MessageTypes;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An open data file: what its footer says, and its rows as maps, messages or deltas. Each call that gives rows begins at
 * the first one. Used by one thread.
 */
public final class DataFile implements AutoCloseable {
    /** Only files of messages have this key, with a short form of what their schema is named. */
    private static final String MESSAGE = "message";

    private final String key;
    private final DataFileReader reader;

    DataFile(String key, DataFileReader reader) {
        this.key = key;
        this.reader = reader;
    }

    /** Where it lies, from the beginning of its store or folder. */
    public String key() {
        return key;
    }

    /** Whether this product wrote it, so that it has {@link #facts}. */
    public boolean hasFacts() {
        return reader.hasFacts();
    }

    /** What it says of itself; throws an IOException if it has no facts, or of a format that is not known. */
    public FileFacts facts() throws IOException {
        return reader.facts();
    }

    /** All key-value pairs of the footer. */
    public Map<String, String> footer() {
        return reader.footer();
    }

    /** Who wrote it, in the writer's own words. */
    public String createdBy() {
        return reader.createdBy();
    }

    /** Name of the table or message that its rows are of. */
    public String schemaName() {
        return reader.schemaName();
    }

    /** Its schema in the language of the Parquet format. */
    public String schemaText() {
        return reader.schemaText();
    }

    /** Its columns as it declares them, in order. */
    public List<FileColumn> columns() throws IOException {
        return reader.columns();
    }

    /** Its row groups in order. */
    public List<RowGroup> rowGroups() {
        return reader.rowGroups();
    }

    /** How many rows it has. */
    public long rowCount() {
        return reader.rowCount();
    }

    /** All rows, with the values that {@link RowReader#next} tells of. */
    public Rows<Map<String, @Nullable Object>> rows() throws IOException {
        return rows(columns().stream().map(FileColumn::name).toList(), unused -> true);
    }

    /**
     * Some columns of all rows; the others are not read.
     *
     * @param columns in the order in which rows are to have them
     * @throws IllegalArgumentException if there are none, or one that the file does not have
     */
    public Rows<Map<String, @Nullable Object>> rows(List<String> columns) {
        return rows(columns, unused -> true);
    }

    /** Some columns of the rows of some row groups; the other columns and row groups are not read. */
    Rows<Map<String, @Nullable Object>> rows(List<String> columns, Predicate<RowGroup> wanted) {
        RowReader rows = reader.read(columns, wanted);
        BooleanColumns booleans = BooleanColumns.of(footer());
        return () -> booleans.restore(rows.next());
    }

    /**
     * The messages that the rows of a pipeline of {@code type: protobuf} were made of, each equal to the one that was
     * archived. Fields that no column was needed for are in them too. Rows of records without a value ({@code tombstones:
     * row}) have no message and are stepped over: {@link #rows} shows them, by their column {@code _tombstone}.
     *
     * @throws IOException if the footer does not describe such messages
     */
    public Rows<DynamicMessage> messages() throws IOException {
        FileFacts facts = facts();
        try {
            ProtobufRows messages = ProtobufRows.of(schemaName(), facts.descriptorSet(), facts.extra());
            return convert(withoutTombstones(rows(), messages), messages::message);
        } catch (IllegalArgumentException e) {
            throw failure("its rows are no messages: " + e.getMessage(), e);
        }
    }

    /**
     * The type of these messages, with all that it imports; empty for other data sets, and files of others.
     *
     * @throws IOException if the footer names a type that it does not describe
     */
    public Optional<Descriptor> messageType() throws IOException {
        if (!hasFacts() || !footer().containsKey(MESSAGE)) {
            return Optional.empty();
        }
        try {
            return Optional.of(MessageTypes.find(Base64.getDecoder().decode(facts().descriptorSet()), schemaName()));
        } catch (IllegalArgumentException e) {
            throw failure(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * The deltas that the rows of a pipeline of {@code type: delta} were made of. Values of string, number and boolean
     * columns have their stable form, so that the id of each can be computed again.
     *
     * @throws IOException if the footer does not say what was declared of the table
     */
    public Rows<RowDelta> deltas() throws IOException {
        String schema = facts().extra().get(DeltaTable.SCHEMA_FACT);
        if (schema == null) {
            throw new IOException(
                    "data file " + key + ": its rows are no deltas: its footer has no " + DeltaTable.SCHEMA_FACT);
        }
        try {
            return convert(rows(), new DeltaRows(DeclaredTable.of(schema))::read);
        } catch (IllegalArgumentException e) {
            throw failure(String.valueOf(e.getMessage()), e);
        }
    }

    private static Rows<Map<String, @Nullable Object>> withoutTombstones(
            Rows<Map<String, @Nullable Object>> rows, ProtobufRows messages) {
        return () -> {
            Map<String, @Nullable Object> row = rows.next();
            while (row != null && messages.isTombstone(row)) {
                row = rows.next();
            }
            return row;
        };
    }

    private <T> Rows<T> convert(
            Rows<Map<String, @Nullable Object>> rows, Function<Map<String, @Nullable Object>, T> made) {
        return () -> {
            Map<String, @Nullable Object> row = rows.next();
            try {
                return row == null ? null : made.apply(row);
            } catch (IllegalArgumentException e) {
                throw failure(String.valueOf(e.getMessage()), e);
            }
        };
    }

    private IOException failure(String what, Exception cause) {
        return new IOException("data file " + key + ": " + what, cause);
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
