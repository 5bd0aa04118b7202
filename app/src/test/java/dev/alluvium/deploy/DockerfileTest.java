package dev.alluvium.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.alluvium.config.ConfigurationFile;
import dev.alluvium.ops.OpsServer;
import dev.alluvium.ops.OpsSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DockerfileTest {
    private String dockerfile = "";

    @BeforeEach
    void read() throws Exception {
        dockerfile = Files.readString(Path.of("../deploy/Dockerfile"));
    }

    @Test
    void takesTheTarballThatTheBuildLetsThrough() throws Exception {
        String tarball = match("(?m)^ADD (\\S+) /unpacked/$");

        assertThat(tarball).isEqualTo("app/target/alluvium-*.tar.gz");
        assertThat(Files.readAllLines(Path.of("../.dockerignore"))).containsExactly("*", "!" + tarball);
    }

    @Test
    void runsOnJava25WithGlibcAndNotAsRoot() {
        assertThat(match("(?s).*\nFROM (\\S+)"))
                .startsWith("eclipse-temurin:25-jre")
                .doesNotContain("alpine");
        assertThat(match("(?m)^USER (\\S+)$")).isEqualTo("10001");
        assertThat(dockerfile).contains("useradd --system --uid 10001 ");
    }

    @Test
    void startsAShippedConfiguration() throws Exception {
        List<String> command = json(match("(?m)^CMD (\\[.*])$"));

        assertThat(command).hasSize(2).startsWith("run");
        assertThat(ConfigurationFile.read(Path.of("..", command.get(1).replace("/opt/alluvium/", "")), Map.of())
                        .ops())
                .isEqualTo(OpsSettings.DEFAULT);
    }

    @Test
    void theHealthCheckSeesWhetherTheProcessLives() throws Exception {
        OpsServer server = OpsServer.start(new OpsSettings("127.0.0.1", 0), () -> "", List::of);
        List<String> check = new ArrayList<>(json(match("(?ms)^HEALTHCHECK .*?CMD (\\[.*?])$")));
        check.replaceAll(word -> word.replace("/" + OpsSettings.DEFAULT.port(), "/" + server.port()));
        try (server) {
            assertThat(exitCode(check)).isZero();
        }

        assertThat(exitCode(check)).isNotZero();
    }

    private static int exitCode(List<String> command) throws Exception {
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private static List<String> json(String array) throws Exception {
        return List.of(new ObjectMapper().readValue(array, String[].class));
    }

    private String match(String regex) {
        return Pattern.compile(regex)
                .matcher(dockerfile)
                .results()
                .map((MatchResult match) -> match.group(1))
                .findFirst()
                .orElseThrow(() -> new AssertionError(regex + " is not in the Dockerfile"));
    }
}
