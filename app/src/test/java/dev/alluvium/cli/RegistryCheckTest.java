package dev.alluvium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.config.ConfigurationFile;
import dev.alluvium.registry.RegistryServer;
import dev.alluvium.registry.RegistryServer.Mode;
import dev.alluvium.topology.Finding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryCheckTest {
    @TempDir
    Path folder;

    private List<Finding> findings(RegistryServer server) throws Exception {
        Path file = folder.resolve("alluvium.yaml");
        Files.writeString(file, """
                application: shop
                kafka: { bootstrap.servers: "localhost:9092" }
                storage: { type: local, path: archive }
                pipelines:
                  - name: orders
                    source: { topics: [orders, returns] }
                    data: { type: protobuf, registry: { url: "%s" } }
                  - name: others
                    enabled: false
                    source: { topics: [others] }
                    data: { type: protobuf, registry: { url: "%s" } }
                """.formatted(server.url(), server.url()));
        return RegistryCheck.run(ConfigurationFile.read(file, Map.of()).application(), Clock.systemUTC());
    }

    @Test
    void saysWhichTopicsTheRegistryKnows() throws Exception {
        try (RegistryServer server = new RegistryServer().withVersion("orders-value", 1, "")) {
            assertThat(findings(server))
                    .containsExactly(
                            Finding.ok("schema registry " + server.url(), "answers"),
                            Finding.ok("subject orders-value", "is there"),
                            Finding.warn(
                                    "subject returns-value",
                                    "is not in the registry",
                                    "see whether the producers of returns register their schemas under another name"));
        }
    }

    @Test
    void saysWhatToDoWithARegistryThatDoesNotLetItIn() throws Exception {
        try (RegistryServer server = new RegistryServer()) {
            server.set(Mode.FORBIDDEN);

            assertThat(findings(server)).singleElement().satisfies(finding -> {
                assertThat(finding.level()).isEqualTo(Finding.Level.FAIL);
                assertThat(finding.detail())
                        .startsWith("pipelines[orders].data.registry.username: the schema registry " + server.url()
                                + " answers 403");
            });
        }
    }
}
