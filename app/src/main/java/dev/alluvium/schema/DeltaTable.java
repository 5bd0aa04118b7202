package dev.alluvium.schema;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A table as LakeSync declares it. Deltas may name columns that are not declared; see {@link #EXTRA}.
 *
 * @param table an identifier, see {@link #isIdentifier}
 * @param columns the declared columns, in the order they have in data files
 */
public record DeltaTable(String table, List<DeltaColumn> columns) {
    public static final String OP = "op";
    public static final String TABLE = "table";
    public static final String ROW_ID = "rowId";
    public static final String CLIENT_ID = "clientId";
    /** The hybrid logical clock: upper 48 bits epoch milliseconds, lower 16 bits counter. */
    public static final String HLC = "hlc";

    public static final String DELTA_ID = "deltaId";
    /** The clock's wall time, by whose day tables are partitioned. */
    public static final String HLC_TIME = "hlcTs";
    /** The names that a delta sets, in its order: a listed name with a null value was set to null. */
    public static final String COLUMNS = "_columns";
    /** What the declared columns cannot hold, as JSON text by name: nothing that a producer sent is lost. */
    public static final String EXTRA = "_extra";

    public static final String PARTITION = "_partition";
    public static final String OFFSET = "_offset";
    public static final String TIMESTAMP = "_timestamp";
    /** Position of a delta among those of its record. */
    public static final String INDEX = "_index";

    public static final String PUSH_CLIENT_ID = "_pushClientId";
    public static final String LAST_SEEN_HLC = "_lastSeenHlc";
    public static final String SERVER_HLC = "_serverHlc";
    public static final String HAS_MORE = "_hasMore";
    /** Protobuf fields that the message type does not know; there only where a record had some. */
    public static final String UNKNOWN = "_unknown";

    /** The key of a footer with {@link #json}: by it rows become deltas again without a configuration. */
    public static final String SCHEMA_FACT = "lakesync:schema";

    /** Position of the first declared column. */
    public static final int FIRST_COLUMN = 6;

    private static final Set<String> RESERVED = Set.of(
            OP,
            TABLE,
            ROW_ID,
            CLIENT_ID,
            HLC,
            DELTA_ID,
            HLC_TIME,
            COLUMNS,
            EXTRA,
            PARTITION,
            OFFSET,
            TIMESTAMP,
            UNKNOWN,
            INDEX,
            PUSH_CLIENT_ID,
            LAST_SEEN_HLC,
            SERVER_HLC,
            HAS_MORE,
            "_key",
            "_headers");

    private static final int MAX_IDENTIFIER_LENGTH = 64;

    public DeltaTable {
        columns = List.copyOf(columns);
        if (!isIdentifier(table)) {
            throw new IllegalArgumentException(
                    "\"" + table + "\" is no table name: a letter or _, then at most 63 letters, digits or _");
        }
        Set<String> names = new HashSet<>();
        for (DeltaColumn column : columns) {
            if (isReserved(column.name())) {
                throw new IllegalArgumentException("table " + table + " declares the column " + column.name()
                        + ", which every delta file has already; left undeclared it is kept in " + EXTRA);
            }
            if (!names.add(column.name())) {
                throw new IllegalArgumentException(
                        "table " + table + " declares the column " + column.name() + " twice");
            }
        }
    }

    /** A table of which nothing is declared. */
    public static DeltaTable undeclared(String table) {
        return new DeltaTable(table, List.of());
    }

    /** As LakeSync writes its schemas: {@code {"table":"todos","columns":[{"name":"done","type":"boolean"}]}}. */
    public String json() {
        // Identifiers have nothing to escape.
        return columns.stream()
                .map(column -> "{\"name\":\"" + column.name() + "\",\"type\":\""
                        + column.type().text() + "\"}")
                .collect(Collectors.joining(",", "{\"table\":\"" + table + "\",\"columns\":[", "]}"));
    }

    /** Whether every delta file has a column of this name, so that no table may declare it. */
    public static boolean isReserved(String column) {
        return RESERVED.contains(column);
    }

    /** Whether LakeSync takes the text as the name of a table or column: {@code [a-zA-Z_][a-zA-Z0-9_]{0,63}}. */
    public static boolean isIdentifier(CharSequence text) {
        int length = text.length();
        if (length == 0 || length > MAX_IDENTIFIER_LENGTH || !startsIdentifier(text.charAt(0))) {
            return false;
        }
        for (int i = 1; i < length; i++) {
            if (!continuesIdentifier(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** As {@link #isIdentifier(CharSequence)}, of the bytes from {@code start} to {@code end}, exclusive. */
    public static boolean isIdentifier(byte[] bytes, int start, int end) {
        if (end <= start || end - start > MAX_IDENTIFIER_LENGTH || !startsIdentifier(bytes[start])) {
            return false;
        }
        for (int i = start + 1; i < end; i++) {
            if (!continuesIdentifier(bytes[i])) {
                return false;
            }
        }
        return true;
    }

    private static boolean startsIdentifier(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    }

    private static boolean continuesIdentifier(int c) {
        return startsIdentifier(c) || (c >= '0' && c <= '9');
    }

    /**
     * The columns of this table's data files.
     *
     * @param coordinates whether each row says where in Kafka it came from
     */
    public TableSchema schema(boolean coordinates) {
        List<Column> all = new ArrayList<>();
        all.add(Column.required(OP, ColumnType.Scalar.UTF8));
        all.add(Column.required(TABLE, ColumnType.Scalar.UTF8));
        all.add(Column.required(ROW_ID, ColumnType.Scalar.UTF8));
        all.add(Column.required(CLIENT_ID, ColumnType.Scalar.UTF8));
        all.add(Column.required(HLC, ColumnType.Scalar.INT64));
        all.add(Column.required(DELTA_ID, ColumnType.Scalar.UTF8));
        for (DeltaColumn column : columns) {
            all.add(Column.optional(column.name(), column.type().column()));
        }
        all.add(Column.required(HLC_TIME, ColumnType.Scalar.TIMESTAMP_MICROS));
        all.add(Column.required(COLUMNS, new ColumnType.ListOf(ColumnType.Scalar.UTF8, false)));
        all.add(Column.required(EXTRA, new ColumnType.MapOf(ColumnType.Scalar.UTF8, ColumnType.Scalar.JSON, false)));
        if (coordinates) {
            all.add(Column.required(PARTITION, ColumnType.Scalar.INT32));
            all.add(Column.required(OFFSET, ColumnType.Scalar.INT64));
            all.add(Column.required(TIMESTAMP, ColumnType.Scalar.TIMESTAMP_MICROS));
        }
        return new TableSchema(table, all);
    }
}
