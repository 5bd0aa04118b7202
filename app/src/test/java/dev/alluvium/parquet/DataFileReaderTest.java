package dev.alluvium.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alluvium.parquet.WriterSettings.Codec;
import dev.alluvium.schema.Column;
import dev.alluvium.schema.ColumnType.Scalar;
import dev.alluvium.schema.TableSchema;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFileReaderTest {

    private static final TableSchema SCHEMA =
            new TableSchema("t", List.of(Column.required("n", Scalar.INT64), Column.optional("word", Scalar.UTF8)));

    private static final FileFacts FACTS = new FileFacts(
            "c", "t", "id", 1, "p", "g", 5, 9, 10, 5, 5, 0, -1, 1, 2, "f", 1, "", "v", Map.of("own", "fact"));

    @TempDir
    Path dir;

    private Path file = Path.of("");
    private final List<Map<String, @Nullable Object>> rows = new ArrayList<>();

    @BeforeEach
    void writeAFile() throws IOException {
        file = dir.resolve("orders.parquet");
        for (long i = 0; i < 2_000; i++) {
            Map<String, @Nullable Object> row = new LinkedHashMap<>();
            row.put("n", i);
            row.put("word", "word " + i % 3);
            rows.add(row);
        }
        try (RootAllocator allocator = new RootAllocator();
                VectorSchemaRoot batch = ArrowRows.batch(allocator, SCHEMA, rows);
                DataFileWriter writer =
                        DataFileWriter.create(file, SCHEMA, new WriterSettings(Codec.ZSTD, 3, 2_000, 500, 500))) {
            writer.write(batch);
            writer.finish(FACTS.toFooter());
        }
    }

    @Test
    void givesFactsRowsAndTheirCount() throws Exception {
        try (DataFileReader reader = DataFileReader.open(file)) {
            assertThat(reader.facts()).isEqualTo(FACTS);
            assertThat(reader.footer()).containsAllEntriesOf(FACTS.toFooter());
            assertThat(reader.rowCount()).isEqualTo(2_000);
            assertThat(reader.metadata().getBlocks()).hasSizeGreaterThan(1);
            assertThat(reader.rows()).isEqualTo(rows);
            assertThat(reader.rows()).as("a second time").isEqualTo(rows);
        }
    }

    @Test
    void readsTheFooterOfASmallFileInOneRequest() throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        List<Long> requests = new ArrayList<>();
        try (DataFileReader reader = DataFileReader.open("object", source(bytes, requests))) {
            assertThat(reader.facts()).isEqualTo(FACTS);
        }
        assertThat(requests).hasSize(1);
    }

    @Test
    void readsAFooterLargerThanItsFirstRequest() throws Exception {
        Path large = dir.resolve("large.parquet");
        Map<String, String> footer = Map.of("descriptors", "x".repeat(200_000));
        try (DataFileWriter writer = DataFileWriter.create(large, SCHEMA, WriterSettings.DEFAULT)) {
            writer.finish(footer);
        }
        try (DataFileReader reader = DataFileReader.open(large)) {
            assertThat(reader.footer()).isEqualTo(footer);
        }
    }

    @Test
    void findsAnyChangedByteOfAPage() throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        List<ColumnChunkMetaData> chunks = new ArrayList<>();
        try (DataFileReader reader = DataFileReader.open(file)) {
            reader.metadata().getBlocks().forEach(group -> chunks.addAll(group.getColumns()));
        }
        for (ColumnChunkMetaData chunk : chunks) {
            // The last byte of a chunk is a page's, never a header's.
            int at = (int) (chunk.getStartingPos() + chunk.getTotalSize() - 1);
            byte[] changed = bytes.clone();
            changed[at] ^= 1;
            try (DataFileReader reader = DataFileReader.open("object 7", source(changed, new ArrayList<>()))) {
                assertThatThrownBy(reader::rows)
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("data file object 7")
                        .hasMessageContaining("checksum");
            }
        }
    }

    @Test
    void namesAFileThatIsCutShort() throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        for (int length : new int[] {0, 11, 100, bytes.length - 1}) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> DataFileReader.open("object 8", source(cut, new ArrayList<>())))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("data file object 8")
                    .hasMessageContaining("not a Parquet file");
        }
    }

    @Test
    void namesAFileWhoseFooterIsNotOurs() throws Exception {
        Path foreign = dir.resolve("foreign.parquet");
        DuckDb.execute("COPY (SELECT 1 AS n) TO '" + foreign + "' (FORMAT parquet)");
        try (DataFileReader reader = DataFileReader.open(foreign)) {
            assertThatThrownBy(reader::facts)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(foreign.toString())
                    .hasMessageContaining("not a data file of Alluvium");
        }
    }

    /** An object as a store serves it, with the positions that were asked for. */
    private static ByteSource source(byte[] bytes, List<Long> requests) {
        return new ByteSource() {
            @Override
            public long length() {
                return bytes.length;
            }

            @Override
            public int read(long position, ByteBuffer target) {
                requests.add(position);
                int count = (int) Math.min(target.remaining(), bytes.length - position);
                if (count <= 0) {
                    return -1;
                }
                target.put(bytes, (int) position, count);
                return count;
            }

            @Override
            public void close() {}
        };
    }
}
