package dev.alluvium.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LoggingTest {
    @Test
    void writesKeyValuesAsTextToStandardErrorOnly() throws Exception {
        Output output = run();
        assertThat(output.out()).isEmpty();
        assertThat(output.err())
                .matches(
                        "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z INFO  Probe - file finished rows=\"7\"\\R");
    }

    @Test
    void writesOneJsonObjectALineWhenAsked() throws Exception {
        Output output = run("-DALLUVIUM_LOG=json");
        assertThat(output.out()).isEmpty();
        assertThat(output.err().lines()).hasSize(1);
        assertThat(output.err())
                .startsWith("{")
                .contains("\"level\":\"INFO\"", "\"formattedMessage\":\"file finished\"", "{\"rows\":\"7\"}");
    }

    @Test
    void saysLessWhenAsked() throws Exception {
        assertThat(run("-DALLUVIUM_LOG_LEVEL=WARN").err()).isEmpty();
    }

    @Test
    void saysMoreOfAlluviumAloneWhenAsked() throws Exception {
        assertThat(run("-DALLUVIUM_LOG_LEVEL=DEBUG").err().lines())
                .satisfiesExactly(
                        line -> assertThat(line).contains("INFO  Probe - file finished"),
                        line -> assertThat(line).contains("DEBUG Probe - hidden"));
    }

    /** Logs one line for us and two that must not be seen. */
    static final class Probe {
        private Probe() {}

        public static void main(String[] args) {
            LoggerFactory.getLogger("dev.alluvium.Probe")
                    .atInfo()
                    .addKeyValue("rows", 7)
                    .log("file finished");
            LoggerFactory.getLogger("dev.alluvium.Probe").debug("hidden");
            LoggerFactory.getLogger("org.apache.kafka.Probe").info("hidden");
        }
    }

    private record Output(String out, String err) {}

    private static Output run(String... flags) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(flags));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Probe.class.getName()));
        Path err = Files.createTempFile("logging", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
        // Java says on standard error which options it picked up from its own two variables.
        builder.environment()
                .keySet()
                .removeAll(List.of("ALLUVIUM_LOG", "ALLUVIUM_LOG_LEVEL", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        String errors = Files.readString(err);
        Files.delete(err);
        return new Output(out, errors);
    }
}
