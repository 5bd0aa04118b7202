package dev.alluvium.parquet;

import java.nio.file.Path;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.duckdb.DuckDBStruct;
import org.duckdb.JsonNode;
import org.jspecify.annotations.Nullable;

/** Another engine's view of a data file. */
public final class DuckDb {

    /** How the driver gives times with nanoseconds; it has no class for them. */
    private static final Pattern NANOSECONDS =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d(\\.\\d+)?[+-]\\d\\d(:\\d\\d)?");

    private static final DateTimeFormatter NANOSECONDS_FORMAT = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendLiteral(' ')
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .appendOffset("+HH:mm", "+00")
            .toFormatter(Locale.ROOT);

    private static @Nullable Connection shared;

    private DuckDb() {}

    /** One for all tests: opening a database takes longer than reading a small file. */
    private static synchronized Connection connection() throws SQLException {
        if (shared == null) {
            shared = DriverManager.getConnection("jdbc:duckdb:");
        }
        return shared;
    }

    /** All rows of the file in its order, comparable with {@link #comparable}. */
    public static List<Object> rows(Path file) throws SQLException {
        return query("SELECT * FROM read_parquet('" + file + "')");
    }

    public static List<Object> query(String sql) throws SQLException {
        List<Object> rows = new ArrayList<>();
        try (Statement statement = connection().createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            ResultSetMetaData meta = result.getMetaData();
            while (result.next()) {
                Map<Object, @Nullable Object> row = new LinkedHashMap<>();
                for (int i = 1; i <= meta.getColumnCount(); i++) {
                    row.put(meta.getColumnName(i), comparable(result.getObject(i)));
                }
                rows.add(row);
            }
        }
        return rows;
    }

    /** As {@link #query}, with values as the driver gives them. */
    static List<Map<String, @Nullable Object>> raw(String sql) throws SQLException {
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        try (Statement statement = connection().createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            ResultSetMetaData meta = result.getMetaData();
            while (result.next()) {
                Map<String, @Nullable Object> row = new LinkedHashMap<>();
                for (int i = 1; i <= meta.getColumnCount(); i++) {
                    row.put(meta.getColumnName(i), result.getObject(i));
                }
                rows.add(row);
            }
        }
        return rows;
    }

    /** A time with nanoseconds as the driver gives it. */
    static Instant ofNanoseconds(String text) {
        return OffsetDateTime.parse(text, NANOSECONDS_FORMAT).toInstant();
    }

    /** Runs a statement that gives no rows. */
    static void execute(String sql) throws SQLException {
        try (Statement statement = connection().createStatement()) {
            statement.execute(sql);
        }
    }

    /** A value, of this engine or of the reader under test, in a form whose equals compares contents. */
    static @Nullable Object comparable(@Nullable Object value) throws SQLException {
        if (value instanceof Blob blob) {
            return comparable(blob.getBytes(1, (int) blob.length()));
        }
        if (value instanceof byte[] bytes) {
            return "0x" + HexFormat.of().formatHex(bytes);
        }
        if (value instanceof OffsetDateTime time) {
            return time.toInstant();
        }
        if (value instanceof String text && NANOSECONDS.matcher(text).matches()) {
            return ofNanoseconds(text);
        }
        if (value instanceof Timestamp local) {
            return local.toLocalDateTime();
        }
        if (value instanceof JsonNode json) {
            return json.toString();
        }
        if (value instanceof DuckDBStruct struct) {
            return comparable(struct.getMap());
        }
        if (value instanceof Array array) {
            return comparable(array.getArray());
        }
        if (value instanceof Object[] array) {
            List<@Nullable Object> list = new ArrayList<>();
            for (Object element : array) {
                list.add(comparable(element));
            }
            return list;
        }
        if (value instanceof List<?> elements) {
            return comparable(elements.toArray());
        }
        if (value instanceof Map<?, ?> map) {
            Map<@Nullable Object, @Nullable Object> copy = new LinkedHashMap<>();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                copy.put(comparable(entry.getKey()), comparable(entry.getValue()));
            }
            return copy;
        }
        return value;
    }
}
