package dev.alluvium.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Blob;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.duckdb.DuckDBStruct;
import org.jspecify.annotations.Nullable;

/**
 * Three readers that nobody here wrote, and ours, over the same files: DuckDB, hyparquet, and parquet-wasm with
 * apache-arrow. A test of a data set calls {@link #agreeOn} with a folder of its files.
 */
public final class ForeignReaders {
    private static final Path SCRIPTS = Path.of("src", "test", "js");
    private static final List<String> MODULES =
            List.of("hyparquet", "hyparquet-compressors", "parquet-wasm", "apache-arrow");
    private static final BigInteger BILLION = BigInteger.valueOf(1_000_000_000);
    private static final JsonFactory JSON = new JsonFactory();

    private ForeignReaders() {}

    /**
     * Fails unless every value of every {@code *.parquet} file of the folder, which is not searched any deeper, is the
     * same to all readers. What they see is left beside the files; src/test/js/compare.js tells its form. Without node or
     * its modules the test is skipped with a list of them, but where {@code CI} is set it fails.
     */
    public static void agreeOn(Path folder) throws IOException, InterruptedException, SQLException {
        requireTools();
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(file -> file.toString().endsWith(".parquet")).toList();
        }
        assertThat(files).isNotEmpty();
        for (Path file : files) {
            try (DataFileReader reader = DataFileReader.open(file)) {
                List<FileColumn> columns = reader.columns();
                write(Path.of(file + ".alluvium.jsonl"), columns, reader.rows());
                write(Path.of(file + ".duckdb.jsonl"), columns, duckDbRows(file, columns));
            }
        }
        Path log = folder.resolve("compare.log");
        int code = new ProcessBuilder("node", SCRIPTS.resolve("compare.js").toString(), folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();
        String said = Files.readString(log);
        assertThat(code).as(said).isZero();
        assertThat(said.lines())
                .as("every file by all four")
                .filteredOn(line -> line.contains("alluvium = duckdb = hyparquet = parquet-wasm, 0 differences"))
                .hasSameSizeAs(files);
    }

    private static void requireTools() throws InterruptedException {
        List<String> missing = new ArrayList<>();
        try {
            int code = new ProcessBuilder("node", "--version")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            assertThat(code).isZero();
        } catch (IOException e) {
            missing.add("node");
        }
        MODULES.stream()
                .filter(module ->
                        !Files.isDirectory(SCRIPTS.resolve("node_modules").resolve(module)))
                .forEach(missing::add);
        if (!missing.isEmpty()) {
            String what = "missing: " + String.join(", ", missing) + "; install node and run npm ci in app/src/test/js";
            System.out.println("foreign readers are skipped, " + what);
            assertThat(System.getenv("CI")).as(what).isNull();
            assumeTrue(false, what);
        }
    }

    // ---- DuckDB ----------------------------------------------------------------------------------------------------

    private static List<Map<String, @Nullable Object>> duckDbRows(Path file, List<FileColumn> columns)
            throws SQLException {
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (Map<String, @Nullable Object> values :
                DuckDb.raw("SELECT * FROM read_parquet('" + file + "', hive_partitioning = false)")) {
            assertThat(values.keySet())
                    .as("columns and their order in DuckDB")
                    .containsExactlyElementsOf(
                            columns.stream().map(FileColumn::name).toList());
            rows.add(struct(columns, values));
        }
        return rows;
    }

    private static Map<String, @Nullable Object> struct(List<FileColumn> fields, Map<?, ?> values) throws SQLException {
        Map<String, @Nullable Object> struct = new LinkedHashMap<>();
        for (FileColumn field : fields) {
            struct.put(field.name(), value(field, values.get(field.name())));
        }
        return struct;
    }

