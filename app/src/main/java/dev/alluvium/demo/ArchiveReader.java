package dev.alluvium.demo;

import dev.alluvium.demo.TableTally.ColumnTally;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads an archive with DuckDB, an engine that shares no code with the one that wrote it, and says where it differs from
 * what was produced. Not thread safe.
 */
final class ArchiveReader implements AutoCloseable {
    /** The session in {@code 1001.parquet} and {@code 1001-3-4711.parquet}. */
    private static final Pattern SESSION_FILE = Pattern.compile("(\\d+)(-\\d+)*\\.parquet");

    private final Path archive;
    private final Connection connection;

    ArchiveReader(Path archive) throws SQLException {
        this.archive = archive.toAbsolutePath();
        this.connection = DriverManager.getConnection("jdbc:duckdb:");
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET threads = 2");
            statement.execute("SET memory_limit = '1GB'");
            statement.execute("SET preserve_insertion_order = false");
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    /** Everything in the archive that belongs to none of the pipelines, by path within the archive. */
    List<String> strangers(List<Layout> pipelines) throws IOException {
        List<String> folders =
                pipelines.stream().map(pipeline -> pipeline.pipeline() + "/").toList();
        return files(archive)
                .map(this::relative)
                .filter(path -> folders.stream().noneMatch(path::startsWith))
                .toList();
    }

    /** Compares the folder of one pipeline with what it must hold. */
    Comparison.Pipeline compare(Expectation expected, long deadLetters, double seconds) throws IOException {
        Layout layout = expected.layout();
        List<String> differences = new ArrayList<>();
        List<Path> files = new ArrayList<>();
        long rows = 0;
        long bytes = 0;
        for (Path file : files(archive.resolve(layout.pipeline())).sorted().toList()) {
            if (file.toString().endsWith(".parquet")) {
                files.add(file);
                bytes += Files.size(file);
            } else {
                differences.add(relative(file) + ": not a data file");
            }
        }
        Map<String, List<Path>> found = layout == Layout.DELTAS
                ? filesByTableColumn(files, differences)
                : filesBySessionName(files, differences);
        for (Entry<String, TableTally> table : expected.tables().entrySet()) {
            List<Path> ofTable = found.remove(table.getKey());
            if (ofTable == null) {
                differences.add(
                        table.getKey() + ": no file, " + table.getValue().rows() + " rows produced");
            } else {
                rows += compare(table.getKey(), table.getValue(), layout, ofTable, differences);
            }
        }
        for (Entry<String, List<Path>> surplus : found.entrySet()) {
            differences.add(surplus.getKey() + ": nothing produced, but there is "
                    + relative(surplus.getValue().get(0)));
        }
        if (deadLetters != expected.badRecords()) {
            differences.add(deadLetters + " dead letters, " + expected.badRecords() + " bad records produced");
        }
        return new Comparison.Pipeline(
                layout.pipeline(),
                expected.records(),
                rows,
                files.size(),
                bytes,
                deadLetters,
                expected.valueBytes(),
                seconds,
                differences);
    }

    private long compare(String table, TableTally expected, Layout layout, List<Path> files, List<String> differences) {
        try {
            String source = source(files, "");
            Map<String, String> types = types(source);
            Map<String, ColumnTally> comparable = new LinkedHashMap<>();
            expected.columns().forEach((name, column) -> {
                String type = types.remove(name);
                if (type == null) {
                    if (!column.mayBeMissing) {
                        differences.add(table + "." + name + ": no such column in the files");
                    }
                } else if (!column.kind.isOfType(type)) {
                    differences.add(table + "." + name + ": " + type + " in the files, not " + column.kind.typeName());
                } else {
                    comparable.put(name, column);
                }
            });
            types.forEach((name, type) -> differences.add(table + "." + name + ": a column that nobody produced"));
            return compareValues(table, expected, layout, source, comparable, differences);
        } catch (SQLException e) {
            differences.add(table + ": DuckDB cannot read it: " + e.getMessage());
            return 0;
        }
    }

    private long compareValues(
            String table,
            TableTally expected,
            Layout layout,
            String source,
            Map<String, ColumnTally> columns,
            List<String> differences)
            throws SQLException {
        StringBuilder sql = new StringBuilder("SELECT count(*)");
        for (Entry<String, ColumnTally> column : columns.entrySet()) {
            sql.append(", count(").append(TableTally.quoted(column.getKey())).append("), ");
            sql.append(TableTally.checksumSql(column, layout.rowKeySql()));
        }
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql.append(source).toString())) {
            result.next();
            long rows = result.getLong(1);
            if (rows != expected.rows()) {
                differences.add(table + ": " + rows + " rows in the files, " + expected.rows() + " produced");
            }
            int position = 2;
            for (Entry<String, ColumnTally> column : columns.entrySet()) {
                ColumnTally tally = column.getValue();
                long values = result.getLong(position++);
                String checksum = result.getString(position++);
                if (rows - values != expected.rows() - tally.values) {
                    differences.add(table + "." + column.getKey() + ": " + (rows - values) + " nulls in the files, "
                            + (expected.rows() - tally.values) + " produced");
                }
                if (Long.parseUnsignedLong(checksum == null ? "0" : checksum) != tally.sum) {
                    differences.add(table + "." + column.getKey() + ": the values differ from those produced");
                }
            }
            return rows;
        }
    }

    private Map<String, String> types(String source) throws SQLException {
        Map<String, String> types = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("DESCRIBE SELECT *" + source)) {
            while (result.next()) {
                types.put(result.getString("column_name"), result.getString("column_type"));
            }
        }
        return types;
    }

    private Map<String, List<Path>> filesByTableColumn(List<Path> files, List<String> differences) {
        Map<String, List<Path>> byTable = new TreeMap<>();
        if (files.isEmpty()) {
            return byTable;
        }
        Map<Path, String> tables = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(
                        "SELECT DISTINCT filename, \"table\"" + source(files, ", filename = true") + " ORDER BY ALL")) {
            while (result.next()) {
                Path file = Path.of(result.getString(1));
                String table = String.valueOf(result.getString(2));
                String other = tables.putIfAbsent(file, table);
                if (other != null) {
                    differences.add(relative(file) + ": rows of two tables, " + other + " and " + table);
                }
            }
        } catch (SQLException e) {
            differences.add("DuckDB cannot read the files: " + e.getMessage());
        }
        for (Path file : files) {
            String table = tables.get(file);
            if (table == null) {
                differences.add(relative(file) + ": no rows");
            } else {
                byTable.computeIfAbsent(table, key -> new ArrayList<>()).add(file);
            }
        }
        return byTable;
    }

    private Map<String, List<Path>> filesBySessionName(List<Path> files, List<String> differences) {
        Map<String, List<Path>> bySession = new TreeMap<>();
        for (Path file : files) {
            Matcher name = SESSION_FILE.matcher(String.valueOf(file.getFileName()));
            if (name.matches()) {
                bySession
                        .computeIfAbsent(name.group(1), key -> new ArrayList<>())
                        .add(file);
            } else {
                differences.add(relative(file) + ": not the name of a session's file");
            }
        }
        return bySession;
    }

    private static String source(List<Path> files, String options) {
        return files.stream()
                .map(file -> "'" + file.toString().replace("'", "''") + "'")
                .collect(Collectors.joining(", ", " FROM read_parquet([", "], union_by_name = true" + options + ")"));
    }

    private static Stream<Path> files(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return Stream.empty();
        }
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(Files::isRegularFile).toList().stream();
        }
    }

    private String relative(Path file) {
        return archive.relativize(file).toString().replace('\\', '/');
    }
}
