package dev.alluvium.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bill of materials names what is in {@code lib}, byte for byte, and nothing else. */
class SbomTest {
    @TempDir
    static Path folder;

    private static Path home;
    private static JsonNode sbom;

    @BeforeAll
    static void unpack() throws Exception {
        home = Tarball.unpack(folder);
        assertThat(Tarball.SBOM).as("Maven makes it when it is online").isRegularFile();
        sbom = new ObjectMapper().readTree(Tarball.SBOM.toFile());
    }

    @Test
    void isTheSameBesideTheTarballAndInIt() {
        assertThat(home.resolve(Tarball.SBOM.getFileName())).hasSameBinaryContentAs(Tarball.SBOM);
    }

    @Test
    void namesEveryLibraryWithItsChecksum() throws Exception {
        Map<String, String> named = new TreeMap<>();
        for (JsonNode component : sbom.path("components")) {
            named.put(sha256Of(component), component.path("purl").asText());
        }
        Map<String, String> there = new TreeMap<>();
        for (Path jar : jars()) {
            there.put(sha256(jar), jar.getFileName().toString());
        }
        // The application is what the bill is about, not one of its parts.
        String application = sha256(home.resolve("lib").resolve(Tarball.ROOT + ".jar"));
        assertThat(there.remove(application)).isNotNull();

        assertThat(there).hasSizeGreaterThan(30);
        assertThat(named.keySet()).as("%s and %s", named, there).isEqualTo(there.keySet());
    }

    @Test
    void isAboutThisVersionOfTheApplication() {
        JsonNode component = sbom.path("metadata").path("component");

        assertThat(component.path("name").asText() + "-"
                        + component.path("version").asText())
                .isEqualTo(Tarball.ROOT);
    }

    @Test
    void knowsTheLicenceOfEveryLibrary() {
        assertThat(sbom.path("components"))
                .allSatisfy(component -> assertThat(component.path("licenses"))
                        .as(component.path("purl").asText())
                        .isNotEmpty());
    }

    private static List<Path> jars() throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("lib"))) {
            return files.toList();
        }
    }

    private static String sha256Of(JsonNode component) {
        for (JsonNode hash : component.path("hashes")) {
            if (hash.path("alg").asText().equals("SHA-256")) {
                return hash.path("content").asText();
            }
        }
        throw new AssertionError("no SHA-256 of " + component.path("purl"));
    }

    private static String sha256(Path file) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }
}