    /** A value of the driver as one of our reader, by the type that the file declares. */
    private static @Nullable Object value(FileColumn column, @Nullable Object value) throws SQLException {
        if (value == null) {
            return null;
        }
        switch (column.kind()) {
            case STRUCT -> {
                return struct(column.children(), ((DuckDBStruct) value).getMap());
            }
            case LIST -> {
                List<@Nullable Object> elements = new ArrayList<>();
                for (Object element : (Object[]) ((Array) value).getArray()) {
                    elements.add(value(column.children().get(0), element));
                }
                return elements;
            }
            case MAP -> {
                Map<@Nullable Object, @Nullable Object> entries = new LinkedHashMap<>();
                for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
                    entries.put(
                            value(column.children().get(0), entry.getKey()),
                            value(column.children().get(1), entry.getValue()));
                }
                return entries;
            }
            case JSON -> {
                return value.toString();
            }
            case SCALAR -> {
                return scalar(column, value);
            }
        }
        throw new AssertionError(column.kind());
    }

    private static Object scalar(FileColumn column, Object value) throws SQLException {
        if (value instanceof Blob blob) {
            return blob.getBytes(1, (int) blob.length());
        }
        if (value instanceof OffsetDateTime time) {
            return time.toInstant();
        }
        if (value instanceof Timestamp local) {
            return local.toLocalDateTime();
        }
        if (value instanceof String text && column.type().contains("TIMESTAMP(NANOS")) {
            return DuckDb.ofNanoseconds(text);
        }
        return value;
    }

    // ---- the form of compare.js ------------------------------------------------------------------------------------

    private static void write(
            Path file, List<FileColumn> columns, List<? extends Map<String, ? extends @Nullable Object>> rows)
            throws IOException {
        try (Writer out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            for (Map<String, ? extends @Nullable Object> row : rows) {
                JsonGenerator json = JSON.createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
                write(json, columns, row);
                json.close();
                out.write('\n');
            }
        }
    }

    private static void write(JsonGenerator json, List<FileColumn> fields, Map<?, ?> struct) throws IOException {
        json.writeStartObject();
        for (FileColumn field : fields) {
            json.writeFieldName(field.name());
            write(json, field, struct.get(field.name()));
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, FileColumn column, @Nullable Object value) throws IOException {
        if (value == null) {
            json.writeNull();
            return;
        }
        switch (column.kind()) {
            case STRUCT -> write(json, column.children(), (Map<?, ?>) value);
            case LIST -> {
                json.writeStartArray();
                for (Object element : (List<?>) value) {
                    write(json, column.children().get(0), element);
                }
                json.writeEndArray();
            }
            case MAP -> {
                json.writeStartObject();
                for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
                    json.writeFieldName(entry.getKey().toString());
                    write(json, column.children().get(1), entry.getValue());
                }
                json.writeEndObject();
            }
            case JSON -> json.writeString("j" + value);
            case SCALAR -> {
                if (value instanceof Boolean flag) {
                    json.writeBoolean(flag);
                } else {
                    json.writeString(form(value));
                }
            }
        }
    }

    private static String form(Object value) {
        if (value instanceof Integer || value instanceof Long || value instanceof BigInteger) {
            return "n" + value;
        }
        if (value instanceof Float number) {
            return ofDouble(number);
        }
        if (value instanceof Double number) {
            return ofDouble(number);
        }
        if (value instanceof byte[] bytes) {
            return "b" + HexFormat.of().formatHex(bytes);
        }
        if (value instanceof Instant time) {
            return "t"
                    + BigInteger.valueOf(time.getEpochSecond())
                            .multiply(BILLION)
                            .add(BigInteger.valueOf(time.getNano()));
        }
        if (value instanceof LocalDateTime local) {
            // Readers tell it as the time that it would be in UTC.
            return form(local.toInstant(ZoneOffset.UTC));
        }
        if (value instanceof LocalDate day) {
            return "d" + day.toEpochDay();
        }
        if (value instanceof String text) {
            return "s" + text;
        }
        throw new AssertionError("no form for a " + value.getClass());
    }

    private static String ofDouble(double number) {
        if (Double.isNaN(number)) {
            return "fNaN";
        }
        boolean isInteger = number == Math.rint(number) && Math.abs(number) <= 0x1p53;
        return isInteger && Double.doubleToRawLongBits(number) != Double.doubleToRawLongBits(-0.0)
                ? "n" + new BigDecimal(number).toBigIntegerExact()
                : "f" + HexFormat.of().toHexDigits(Double.doubleToRawLongBits(number));
    }
}
