package dev.alluvium.demo;

import dev.alluvium.proto.lakesync.v1.ColumnDelta;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import dev.alluvium.proto.telemetry.v1.TelemetrySample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Writes the files that the archive ought to write, but with DuckDB and all rows of a table or session in one file. */
final class DuckWriter implements AutoCloseable {
    private final Connection connection;

    /** A record that was sent, with its place in the topic. */
    record Sent<T>(T message, long timestampMs, int partition, long offset) {}

    DuckWriter() throws SQLException {
        connection = DriverManager.getConnection("jdbc:duckdb:");
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    /** Runs a statement, for instance a COPY that spoils a file. */
    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    void writeDeltas(String table, List<Sent<RowDelta>> deltas, Path file) throws SQLException, IOException {
        Map<String, String> columns = DeltaData.tables().get(table);
        if (columns == null) {
            throw new IllegalArgumentException(table);
        }
        String rows = deltas.stream().map(sent -> deltaRow(sent, columns)).collect(Collectors.joining(",\n"));
        String names = "op,table,rowId,clientId,hlc,deltaId," + String.join(",", columns.keySet())
                + ",hlcTs,_columns,_extra,_partition,_offset,_timestamp";
        write(rows, names, file);
    }

    void writeSession(List<Sent<TelemetrySample>> samples, Path file) throws SQLException, IOException {
        TreeSet<String> aux = new TreeSet<>();
        samples.forEach(sent -> aux.addAll(sent.message().getAuxMap().keySet()));
        String rows = samples.stream()
                .map(sent -> sampleRow(sent, new ArrayList<>(aux)))
                .collect(Collectors.joining(",\n"));
        write(
                rows,
                "lap_number,time,distance,lat,long,speed,rpm,throttle,brake,gear,steering,glat,glong,"
                        + "_partition,_offset,_timestamp," + String.join(",", aux) + ",seq",
                file);
    }

    private void write(String rows, String names, Path file) throws SQLException, IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        String columns = names.replaceAll("[^,]+", "\"$0\"");
        execute("COPY (SELECT * FROM (VALUES " + rows + ") t(" + columns + ")) TO '" + file + "' (FORMAT parquet)");
    }

    private static String deltaRow(Sent<RowDelta> sent, Map<String, String> columns) {
        RowDelta delta = sent.message();
        List<String> values = new ArrayList<>();
        values.add(text(delta.getOp().name().substring(9)));
        values.add(text(delta.getTable()));
        values.add(text(delta.getRowId()));
        values.add(text(delta.getClientId()));
        values.add(delta.getHlc() + "::BIGINT");
        values.add(text(delta.getDeltaId()));
        columns.forEach((name, type) -> {
            String json = delta.getColumnsList().stream()
                    .filter(column -> column.getColumn().equals(name))
                    .map(column -> column.getValue().toStringUtf8())
                    .findFirst()
                    .orElse("null");
            values.add(value(type, json));
        });
        values.add("make_timestamptz(" + (delta.getHlc() >> 16) * 1000 + "::BIGINT)");
        values.add(delta.getColumnsList().stream()
                .map(column -> text(column.getColumn()))
                .collect(Collectors.joining(",", "[", "]::VARCHAR[]")));
        values.add(delta.getColumnsList().stream()
                .filter(column -> !columns.containsKey(column.getColumn()))
                .map(DuckWriter::entry)
                .collect(Collectors.joining(",", "MAP {", "}::MAP(VARCHAR, VARCHAR)")));
        addPlace(sent, values);
        return "(" + String.join(",", values) + ")";
    }

    private static String sampleRow(Sent<TelemetrySample> sent, List<String> aux) {
        TelemetrySample sample = sent.message();
        List<String> values = new ArrayList<>();
        values.add(sample.getLapNumber() + "::INTEGER");
        values.add(sample.getTime() + "::DOUBLE");
        values.add(sample.getDistance() + "::DOUBLE");
        values.add((sample.hasLat() ? Double.toString(sample.getLat()) : "NULL") + "::DOUBLE");
        values.add((sample.hasLong() ? Double.toString(sample.getLong()) : "NULL") + "::DOUBLE");
        for (double value : new double[] {
            sample.getSpeed(),
            sample.getRpm(),
            sample.getThrottle(),
            sample.getBrake(),
            sample.getGear(),
            sample.getSteering(),
            sample.getGlat(),
            sample.getGlong()
        }) {
            values.add(value + "::DOUBLE");
        }
        addPlace(sent, values);
        for (String channel : aux) {
            Double value = sample.getAuxMap().get(channel);
            values.add((value == null ? "NULL" : value.toString()) + "::DOUBLE");
        }
        values.add(sample.getSeq() + "::BIGINT");
        return "(" + String.join(",", values) + ")";
    }

    private static void addPlace(Sent<?> sent, List<String> values) {
        values.add(sent.partition() + "::INTEGER");
        values.add(sent.offset() + "::BIGINT");
        values.add("make_timestamptz(" + sent.timestampMs() * 1000 + "::BIGINT)");
    }

    private static String value(String type, String json) {
        boolean isNull = json.equals("null");
        return switch (type) {
            case "number" -> json + "::DOUBLE";
            case "boolean" -> json + "::BOOLEAN";
            case "json" -> (isNull ? json : text(json)) + "::JSON";
            default -> (isNull ? json : text(json.substring(1, json.length() - 1))) + "::VARCHAR";
        };
    }

    private static String entry(ColumnDelta column) {
        return text(column.getColumn()) + ": " + text(column.getValue().toStringUtf8());
    }

    private static String text(String value) {
        return "'" + value.replace("'", "''") + "'";
    }
}
