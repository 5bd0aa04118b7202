package dev.alluvium.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.topology.ApplicationSettings;
import dev.alluvium.topology.PipelineSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
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

    /** Every block of YAML in a page is a whole file: the page, its number in the page, and its text. */
    static List<Arguments> examplesInPages() throws IOException {
        List<Arguments> examples = new ArrayList<>();
        try (Stream<Path> docs = Files.list(Path.of("../docs"))) {
            for (Path page : Stream.concat(Stream.of(Path.of("../README.md")), docs.sorted())
                    .filter(file -> file.toString().endsWith(".md"))
                    .toList()) {
                for (String text : yaml(Files.readString(page))) {
                    examples.add(Arguments.of(page.getFileName().toString(), examples.size(), text));
                }
            }
        }
        return examples;
    }

    private static List<String> yaml(String page) {
        return Pattern.compile("(?s)\n```yaml\n(.*?)```\n")
                .matcher(page)
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("examplesInPages")
    void everyExampleInAPageIsGood(String page, int number, String text) throws Exception {
        // Secrets and descriptors are the reader's own.
        String mine = text.replaceAll("\\$\\{file:[^}]+}", "secret")
                .replace("message: shop.v1.Payment", "message: lakesync.v1.Action")
                .replaceAll("(?m)^ *descriptorSet: .*\n", "");
        Map<String, String> environment = Pattern.compile("\\$\\{([A-Z_]+)}")
                .matcher(mine)
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toMap(variable -> variable, variable -> "value", (first, second) -> first));

        assertThat(ConfigurationFile.parse(page + " (" + number + ")", mine, environment)
                        .application()
                        .pipelines())
                .isNotEmpty();
    }

    @Test
    void theExampleOfTheReadmeIsGood() throws Exception {
        String readme = Files.readString(Path.of("../README.md"));
        List<String> examples = yaml(readme);

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
