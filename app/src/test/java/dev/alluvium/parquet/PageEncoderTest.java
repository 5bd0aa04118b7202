package dev.alluvium.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.parquet.LearnedEncodings.Choice;
import dev.alluvium.parquet.WriterSettings.Codec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.statistics.SizeStatistics;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.internal.column.columnindex.ColumnIndex;
import org.apache.parquet.internal.column.columnindex.OffsetIndex;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The encoder against parquet-column's own, on random tables, whatever encodings it takes. */
class PageEncoderTest {
    private static final int TABLES = Integer.getInteger("alluvium.test.tables", 40);

    @TempDir
    Path dir;

    @Test
    void agreesWithParquetColumnOnValuesStatisticsAndIndexes() throws Exception {
        for (long seed = 0; seed < TABLES; seed++) {
            Random random = new Random(~seed);
            RandomTable table = RandomTable.of(seed, 1 + random.nextInt(300));
            int pageRows = 1 + random.nextInt(60);
            WriterSettings settings = new WriterSettings(Codec.ZSTD, 3, 1 << 24, 1 << 20, pageRows);
            LearnedEncodings learned = new LearnedEncodings();
            Path tried = dir.resolve(seed + "-tried");
            Path forced = dir.resolve(seed + "-forced");
            Path expected = dir.resolve(seed + "-expected");
            try (RootAllocator allocator = new RootAllocator();
                    PageMemory memory = new PageMemory(allocator)) {
                write(
                        allocator,
                        table,
                        pageRows,
                        DataFileWriter.create(tried, table.schema(), settings, memory, learned));
                force(learned, random);
                write(
                        allocator,
                        table,
                        pageRows,
                        DataFileWriter.create(forced, table.schema(), settings, memory, learned));
                MessageType message = ParquetSchema.of(table.schema());
                RowGroupEncoder reference = new ColumnStoreEncoder(table.schema(), message, settings);
                write(
                        allocator,
                        table,
                        pageRows,
                        DataFileWriter.create(expected, message, settings, reference, () -> {}));
            }

            Object rows = DuckDb.comparable(table.rows());
            String about = "seed " + seed + ", " + table.schema() + ", " + learned.choices();
            for (Path file : List.of(tried, forced)) {
                assertThat(DuckDb.rows(file)).as(about).isEqualTo(rows);
                try (DataFileReader reader = DataFileReader.open(file)) {
                    assertThat(DuckDb.comparable(reader.rows())).as(about).isEqualTo(rows);
                }
                assertThat(facts(file)).as(about).isEqualTo(facts(expected));
            }
        }
    }

    /** Every encoding has its turn, also where it does not pay. */
    private static void force(LearnedEncodings learned, Random random) {
        learned.choices().forEach((name, tried) -> {
            String type = name.substring(name.lastIndexOf('/') + 1);
            List<Encoding> encodings = switch (type) {
                case "BOOL" -> List.of(Encoding.PLAIN);
                case "FLOAT32", "FLOAT64" -> List.of(Encoding.PLAIN, Encoding.BYTE_STREAM_SPLIT);
                case "UTF8", "JSON", "ENUM", "BINARY" -> List.of(Encoding.PLAIN, Encoding.DELTA_LENGTH_BYTE_ARRAY);
                default -> List.of(Encoding.PLAIN, Encoding.DELTA_BINARY_PACKED);
            };
            Encoding fallback = encodings.get(random.nextInt(encodings.size()));
            boolean isDictionary = encodings.size() > 1 && random.nextInt(3) == 0;
            Codec codec = random.nextInt(4) == 0 ? Codec.NONE : Codec.ZSTD;
            learned.learn(
                    name,
                    new Choice(isDictionary ? Encoding.RLE_DICTIONARY : fallback, fallback, codec, 1, tried.values()));
        });
    }

    private static void write(RootAllocator allocator, RandomTable table, int pageRows, DataFileWriter file)
            throws IOException {
        List<Map<String, @Nullable Object>> rows = table.rows();
        try (DataFileWriter writer = file) {
            // A page each, since parquet-column goes on filling a page with the next batch.
            for (int row = 0; row < rows.size(); row += pageRows) {
                int end = Math.min(rows.size(), row + pageRows);
                try (VectorSchemaRoot batch = ArrowRows.batch(allocator, table.schema(), rows.subList(row, end))) {
                    writer.write(batch);
                }
            }
            writer.finish(Map.of());
        }
    }

    /** All that a file says of its columns, but for how they are encoded and where they lie. */
    private static List<Map<String, Object>> facts(Path file) throws IOException {
        List<Map<String, Object>> facts = new ArrayList<>();
        try (ParquetFileReader reader = ParquetFileReader.open(
                new LocalInputFile(file),
                ParquetReadOptions.builder(new PlainParquetConfiguration()).build())) {
            for (BlockMetaData rowGroup : reader.getRowGroups()) {
                for (ColumnChunkMetaData chunk : rowGroup.getColumns()) {
                    facts.add(facts(reader, rowGroup, chunk));
                }
            }
        }
        return facts;
    }

    private static Map<String, Object> facts(
            ParquetFileReader reader, BlockMetaData rowGroup, ColumnChunkMetaData chunk) throws IOException {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("column", chunk.getPath().toDotString());
        facts.put("rows", rowGroup.getRowCount());
        facts.put("values", chunk.getValueCount());
        Statistics<?> statistics = chunk.getStatistics();
        facts.put("statistics", String.valueOf(statistics));
        facts.put("NaN", statistics.isNanCountSet() ? statistics.getNanCount() : -1);
        facts.put("sizes", sizes(chunk.getSizeStatistics()));
        ColumnIndex columnIndex = reader.readColumnIndex(chunk);
        facts.put("column index", String.valueOf(columnIndex));
        if (columnIndex != null) {
            facts.put("repetition levels", String.valueOf(columnIndex.getRepetitionLevelHistogram()));
            facts.put("definition levels", String.valueOf(columnIndex.getDefinitionLevelHistogram()));
        }
        OffsetIndex offsetIndex = reader.readOffsetIndex(chunk);
        List<Long> pages = new ArrayList<>();
        for (int page = 0; page < offsetIndex.getPageCount(); page++) {
            pages.add(offsetIndex.getFirstRowIndex(page));
            pages.add(offsetIndex.getUnencodedByteArrayDataBytes(page).orElse(-1L));
        }
        facts.put("pages", pages);
        return facts;
    }

    private static String sizes(SizeStatistics sizes) {
        return sizes.getUnencodedByteArrayDataBytes() + " " + sizes.getRepetitionLevelHistogram() + " "
                + sizes.getDefinitionLevelHistogram();
    }
}
