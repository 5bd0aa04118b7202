package dev.alluvium.bench.process;

import dev.alluvium.bench.BenchData;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The finished files of a run, as DuckDB reads them. */
final class WrittenFiles implements AutoCloseable {
    private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);

    private final Path folder;
    private final Connection duckDb;
    private final Map<Path, Long> rows = new HashMap<>();

    WrittenFiles(Path folder) throws SQLException {
        this.folder = folder;
        this.duckDb = DriverManager.getConnection("jdbc:duckdb:");
    }

    /** Rows by the footers of all files that are finished by now. */
    long rows() throws IOException, SQLException {
        for (Path file : finished()) {
            if (!rows.containsKey(file)) {
                rows.put(file, number("select num_rows from parquet_file_metadata('" + file + "')"));
            }
        }
        return rows.values().stream().mapToLong(Long::longValue).sum();
    }

    private List<Path> finished() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file -> file.getFileName().toString().endsWith(".parquet"))
                    .filter(file -> folder.relativize(file).toString().charAt(0) != '.')
                    .filter(WrittenFiles::hasFooter)
                    .toList();
        } catch (UncheckedIOException e) {
            return List.of(); // a temporary file went away meanwhile
        }
    }

    private static boolean hasFooter(Path file) {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "r")) {
            byte[] end = new byte[MAGIC.length];
            if (open.length() < 2L * MAGIC.length) {
                return false;
            }
            open.seek(open.length() - MAGIC.length);
            open.readFully(end);
            return Arrays.equals(end, MAGIC);
        } catch (IOException e) {
            return false;
        }
    }

    long count() {
        return rows.size();
    }

    long bytes() throws IOException {
        long bytes = 0;
        for (Path file : rows.keySet()) {
            bytes += Files.size(file);
        }
        return bytes;
    }

    /** Why the files are not what the topic holds; empty if they are. */
    String difference(Topic topic) throws SQLException {
        String files = rows.keySet().stream().map(file -> "'" + file + "'").collect(Collectors.joining(", "));
        String from = " from read_parquet([" + files + "])";
        boolean isDeltas = topic.data() == BenchData.DELTAS;
        long distinct =
                number("select count(distinct " + (isDeltas ? "delta_id" : "(session_id, \"time\")") + ")" + from);
        if (distinct != topic.records()) {
            return distinct + " distinct rows";
        }
        // The sum of so many HLCs is longer than 64 bits: both sides keep the low ones.
        long sum = number("select (sum(" + (isDeltas ? "hlc" : "session_id::hugeint * 100 + lap_number")
                + "::hugeint) % 18446744073709551616::hugeint)" + from);
        if (sum != topic.checksum()) {
            return "checksum " + sum + ", not " + topic.checksum();
        }
        long nested = number("select sum(" + (isDeltas ? "len(columns)" : "cardinality(aux)") + ")" + from);
        return nested > 0 ? "" : "no nested values";
    }

    private long number(String sql) throws SQLException {
        try (Statement statement = duckDb.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getBigDecimal(1).toBigInteger().longValue();
        }
    }

    @Override
    public void close() throws SQLException {
        duckDb.close();
    }
}
