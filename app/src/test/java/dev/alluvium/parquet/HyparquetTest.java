package dev.alluvium.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.alluvium.parquet.WriterSettings.Codec;
import dev.alluvium.schema.Column;
import dev.alluvium.schema.ColumnType.ListOf;
import dev.alluvium.schema.ColumnType.MapOf;
import dev.alluvium.schema.ColumnType.Scalar;
import dev.alluvium.schema.ColumnType.Struct;
import dev.alluvium.schema.TableSchema;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Data files judged by hyparquet, a reader in JavaScript that shares no code with ours. */
class HyparquetTest {

    private static final Path SCRIPTS = Path.of("src", "test", "js");

    @TempDir
    Path dir;

    @BeforeEach
    void needsNodeAndItsModules() {
        assumeTrue(
                Files.isDirectory(SCRIPTS.resolve("node_modules").resolve("hyparquet")),
                "hyparquet is not installed: run npm ci in app/src/test/js");
        boolean hasNode;
        try {
            hasNode = new ProcessBuilder("node", "--version").start().waitFor() == 0;
        } catch (IOException e) {
            hasNode = false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        assumeTrue(hasNode, "node is not on the path");
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void readsEveryTypeAndNesting(Codec codec) throws Exception {
        List<Column> columns = new ArrayList<>(Arrays.stream(Scalar.values())
                .map(type -> Column.optional(type.name(), type))
                .toList());
        Struct point = new Struct(List.of(Column.required("x", Scalar.INT32), Column.optional("y", Scalar.UTF8)));
        columns.add(Column.optional("point", point));
        columns.add(Column.optional("list", new ListOf(new ListOf(Scalar.INT32, true), true)));
        columns.add(Column.optional("map", new MapOf(Scalar.UTF8, Scalar.INT32, true)));
        Map<String, @Nullable Object> full = new LinkedHashMap<>();
        full.put("BOOL", true);
        full.put("INT32", Integer.MIN_VALUE);
        full.put("INT64", Long.MIN_VALUE);
        full.put("UINT32", 0xFFFFFFFFL);
        full.put("UINT64", new BigInteger("18446744073709551615"));
        full.put("FLOAT32", 0.25f);
        full.put("FLOAT64", -1e300);
        full.put("UTF8", "grüße 🏁");
        full.put("JSON", "{\"a\":[1,null]}");
        full.put("ENUM", "DELTA_OP_INSERT");
        full.put("BINARY", new byte[] {0, -1, 127});
        full.put("TIMESTAMP_MICROS", Instant.parse("2026-11-21T09:03:04.000005Z"));
        full.put("TIMESTAMP_NANOS", Instant.parse("2026-11-21T09:03:04.000005007Z"));
        full.put("LOCAL_TIMESTAMP_MICROS", LocalDateTime.parse("2026-11-21T09:03:04.000005"));
        full.put("DATE", LocalDate.parse("2026-11-21"));
        full.put("point", Map.of("x", 1));
        full.put("list", Arrays.asList(List.of(1, 2), null, List.of(), Arrays.asList((Integer) null)));
        full.put("map", Map.of("k", 5));
        Map<String, @Nullable Object> empty = Map.of("list", List.of(), "map", Map.of());

        JsonNode read = read(write(new TableSchema("t", columns), codec, List.of(full, empty)));

        assertThat(read).isEqualTo(new ObjectMapper().readTree("""
                [{"BOOL":true,"INT32":-2147483648,"INT64":"-9223372036854775808","UINT32":4294967295,
                  "UINT64":"18446744073709551615","FLOAT32":0.25,"FLOAT64":-1e300,"UTF8":"grüße 🏁",
                  "JSON":{"a":[1,null]},"ENUM":"DELTA_OP_INSERT","BINARY":"00ff7f",
                  "TIMESTAMP_MICROS":"1795251784000005",
                  "TIMESTAMP_NANOS":"1795251784000005007",
                  "LOCAL_TIMESTAMP_MICROS":"1795251784000005","DATE":"2026-11-21T00:00:00.000Z","point":{"x":1,"y":null},"list":[[1,2],null,[],[null]],
                  "map":{"k":5}},
                 {"BOOL":null,"INT32":null,"INT64":null,"UINT32":null,"UINT64":null,"FLOAT32":null,"FLOAT64":null,
                  "UTF8":null,"JSON":null,"ENUM":null,"BINARY":null,"TIMESTAMP_MICROS":null,"TIMESTAMP_NANOS":null,
                  "LOCAL_TIMESTAMP_MICROS":null,"DATE":null,"point":null,"list":[],
                  "map":{}}]"""));
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void readsManyPagesAndRowGroups(Codec codec) throws Exception {
        TableSchema schema =
                new TableSchema("t", List.of(Column.required("n", Scalar.INT64), Column.optional("word", Scalar.UTF8)));
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        List<Map<String, @Nullable Object>> expected = new ArrayList<>();
        for (long i = 0; i < 5_000; i++) {
            Map<String, @Nullable Object> row = new LinkedHashMap<>();
            row.put("n", i);
            row.put("word", i % 7 == 0 ? null : "word " + i % 11);
            rows.add(row);
            Map<String, @Nullable Object> json = new LinkedHashMap<>(row);
            json.put("n", Long.toString(i));
            expected.add(json);
        }

        JsonNode read = read(write(schema, codec, rows));

        assertThat(read).isEqualTo(new ObjectMapper().valueToTree(expected));
    }

    private Path write(TableSchema schema, Codec codec, List<Map<String, @Nullable Object>> rows) throws IOException {
        Path file = dir.resolve("file.parquet");
        try (RootAllocator allocator = new RootAllocator();
                VectorSchemaRoot batch = ArrowRows.batch(allocator, schema, rows);
                DataFileWriter writer =
                        DataFileWriter.create(file, schema, new WriterSettings(codec, 3, 10_000, 2_000, 500))) {
            writer.write(batch);
            writer.finish(Map.of());
        }
        return file;
    }

    private JsonNode read(Path file) throws Exception {
        Path output = dir.resolve("output.json");
        Process node = new ProcessBuilder("node", SCRIPTS.resolve("read.js").toString(), file.toString())
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(node.waitFor()).isZero();
        return new ObjectMapper().readTree(Files.readString(output, StandardCharsets.UTF_8));
    }
}
