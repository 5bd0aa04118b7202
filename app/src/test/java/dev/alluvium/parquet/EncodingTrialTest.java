package dev.alluvium.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.parquet.LearnedEncodings.Choice;
import dev.alluvium.parquet.WriterSettings.Codec;
import dev.alluvium.schema.Column;
import dev.alluvium.schema.ColumnType.Scalar;
import dev.alluvium.schema.TableSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.IntFunction;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.parquet.column.Encoding;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncodingTrialTest {
    private static final int ROWS = 10_000;
    private static final WriterSettings ZSTD_3 = WriterSettings.DEFAULT;

    @TempDir
    Path dir;

    private final RootAllocator allocator = new RootAllocator();
    private final PageMemory memory = new PageMemory(allocator);
    private LearnedEncodings learned = new LearnedEncodings();
    private final Random random = new Random(7);

    @AfterEach
    void leakNothing() {
        memory.close();
        allocator.close();
    }

    @Test
    void takesADictionaryForFewValues() throws Exception {
        assertThat(tried(Scalar.UTF8, i -> "client-" + random.nextInt(300)).encoding())
                .isEqualTo(Encoding.RLE_DICTIONARY);
        assertThat(tried(Scalar.FLOAT64, i -> random.nextInt(101) / 1.0).encoding())
                .isEqualTo(Encoding.RLE_DICTIONARY);
        assertThat(tried(Scalar.INT64, i -> random.nextInt(50) * 1_000_003L).encoding())
                .isEqualTo(Encoding.RLE_DICTIONARY);
    }

    @Test
    void takesDifferencesForNumbersThatClimb() throws Exception {
        assertThat(tried(Scalar.INT64, i -> 1_000L * i + random.nextInt(300)).encoding())
                .isEqualTo(Encoding.DELTA_BINARY_PACKED);
    }

    @Test
    void splitsTheBytesOfDoublesOfFullPrecision() throws Exception {
        assertThat(tried(Scalar.FLOAT64, i -> random.nextDouble()).encoding()).isEqualTo(Encoding.BYTE_STREAM_SPLIT);
    }

    @Test
    void keepsLengthsApartFromTextOfManyValues() throws Exception {
        assertThat(tried(Scalar.UTF8, i -> Long.toString(random.nextLong() >>> random.nextInt(50), 36))
                        .encoding())
                .isEqualTo(Encoding.DELTA_LENGTH_BYTE_ARRAY);
    }

    @Test
    void compressesHexDigitsAtTheLowestLevel() throws Exception {
        Choice choice = tried(Scalar.UTF8, i -> hex());

        assertThat(choice.codec()).isEqualTo(Codec.ZSTD);
        assertThat(choice.level()).isEqualTo(1);
    }

    @Test
    void leavesAloneWhatDoesNotBecomeSmaller() throws Exception {
        WriterSettings snappy = new WriterSettings(Codec.SNAPPY, 0, 1 << 24, 1 << 20, 20_000);

        assertThat(tried(snappy, Scalar.UTF8, ROWS, i -> hex()).codec()).isEqualTo(Codec.NONE);
        learned = new LearnedEncodings();
        assertThat(tried(snappy, Scalar.UTF8, ROWS, i -> "word " + i % 10).codec())
                .isEqualTo(Codec.SNAPPY);
    }

    @Test
    void triesAgainWhenMoreValuesCome() throws Exception {
        assertThat(tried(ZSTD_3, Scalar.INT64, 100, i -> random.nextLong()).values())
                .isEqualTo(100);
        assertThat(tried(ZSTD_3, Scalar.INT64, 300, i -> (long) i).values()).isEqualTo(100);
        assertThat(tried(ZSTD_3, Scalar.INT64, ROWS, i -> (long) i))
                .returns(ROWS, Choice::values)
                .returns(Encoding.DELTA_BINARY_PACKED, Choice::encoding);
    }

    @Test
    void triesAgainAfterManyRowGroups() throws Exception {
        tried(ZSTD_3, Scalar.INT64, ROWS, i -> random.nextLong());
        for (int rowGroup = 0; rowGroup < 64; rowGroup++) {
            assertThat(tried(ZSTD_3, Scalar.INT64, 10, i -> (long) i).values()).isEqualTo(ROWS);
        }
        assertThat(tried(ZSTD_3, Scalar.INT64, 20, i -> (long) i).values()).isEqualTo(20);
    }

    @Test
    void dropsALearnedDictionaryWhereAllValuesDiffer() throws Exception {
        TableSchema schema = schema(Scalar.UTF8);
        write(ZSTD_3, schema, rows(ROWS, i -> "client-" + random.nextInt(300)));
        Path file = write(ZSTD_3, schema, rows(ROWS, i -> hex()));

        try (DataFileReader reader = DataFileReader.open(file)) {
            assertThat(reader.metadata().getBlocks().get(0).getColumns().get(0).getEncodings())
                    .doesNotContain(Encoding.RLE_DICTIONARY);
        }
    }

    private String hex() {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private Choice tried(Scalar type, IntFunction<Object> value) throws IOException {
        learned = new LearnedEncodings();
        return tried(ZSTD_3, type, ROWS, value);
    }

    /** What is learned of a column of that type after a row group of these values. */
    private Choice tried(WriterSettings settings, Scalar type, int rows, IntFunction<Object> value) throws IOException {
        TableSchema schema = schema(type);
        write(settings, schema, rows(rows, value));
        return Objects.requireNonNull(learned.choices().get(schema.name() + "/v/" + type));
    }

    private static TableSchema schema(Scalar type) {
        return new TableSchema("t", List.of(Column.required("v", type)));
    }

    private static List<Map<String, Object>> rows(int count, IntFunction<Object> value) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(Map.of("v", value.apply(i)));
        }
        return rows;
    }

    private Path write(WriterSettings settings, TableSchema schema, List<Map<String, Object>> rows) throws IOException {
        Path file = Files.createTempFile(dir, "data", ".parquet");
        Files.delete(file);
        try (DataFileWriter writer = DataFileWriter.create(file, schema, settings, memory, learned);
                VectorSchemaRoot batch = ArrowRows.batch(allocator, schema, rows)) {
            writer.write(batch);
            writer.finish(Map.of());
        }
        return file;
    }
}
