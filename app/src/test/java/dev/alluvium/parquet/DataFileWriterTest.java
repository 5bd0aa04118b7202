package dev.alluvium.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alluvium.parquet.WriterSettings.Codec;
import dev.alluvium.schema.Column;
import dev.alluvium.schema.ColumnType.ListOf;
import dev.alluvium.schema.ColumnType.MapOf;
import dev.alluvium.schema.ColumnType.Scalar;
import dev.alluvium.schema.ColumnType.Struct;
import dev.alluvium.schema.TableSchema;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.internal.column.columnindex.ColumnIndex;
import org.apache.parquet.internal.column.columnindex.OffsetIndex;
import org.apache.parquet.io.LocalInputFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DataFileWriterTest {

    private static final TableSchema SCALARS = new TableSchema(
            "scalars",
            Arrays.stream(Scalar.values())
                    .map(type -> Column.optional(type.name(), type))
                    .toList());

    private static final TableSchema LONGS =
            new TableSchema("longs", List.of(Column.required("n", Scalar.INT64), Column.optional("text", Scalar.UTF8)));

    @TempDir
    Path dir;

    private final RootAllocator allocator = new RootAllocator();

    @AfterEach
    void leakNoArrowBuffer() {
        allocator.close();
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void keepsEveryScalarTypeAtItsEdgesWithEveryCodec(Codec codec) throws Exception {
        Map<String, @Nullable Object> high = new LinkedHashMap<>();
        high.put("BOOL", true);
        high.put("INT32", Integer.MAX_VALUE);
        high.put("INT64", Long.MAX_VALUE);
        high.put("UINT32", 0xFFFFFFFFL);
        high.put("UINT64", new BigInteger("18446744073709551615"));
        high.put("FLOAT32", Float.MAX_VALUE);
        high.put("FLOAT64", Double.POSITIVE_INFINITY);
        high.put("UTF8", "grüße 🏁");
        high.put("JSON", "{\"a\":[1,null]}");
        high.put("ENUM", "DELTA_OP_INSERT");
        high.put("BINARY", new byte[] {0, -1, 127});
        high.put("TIMESTAMP_MICROS", Instant.parse("2026-11-21T09:03:04.000005Z"));
        high.put("TIMESTAMP_NANOS", Instant.parse("2026-11-21T09:03:04.000005007Z"));
        high.put("LOCAL_TIMESTAMP_MICROS", LocalDateTime.parse("2026-11-21T09:03:04.000005"));
        high.put("DATE", LocalDate.parse("9999-12-31"));
        Map<String, @Nullable Object> low = new LinkedHashMap<>();
        low.put("BOOL", false);
        low.put("INT32", Integer.MIN_VALUE);
        low.put("INT64", Long.MIN_VALUE);
        low.put("UINT32", 0L);
        low.put("UINT64", BigInteger.ZERO);
        low.put("FLOAT32", -0.0f);
        low.put("FLOAT64", Double.NaN);
        low.put("UTF8", "");
        low.put("JSON", "null");
        low.put("ENUM", "7");
        low.put("BINARY", new byte[0]);
        low.put("TIMESTAMP_MICROS", Instant.parse("1969-12-31T23:59:59.999999Z"));
        low.put("TIMESTAMP_NANOS", Instant.parse("1969-12-31T23:59:59.999999999Z"));
        low.put("LOCAL_TIMESTAMP_MICROS", LocalDateTime.parse("1969-12-31T23:59:59.999999"));
        low.put("DATE", LocalDate.parse("1969-12-31"));
        Map<String, @Nullable Object> none = new LinkedHashMap<>();
        high.keySet().forEach(name -> none.put(name, null));
        List<Map<String, @Nullable Object>> rows = List.of(high, low, none);

        Path file = write(SCALARS, new WriterSettings(codec, 3, 1 << 20, 1 << 20, 20_000), rows);

        assertThat(DuckDb.rows(file)).isEqualTo(DuckDb.comparable(rows));
        assertThat(DuckDb.comparable(read(file))).isEqualTo(DuckDb.comparable(rows));
    }

    @Test
    void givesOtherEnginesTheDeclaredTypes() throws Exception {
        Path file = write(SCALARS, WriterSettings.DEFAULT, List.of());

        assertThat(
                        DuckDb.query("SELECT column_type FROM (DESCRIBE SELECT * FROM read_parquet('" + file + "'))")
                                .stream()
                                .map(row -> String.valueOf(((Map<?, ?>) row).get("column_type"))))
                .containsExactly(
                        "BOOLEAN",
                        "INTEGER",
                        "BIGINT",
                        "UINTEGER",
                        "UBIGINT",
                        "FLOAT",
                        "DOUBLE",
                        "VARCHAR",
                        "JSON",
                        "VARCHAR",
                        "BLOB",
                        "TIMESTAMP WITH TIME ZONE",
                        "TIMESTAMPTZ_NS",
                        "TIMESTAMP",
                        "DATE");
    }

    @Test
    void tellsNullFromEmptyAtEveryLevel() throws Exception {
        Struct point = new Struct(List.of(Column.optional("x", Scalar.INT32), Column.optional("y", Scalar.UTF8)));
        TableSchema schema = new TableSchema(
                "nested",
                List.of(
                        Column.optional("point", point),
                        Column.optional("list", new ListOf(Scalar.INT32, true)),
                        Column.optional("lists", new ListOf(new ListOf(Scalar.UTF8, true), true)),
                        Column.optional("points", new ListOf(point, true)),
                        Column.optional("map", new MapOf(Scalar.UTF8, new ListOf(Scalar.INT64, true), true))));
        List<Map<String, @Nullable Object>> rows = List.of(
                row("point", null, "list", null, "lists", null, "points", null, "map", null),
                row(
                        "point",
                        row("x", null, "y", null),
                        "list",
                        List.of(),
                        "lists",
                        List.of(),
                        "points",
                        List.of(),
                        "map",
                        Map.of()),
                row(
                        "point",
                        row("x", 1, "y", null),
                        "list",
                        list((Object) null),
                        "lists",
                        list(null, List.of()),
                        "points",
                        list(null, row("x", null, "y", null)),
                        "map",
                        row("k", null)),
                row(
                        "point",
                        row("x", 2, "y", ""),
                        "list",
                        list(1, null, 3),
                        "lists",
                        list(list("a", null), null, List.of(), list("b", "c")),
                        "points",
                        list(row("x", 5, "y", "z")),
                        "map",
                        row("a", List.of(), "b", list(1L, null, 2L), "c", null)));

        Path file = write(schema, WriterSettings.DEFAULT, rows);

        assertThat(DuckDb.rows(file)).isEqualTo(rows);
        assertThat(read(file)).isEqualTo(rows);
    }

    @Test
    void writesAValidFileWithNoRows() throws Exception {
        Path file = write(LONGS, WriterSettings.DEFAULT, List.of());

        assertThat(DuckDb.rows(file)).isEmpty();
        assertThat(DuckDb.query("SELECT count(*) AS n FROM read_parquet('" + file + "')"))
                .isEqualTo(List.of(Map.of("n", 0L)));
        try (DataFileReader reader = DataFileReader.open(file)) {
            assertThat(reader.rowCount()).isZero();
            assertThat(reader.rows()).isEmpty();
        }
    }

    @Test
    void takesMissingColumnsAtTheEndForNull() throws Exception {
        TableSchema narrow = new TableSchema("t", List.of(Column.required("n", Scalar.INT64)));
        TableSchema wide = narrow.with(List.of(
                Column.optional("late", Scalar.FLOAT64),
                Column.optional("map", new MapOf(Scalar.UTF8, Scalar.INT32, true)),
                Column.optional("s", new Struct(List.of(Column.required("x", Scalar.BOOL))))));
        Path file = dir.resolve("file");
        try (DataFileWriter writer = DataFileWriter.create(file, wide, WriterSettings.DEFAULT);
                VectorSchemaRoot first = ArrowRows.batch(allocator, narrow, List.of(Map.of("n", 1L)));
                VectorSchemaRoot second = ArrowRows.batch(
                        allocator, wide, List.of(row("n", 2L, "late", 0.5, "map", row("a", 1), "s", row("x", true))))) {
            writer.write(first);
            writer.write(second);
            writer.finish(Map.of());
        }

        assertThat(DuckDb.rows(file))
                .isEqualTo(List.of(
                        row("n", 1L, "late", null, "map", null, "s", null),
                        row("n", 2L, "late", 0.5, "map", row("a", 1), "s", row("x", true))));
    }

    @Test
    void endsRowGroupsByTheirCompressedSize() throws Exception {
        int rowGroupBytes = 100_000;
        Path file = write(LONGS, new WriterSettings(Codec.ZSTD, 1, rowGroupBytes, 20_000, 5_000), randomRows(50_000));

        try (DataFileReader reader = DataFileReader.open(file)) {
            List<BlockMetaData> groups = reader.metadata().getBlocks();
            assertThat(groups).hasSizeGreaterThan(3);
            assertThat(groups.subList(0, groups.size() - 1))
                    .allSatisfy(group -> assertThat(group.getCompressedSize())
                            .isBetween((long) (rowGroupBytes * 0.8), (long) (rowGroupBytes * 1.2)));
        }
        assertThat(DuckDb.rows(file)).isEqualTo(randomRows(50_000));
    }

    @Test
    void tellsSizesOfTheFileToBeWithinATenth() throws Exception {
        Path file = dir.resolve("file");
        try (DataFileWriter writer =
                        DataFileWriter.create(file, LONGS, new WriterSettings(Codec.ZSTD, 1, 100_000, 20_000, 5_000));
                VectorSchemaRoot batch = ArrowRows.batch(allocator, LONGS, randomRows(20_000))) {
            writer.write(batch);
            long estimated = writer.fileBytes();
            writer.flushRowGroup();

            assertThat((double) Files.size(file)).isBetween(estimated * 0.9, estimated * 1.1);
            assertThat(writer.fileBytes()).isEqualTo(Files.size(file));
            assertThat(writer.finish(Map.of())).isEqualTo(Files.size(file));
        }
    }

    @Test
    void givesMemoryBackWithTheRowGroup() throws Exception {
        Path file = dir.resolve("file");
        try (DataFileWriter writer = DataFileWriter.create(file, LONGS, WriterSettings.DEFAULT);
                VectorSchemaRoot batch = ArrowRows.batch(allocator, LONGS, randomRows(20_000))) {
            assertThat(writer.bufferedBytes()).isZero();
            writer.write(batch);
            assertThat(writer.bufferedBytes()).isGreaterThan(20_000 * 8);
            writer.flushRowGroup();
            assertThat(writer.bufferedBytes()).isZero();
            writer.flushRowGroup();
            writer.write(batch);
            writer.finish(Map.of());
        }

        assertThat(DuckDb.rows(file)).hasSize(40_000);
        try (DataFileReader reader = DataFileReader.open(file)) {
            assertThat(reader.metadata().getBlocks()).hasSize(2);
        }
    }

    @Test
    void holdsLittleMemoryForManySmallFiles() throws Exception {
        List<Column> columns = new ArrayList<>();
        Map<String, @Nullable Object> row = new HashMap<>();
        for (int i = 0; i < 200; i++) {
            columns.add(Column.optional("c" + i, i % 2 == 0 ? Scalar.FLOAT64 : Scalar.UTF8));
            row.put("c" + i, i % 2 == 0 ? (Object) (i / 3d) : "value " + i);
        }
        TableSchema schema = new TableSchema("wide", columns);
        int files = 20;
        List<DataFileWriter> writers = new ArrayList<>();
        try (VectorSchemaRoot batch = ArrowRows.batch(allocator, schema, Collections.nCopies(10, row))) {
            long before = usedHeap();
            for (int i = 0; i < files; i++) {
                DataFileWriter writer = DataFileWriter.create(dir.resolve("f" + i), schema, WriterSettings.DEFAULT);
                writer.write(batch);
                writers.add(writer);
            }
            long held = (usedHeap() - before) / files;

            assertThat(writers.get(0).bufferedBytes()).isLessThan(1_000_000);
            assertThat(held).as("heap for each file").isLessThan(1_000_000);
            assertThat((double) writers.get(0).heapBytes())
                    .as("what the writer says of %d bytes", held)
                    .isBetween(held * 0.7, held * 1.4);
        } finally {
            for (DataFileWriter writer : writers) {
                writer.close();
            }
        }
    }

    @Test
    void tellsTheMemoryOfManyPages() throws Exception {
        WriterSettings settings = new WriterSettings(Codec.ZSTD, 1, 1 << 24, 1 << 20, 20);
        try (VectorSchemaRoot batch = ArrowRows.batch(allocator, LONGS, randomRows(50_000));
                DataFileWriter writer = DataFileWriter.create(dir.resolve("file"), LONGS, settings)) {
            long before = usedHeap();
            writer.write(batch);
            long held = usedHeap() - before;

            assertThat((double) writer.heapBytes())
                    .as("what the writer says of %d bytes", held)
                    .isBetween(held * 0.7, held * 1.4);
        }
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Test
    void writesTheSameBytesForTheSameBatches() throws Exception {
        WriterSettings settings = new WriterSettings(Codec.ZSTD, 3, 100_000, 10_000, 3_000);
        List<Map<String, @Nullable Object>> rows = randomRows(30_000);
        Map<String, String> footer = Map.of("b", "2", "a", "1", "c", "3");

        Path first = write(LONGS, settings, footer, rows, 7_777);
        Path second = write(LONGS, settings, footer, rows, 7_777);

        assertThat(Files.mismatch(first, second)).isEqualTo(-1);
    }

    @Test
    void writesStatisticsPageIndexesAndDictionaries() throws Exception {
        TableSchema schema = new TableSchema(
                "t",
                List.of(
                        Column.required("n", Scalar.INT64),
                        Column.optional("d", Scalar.FLOAT64),
                        Column.optional("few", Scalar.UTF8),
                        Column.required("u", Scalar.UINT64),
                        Column.optional("list", new ListOf(Scalar.INT32, true))));
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        Random random = new Random(7);
        for (int i = 0; i < 1000; i++) {
            rows.add(row(
                    "n",
                    (long) i,
                    "d",
                    i % 10 == 0 ? null : i / 4d,
                    "few",
                    "w" + random.nextInt(3),
                    "u",
                    new BigInteger(Long.toUnsignedString(-1L - i)),
                    "list",
                    list(i, i + 1)));
        }

        Path file = write(schema, new WriterSettings(Codec.SNAPPY, 0, 1 << 20, 1 << 20, 100), rows);

        try (ParquetFileReader reader = ParquetFileReader.open(
                new LocalInputFile(file),
                ParquetReadOptions.builder(new PlainParquetConfiguration()).build())) {
            List<ColumnChunkMetaData> chunks = reader.getRowGroups().get(0).getColumns();
            for (ColumnChunkMetaData chunk : chunks) {
                ColumnIndex columnIndex = reader.readColumnIndex(chunk);
                OffsetIndex offsetIndex = reader.readOffsetIndex(chunk);
                assertThat(columnIndex.getMinValues()).as("%s", chunk).hasSize(10);
                assertThat(offsetIndex.getPageCount()).as("%s", chunk).isEqualTo(10);
                assertThat(offsetIndex.getFirstRowIndex(3)).as("%s", chunk).isEqualTo(300);
                assertThat(chunk.getStatistics().hasNonNullValue())
                        .as("%s", chunk)
                        .isTrue();
            }
            assertThat((Object) chunks.get(0).getStatistics().genericGetMin()).isEqualTo(0L);
            assertThat((Object) chunks.get(0).getStatistics().genericGetMax()).isEqualTo(999L);
            assertThat(chunks.get(1).getStatistics().getNumNulls()).isEqualTo(100);
            assertThat(chunks.get(2).getEncodings()).contains(Encoding.RLE_DICTIONARY);
            assertThat(chunks.get(0).getEncodings()).doesNotContain(Encoding.RLE_DICTIONARY);
        }
        assertThat(DuckDb.query("SELECT path_in_schema, stats_min_value, stats_max_value FROM parquet_metadata('" + file
                        + "') ORDER BY column_id"))
                .isEqualTo(List.of(
                        row("path_in_schema", "n", "stats_min_value", "0", "stats_max_value", "999"),
                        row("path_in_schema", "d", "stats_min_value", "0.25", "stats_max_value", "249.75"),
                        row("path_in_schema", "few", "stats_min_value", "w0", "stats_max_value", "w2"),
                        row(
                                "path_in_schema",
                                "u",
                                "stats_min_value",
                                "18446744073709550616",
                                "stats_max_value",
                                "18446744073709551615"),
                        row(
                                "path_in_schema",
                                "list, list, element",
                                "stats_min_value",
                                "0",
                                "stats_max_value",
                                "1000")));
    }

    @Test
    void tellsLeastAndGreatestOfTextThatBeginsAlike() throws Exception {
        TableSchema schema = new TableSchema(
                "t", List.of(Column.required("many", Scalar.UTF8), Column.required("few", Scalar.UTF8)));
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            rows.add(row("many", "telemetry-" + (10_000 + i), "few", "telemetry-" + (10 + i % 40)));
        }
        Collections.shuffle(rows, new Random(7));

        Path file = write(schema, WriterSettings.DEFAULT, rows);

        assertThat(DuckDb.query("SELECT stats_min_value AS least, stats_max_value AS greatest,"
                        + " encodings LIKE '%DICTIONARY%' AS dictionary FROM parquet_metadata('" + file
                        + "') ORDER BY column_id"))
                .isEqualTo(List.of(
                        row("least", "telemetry-10000", "greatest", "telemetry-11999", "dictionary", false),
                        row("least", "telemetry-10", "greatest", "telemetry-49", "dictionary", true)));
    }

    @Test
    void fallsBackFromADictionaryThatGrowsTooLarge() throws Exception {
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (int i = 0; i < 6_000; i++) {
            // Few values at first, so that the first pages refer to a dictionary, then many.
            int value = i < 3_000 ? i % 7 : i;
            rows.add(row("n", (long) value, "text", "text " + value));
        }

        Path file = write(LONGS, new WriterSettings(Codec.NONE, 0, 1 << 20, 4_000, 500), rows);

        try (DataFileReader reader = DataFileReader.open(file)) {
            assertThat(reader.metadata().getBlocks().get(0).getColumns().get(1).getEncodings())
                    .contains(Encoding.RLE_DICTIONARY, Encoding.DELTA_LENGTH_BYTE_ARRAY);
            assertThat(reader.rows()).isEqualTo(rows);
        }
        assertThat(DuckDb.rows(file)).isEqualTo(rows);
    }

    @Test
    void createsAFileForItsOwnerOnlyAndNeverReplacesOne() throws Exception {
        Path file = dir.resolve("file");
        try (DataFileWriter writer = DataFileWriter.create(file, LONGS, WriterSettings.DEFAULT)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            assertThatThrownBy(() -> DataFileWriter.create(file, LONGS, WriterSettings.DEFAULT))
                    .isInstanceOf(FileAlreadyExistsException.class);
            writer.finish(Map.of());
        }
        assertThat(file).exists();
    }

    @Test
    void deletesAFileThatWasNotFinished() throws Exception {
        Path file = dir.resolve("file");
        try (DataFileWriter writer = DataFileWriter.create(file, LONGS, WriterSettings.DEFAULT);
                VectorSchemaRoot batch = ArrowRows.batch(allocator, LONGS, randomRows(10))) {
            writer.write(batch);
            writer.flushRowGroup();
            assertThat(file).exists();
        }
        assertThat(file).doesNotExist();
    }

    @Test
    void refusesToGoOnAfterAnError() throws Exception {
        Path file = dir.resolve("file");
        try (DataFileWriter writer = DataFileWriter.create(file, LONGS, WriterSettings.DEFAULT);
                VectorSchemaRoot batch = ArrowRows.batch(allocator, LONGS, randomRows(3))) {
            ((BigIntVector) batch.getVector("n")).setNull(1);

            assertThatThrownBy(() -> writer.write(batch))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("required column n is null at 1");
            assertThatThrownBy(() -> writer.finish(Map.of()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(file.toString());
        }
        assertThat(file).doesNotExist();
    }

    @Test
    void namesWhatDoesNotFitTheSchema() throws Exception {
        TableSchema text = new TableSchema("longs", List.of(Column.required("n", Scalar.UTF8)));
        TableSchema other = new TableSchema("longs", List.of(Column.required("m", Scalar.INT64)));
        TableSchema required = LONGS.with(List.of(Column.required("more", Scalar.INT64)));
        assertRefused(LONGS, text, "column n takes a BigIntVector, the batch has a VarCharVector");
        assertRefused(LONGS, other, "column 0 is n, the batch has m");
        assertRefused(LONGS, required, "batch has 3 columns, the file has 2");
        assertRefused(required, LONGS, "required column more is not in the batch");
    }

    private void assertRefused(TableSchema schema, TableSchema given, String message) throws IOException {
        Map<String, @Nullable Object> row =
                row("n", given.columns().get(0).type() == Scalar.UTF8 ? "a" : 1L, "m", 1L, "text", "a", "more", 1L);
        try (DataFileWriter writer = DataFileWriter.create(dir.resolve("refused"), schema, WriterSettings.DEFAULT);
                VectorSchemaRoot batch = ArrowRows.batch(allocator, given, List.of(row))) {
            assertThatThrownBy(() -> writer.write(batch))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(message);
        }
    }

    private Path write(TableSchema schema, WriterSettings settings, List<Map<String, @Nullable Object>> rows)
            throws IOException {
        return write(schema, settings, Map.of(), rows, Integer.MAX_VALUE);
    }

    private Path write(
            TableSchema schema,
            WriterSettings settings,
            Map<String, String> footer,
            List<Map<String, @Nullable Object>> rows,
            int batchRows)
            throws IOException {
        Path file = Files.createTempFile(dir, "data", ".parquet");
        Files.delete(file);
        try (DataFileWriter writer = DataFileWriter.create(file, schema, settings)) {
            for (int row = 0; row < rows.size(); row += Math.min(batchRows, rows.size())) {
                int end = (int) Math.min((long) row + batchRows, rows.size());
                try (VectorSchemaRoot batch = ArrowRows.batch(allocator, schema, rows.subList(row, end))) {
                    writer.write(batch);
                }
            }
            writer.finish(footer);
        }
        return file;
    }

    private static List<Map<String, @Nullable Object>> read(Path file) throws IOException {
        try (DataFileReader reader = DataFileReader.open(file)) {
            return reader.rows();
        }
    }

    private static List<Map<String, @Nullable Object>> randomRows(int count) {
        Random random = new Random(7);
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(
                    row("n", random.nextLong(), "text", random.nextInt(5) == 0 ? null : "text " + random.nextInt(900)));
        }
        return rows;
    }

    private static Map<String, @Nullable Object> row(@Nullable Object... pairs) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            row.put(String.valueOf(pairs[i]), pairs[i + 1]);
        }
        return row;
    }

    private static List<@Nullable Object> list(@Nullable Object... elements) {
        return Arrays.asList(elements);
    }
}
