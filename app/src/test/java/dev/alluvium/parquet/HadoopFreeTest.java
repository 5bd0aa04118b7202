package dev.alluvium.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.parquet.WriterSettings.Codec;
import dev.alluvium.schema.Column;
import dev.alluvium.schema.ColumnType.ListOf;
import dev.alluvium.schema.ColumnType.Scalar;
import dev.alluvium.schema.TableSchema;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HadoopFreeTest {

    @TempDir
    Path dir;

    @Test
    void writesAndReadsEveryCodecWithNoHadoopOnTheClassPath() throws Exception {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !Path.of(entry).getFileName().toString().startsWith("hadoop"))
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "-cp",
                classPath,
                WriteAndRead.class.getName(),
                dir.toString()));
        Path output = dir.resolve("output");
        int exit = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start()
                .waitFor();
        assertThat(exit).as(() -> read(output)).isZero();
        assertThat(read(output)).contains("NONE 3 rows", "SNAPPY 3 rows", "GZIP 3 rows", "ZSTD 3 rows");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Runs in a JVM of its own. */
    static final class WriteAndRead {
        private WriteAndRead() {}

        public static void main(String[] args) throws Exception {
            try {
                Class.forName("org.apache.hadoop.conf.Configuration");
                throw new IllegalStateException("Hadoop is on the class path");
            } catch (ClassNotFoundException expected) {
                // This is what the test is about.
            }
            TableSchema schema = new TableSchema(
                    "t",
                    List.of(
                            Column.required("id", Scalar.INT64),
                            Column.optional("tags", new ListOf(Scalar.UTF8, true))));
            List<Map<String, Object>> rows = List.of(
                    Map.of("id", 1L, "tags", List.of("a", "b")), Map.of("id", 2L), Map.of("id", 3L, "tags", List.of()));
            for (Codec codec : Codec.values()) {
                Path file = Path.of(args[0], codec + ".parquet");
                try (RootAllocator allocator = new RootAllocator();
                        VectorSchemaRoot batch = ArrowRows.batch(allocator, schema, rows);
                        DataFileWriter writer = DataFileWriter.create(
                                file, schema, new WriterSettings(codec, 1, 1 << 20, 1000, 1000))) {
                    writer.write(batch);
                    writer.finish(Map.of());
                }
                try (DataFileReader reader = DataFileReader.open(file)) {
                    System.out.println(codec + " " + reader.rows().size() + " rows");
                }
            }
        }
    }
}
