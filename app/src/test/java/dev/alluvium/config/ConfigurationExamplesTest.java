package dev.alluvium.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.topology.ApplicationSettings;
import dev.alluvium.topology.PipelineSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigurationExamplesTest {
    private static final Path FOLDER = Path.of("../config");

    static List<Path> examples() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void everyShippedExampleIsGoodWithNothingInTheEnvironment(Path example) throws Exception {
        assertThat(ConfigurationFile.read(example, Map.of()).application().pipelines())
                .isNotEmpty();
    }

    @Test
    void theExampleOfTheReadmeIsGood() throws Exception {
        String readme = Files.readString(Path.of("../README.md"));
        List<String> examples = Pattern.compile("(?s)\n```yaml\n(.*?)```\n")
                .matcher(readme)
                .results()
                .map(match -> match.group(1))
                .toList();

        assertThat(examples).hasSize(1);
        assertThat(ConfigurationFile.parse("README.md", examples.get(0), Map.of())
                        .application()
                        .pipelines())
                .extracting(PipelineSettings::name)
                .containsExactly("orders", "payments");
    }

    @Test
    void theReferenceSaysWhatTheDefaultsAre() throws Exception {
        ApplicationSettings written = ConfigurationFile.read(FOLDER.resolve("reference.yaml"), Map.of())
                .application();
        PipelineSettings deltas = written.pipelines().get(0);

        Configuration minimal = ConfigurationFile.parse("a.yaml", """
                application: alluvium
                kafka: { bootstrap.servers: "localhost:9092" }
                storage: { type: local, path: ./archive }
                pipelines:
                  - name: deltas
                    source: { topics: [lakesync.deltas] }
                    data:
                      type: delta
                      gateway: gw-1
                      tables: { todos: { title: string, done: boolean, priority: number, meta: json } }
                """, Map.of());

        assertThat(deltas).isEqualTo(minimal.application().pipelines().get(0));
        assertThat(written.memoryBudgetBytes()).isEqualTo(minimal.application().memoryBudgetBytes());
        assertThat(written.spoolLimitBytes()).isEqualTo(minimal.application().spoolLimitBytes());
        assertThat(written.spool().normalize()).isEqualTo(minimal.application().spool());
        assertThat(written.stateDirectory().normalize())
                .isEqualTo(minimal.application().stateDirectory());
        assertThat(written.uploadThreads()).isEqualTo(minimal.application().uploadThreads());
        assertThat(written.drainTimeout()).isEqualTo(minimal.application().drainTimeout());
    }
}
