package dev.alluvium.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.parquet.WriterSettings.Codec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFilePropertyTest {
    private static final int TABLES = Integer.getInteger("alluvium.test.tables", 60);
    private static final List<Codec> CODECS = List.of(Codec.values());

    @TempDir
    Path dir;

    @Test
    void anyTableIsReadBackEqualByAnotherEngineAndByTheReader() throws Exception {
        for (long seed = 0; seed < TABLES; seed++) {
            Random random = new Random(~seed);
            RandomTable table = RandomTable.of(seed, random.nextInt(300));
            // Small pages and row groups: a table has several of each.
            WriterSettings settings = new WriterSettings(
                    CODECS.get(random.nextInt(CODECS.size())),
                    1,
                    2_000 + random.nextInt(20_000),
                    200 + random.nextInt(2_000),
                    1 + random.nextInt(60));
            Path file = dir.resolve(seed + ".parquet");
            try (RootAllocator allocator = new RootAllocator();
                    DataFileWriter writer = DataFileWriter.create(file, table.schema(), settings)) {
                int row = 0;
                while (row < table.rows().size()) {
                    int end = Math.min(table.rows().size(), row + 1 + random.nextInt(50));
                    try (VectorSchemaRoot batch = ArrowRows.batch(
                            allocator, table.schema(), table.rows().subList(row, end))) {
                        writer.write(batch);
                    }
                    row = end;
                }
                writer.finish(Map.of());
            }
            Object written = DuckDb.comparable(table.rows());
            assertThat(DuckDb.rows(file))
                    .as("DuckDB, seed %d, %s, %s", seed, table.schema(), settings)
                    .isEqualTo(written);
            try (DataFileReader reader = DataFileReader.open(file)) {
                assertThat(DuckDb.comparable(reader.rows()))
                        .as("reader, seed %d, %s, %s", seed, table.schema(), settings)
                        .isEqualTo(written);
            }
        }
    }
}
