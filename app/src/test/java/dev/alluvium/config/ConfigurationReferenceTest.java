package dev.alluvium.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Rewrites what it checks with {@code ./mvnw -Dtest=ConfigurationReferenceTest -Dalluvium.write=true test}. */
class ConfigurationReferenceTest {
    private static final String WAY_OUT = "%s is not what the keys in dev.alluvium.config say; rewrite it:"
            + " ./mvnw -Dtest=ConfigurationReferenceTest -Dalluvium.write=true"
            + " -Dsurefire.failIfNoSpecifiedTests=false test";

    private static final Path PAGE = Path.of("../docs/configuration.md");
    private static final Path YAML = Path.of("../config/reference.yaml");

    private final ConfigurationReference reference = new ConfigurationReference();

    ConfigurationReferenceTest() throws IOException, ConfigurationException {}

    @Test
    void theTablesOfThePageAreWhatTheKeysSay() throws IOException {
        String page = Files.readString(PAGE);
        checkOrWrite(PAGE, page, reference.page(page));
    }

    @Test
    void theReferenceFileIsWhatTheKeysSay() throws IOException {
        checkOrWrite(YAML, Files.readString(YAML), reference.yaml());
    }

    private static void checkOrWrite(Path file, String is, String shouldBe) throws IOException {
        if (Boolean.getBoolean("alluvium.write")) {
            Files.writeString(file, shouldBe);
        } else {
            assertThat(is).as(WAY_OUT, file.getFileName()).isEqualTo(shouldBe);
        }
    }

    @Test
    void whatIsWrittenIsRead() throws ConfigurationException {
        assertThat(ConfigurationFile.parse("reference.yaml", reference.yaml(), Map.of())
                        .application()
                        .pipelines())
                .hasSize(4);
    }

    @Test
    void everyTypeHasAnExampleThatItsKeysAreTakenFrom() {
        assertThat(reference.typesWithoutExample()).isEmpty();
        assertThat(reference.paths()).hasSizeGreaterThan(40).contains("storage.path", "pipelines[].rotation.age");
    }
}
