package dev.alluvium.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the data files of a folder with DuckDB, an engine that shares no code with the one that wrote them. */
final class DataFiles implements AutoCloseable {
    private final Path folder;
    private final Connection duckdb;

    DataFiles(Path folder) {
        this.folder = folder;
        try {
            duckdb = DriverManager.getConnection("jdbc:duckdb:");
            try (Statement statement = duckdb.createStatement()) {
                statement.execute("SET TimeZone = 'UTC'");
                statement.execute("SET threads = 1");
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Keys of all objects there are, sorted: paths relative to the folder. Hidden files and folders are no objects. */
    List<String> keys() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(folder::relativize)
                    .filter(DataFiles::isVisible)
                    .map(file -> file.toString().replace('\\', '/'))
                    .sorted()
                    .toList();
        }
    }

    private static boolean isVisible(Path file) {
        for (Path name : file) {
            if (name.toString().startsWith(".")) {
                return false;
            }
        }
        return true;
    }

    /** The file of an object. */
    Path path(String key) {
        return folder.resolve(key);
    }

    /** The footer's key-value pairs of one file. */
    Map<String, String> footer(String key) throws SQLException {
        Map<String, String> footer = new HashMap<>();
        String query = "SELECT decode(key), decode(value) FROM parquet_kv_metadata(" + quoted(path(key)) + ")";
        try (Statement statement = duckdb.createStatement();
                ResultSet pairs = statement.executeQuery(query)) {
            while (pairs.next()) {
                footer.put(pairs.getString(1), pairs.getString(2));
            }
        }
        return footer;
    }

    /** All rows of one file, by column. Integers are Long, floats are Double, times are microseconds since the epoch. */
    List<Map<String, @Nullable Object>> rows(String key) throws SQLException {
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        String query = "SELECT * FROM read_parquet(" + quoted(path(key)) + ", hive_partitioning = false)";
        try (Statement statement = duckdb.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            ResultSetMetaData columns = result.getMetaData();
            while (result.next()) {
                Map<String, @Nullable Object> row = new LinkedHashMap<>();
                for (int i = 1; i <= columns.getColumnCount(); i++) {
                    row.put(columns.getColumnName(i), plain(result.getObject(i)));
                }
                rows.add(row);
            }
        }
        return rows;
    }

    private static String quoted(Path path) {
        return "'" + path.toString().replace("'", "''") + "'";
    }

    private static @Nullable Object plain(@Nullable Object value) throws SQLException {
        if (value == null || value instanceof String || value instanceof Boolean || value instanceof Double) {
            return value;
        }
        if (value instanceof Float single) {
            return (double) single;
        }
        if (value instanceof Number integer) {
            return integer.longValue();
        }
        if (value instanceof OffsetDateTime time) {
            return micros(time.toInstant());
        }
        if (value instanceof LocalDateTime time) {
            return micros(time.toInstant(ZoneOffset.UTC));
        }
        if (value instanceof Timestamp time) {
            return micros(time.toInstant());
        }
        if (value instanceof Array array) {
            List<@Nullable Object> list = new ArrayList<>();
            for (Object element : (Object[]) array.getArray()) {
                list.add(plain(element));
            }
            return list;
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> copy = new LinkedHashMap<>();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                copy.put(String.valueOf(entry.getKey()), plain(entry.getValue()));
            }
            return copy;
        }
        return value.toString();
    }

    private static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    @Override
    public void close() {
        try {
            duckdb.close();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
