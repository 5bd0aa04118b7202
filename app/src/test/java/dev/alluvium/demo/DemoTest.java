package dev.alluvium.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    Path temp;

    @Test
    void archivesWhatItProducesAndSaysSoInOneJsonObject() throws Exception {
        Path dir = temp.resolve("demo");
        assertThat(run(DuckArchive::new, new DemoOptions(1_000, dir, true, 50, 7, Duration.ofSeconds(30))))
                .as(err.toString(StandardCharsets.UTF_8))
                .isZero();
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
        JsonNode result = new ObjectMapper().readTree(out.toByteArray());
        assertThat(result.fieldNames()).toIterable().containsExactly("ok", "pipelines");
        assertThat(result.get("ok").booleanValue()).isTrue();
        assertThat(result.get("pipelines")).hasSize(2);
        assertPipeline(result.get("pipelines").get(0), "deltas", dir);
        assertPipeline(result.get("pipelines").get(1), "telemetry", dir);
        assertThat(files(dir))
                .containsOnlyOnce(".alluvium-demo")
                .allMatch(file -> file.equals(".alluvium-demo") || file.startsWith("archive/"));
    }

    private static void assertPipeline(JsonNode pipeline, String name, Path dir) throws IOException {
        assertThat(pipeline.fieldNames())
                .toIterable()
                .containsExactly("name", "recordsIn", "rows", "files", "bytes", "deadLetters");
        assertThat(pipeline.get("name").textValue()).isEqualTo(name);
        assertThat(pipeline.get("recordsIn").longValue()).isEqualTo(500);
        assertThat(pipeline.get("rows").longValue()).isEqualTo(490);
        assertThat(pipeline.get("deadLetters").longValue()).isEqualTo(10);
        assertThat(pipeline.get("files").longValue())
                .isEqualTo(files(dir.resolve("archive").resolve(name)).size());
        assertThat(pipeline.get("bytes").longValue()).isPositive();
    }

    @Test
    void cleansItsOwnFolderAndPrintsATable() throws Exception {
        Path dir = temp.resolve("demo");
        assertThat(run(DuckArchive::new, DemoOptions.of(100, dir, false))).isZero();
        Path leftover = Files.writeString(dir.resolve("archive/telemetry/99.parquet"), "of an earlier demo");
        out.reset();
        assertThat(run(DuckArchive::new, DemoOptions.of(100, dir, false)))
                .as(err.toString(StandardCharsets.UTF_8))
                .isZero();
        assertThat(leftover).doesNotExist();
        assertThat(out.toString(StandardCharsets.UTF_8).lines().toList())
                .hasSize(4)
                .anyMatch(line -> line.matches("deltas +50 +50 +0 +\\d+ +[\\d,]+ +\\d+\\.\\d +[\\d,]+"))
                .anyMatch(line -> line.matches("telemetry +50 +50 +0 +24 +[\\d,]+ +\\d+\\.\\d +[\\d,]+"))
                .last()
                .asString()
                .startsWith("Every count and checksum agrees.");
    }

    @Test
    void endsWithCodeOneAndNamesTheDifferencesWhenRowsAreMissing() {
        DemoOptions options = new DemoOptions(100, temp, true, 0, 7, Duration.ofSeconds(1));
        int code = run(
                site -> new DuckArchive(site) {
                    @Override
                    boolean isArchived(int partition, long offset) {
                        return offset != 0;
                    }
                },
                options);
        assertThat(code).isEqualTo(1);
        assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("{\"ok\":false,");
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("Nothing was archived for 1 s; ", "deltas: ", " rows in the files, ");
    }

    @Test
    void endsWithCodeOneWhenTheArchiveFails() {
        int code = run(
                site -> {
                    throw new IllegalStateException("no way in");
                },
                DemoOptions.of(10, temp, true));
        assertThat(code).isEqualTo(1);
        assertThat(out.size()).isZero();
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("The demo failed", "no way in");
    }

    @Test
    void refusesAFolderWithSomebodyElsesFiles() throws Exception {
        Path file = Files.writeString(temp.resolve("thesis.txt"), "years of work");
        assertThat(run(DuckArchive::new, DemoOptions.of(10, temp, false))).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("is not empty and not the folder of a demo");
        assertThat(file).hasContent("years of work");
    }

    @Test
    void refusesAFolderInWhichAnotherDemoIsAtWork() throws Exception {
        try (DemoFolder held = DemoFolder.take(temp)) {
            Files.createDirectories(held.archive());
            assertThat(run(DuckArchive::new, DemoOptions.of(10, temp, false))).isEqualTo(2);
            assertThat(err.toString(StandardCharsets.UTF_8)).contains("another demo is at work");
            assertThat(held.archive()).isDirectory();
        }
    }

    private int run(Archive.Factory factory, DemoOptions options) {
        err.reset();
        return new Demo(factory)
                .run(
                        options,
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private static List<String> files(Path folder) {
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
