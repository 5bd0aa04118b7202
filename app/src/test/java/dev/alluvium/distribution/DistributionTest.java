package dev.alluvium.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.parquet.WriterVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in the tarball, and that its launcher starts from a folder that holds nothing else. */
class DistributionTest {
    @TempDir
    static Path folder;

    private static Path home;
    private static Shell shell;

    @BeforeAll
    static void unpack() throws Exception {
        home = Tarball.unpack(folder);
        shell = new Shell(
                Files.createDirectory(folder.resolve("empty")), Shell.commands(folder.resolve("commands")), Map.of());
    }

    @Test
    void holdsALauncherLibrariesConfigurationAndDocumentation() throws IOException {
        assertThat(names(home))
                .containsExactlyInAnyOrder(
                        "LICENSE",
                        "README.md",
                        "alluvium",
                        Tarball.SBOM.getFileName().toString(),
                        "config",
                        "docs",
                        "lib");
        assertThat(names(home.resolve("config")))
                .contains("local.yaml", "reference.yaml", "s3-compatible.yaml", "s3.yaml");
        assertThat(names(home.resolve("docs"))).contains("configuration.md", "try-the-tarball.md");
        assertThat(names(home.resolve("lib")))
                .contains(Tarball.ROOT + ".jar")
                .allSatisfy(name -> assertThat(name).endsWith(".jar"));
    }

    @Test
    void leavesOutTheBrokerTheQueryEngineHadoopAndEveryTestLibrary() throws IOException {
        assertThat(classes())
                .contains("dev/alluvium/cli/Main.class")
                .noneMatch(name -> name.matches("(kafka|org/apache/kafka/(raft|controller|tools)|scala)/.*"))
                .noneMatch(name -> name.matches("org/(duckdb|apache/hadoop|junit|assertj|gaul)/.*"))
                .noneMatch(name -> name.matches("com/tngtech/.*"));
    }

    @Test
    void leavesOutItsOwnTests() throws IOException {
        Path tests = Path.of("target", "test-classes");
        try (Stream<Path> files = Files.walk(tests)) {
            Set<String> compiled = files.map(file -> tests.relativize(file).toString())
                    .filter(name -> name.endsWith(".class"))
                    // Of a package that main has too, so both have one.
                    .filter(name -> !name.endsWith("package-info.class"))
                    .collect(Collectors.toSet());

            assertThat(compiled).isNotEmpty();
            assertThat(classes()).doesNotContainAnyElementsOf(compiled);
        }
    }

    @Test
    void looksTheSameWhoeverPacksIt() throws IOException {
        List<Tarball.Entry> entries = Tarball.entries();

        assertThat(entries).hasSizeGreaterThan(50);
        assertThat(entries).allSatisfy(entry -> {
            assertThat(entry.modified()).isEqualTo(Instant.parse(System.getProperty("alluvium.outputTimestamp")));
            assertThat(entry.uid()).isZero();
            assertThat(entry.gid()).isZero();
            assertThat(entry.user()).isEqualTo("root");
            assertThat(entry.group()).isEqualTo("root");
            assertThat(entry.mode() & 0777)
                    .as(entry.name())
                    .isEqualTo(entry.name().equals(Tarball.ROOT + "/alluvium") ? 0755 : 0644);
        });
        assertThat(entries.stream()
                        .map(Tarball.Entry::name)
                        .filter(name -> name.contains("/lib/"))
                        .toList())
                .isSorted();
    }

    @Test
    void startsWithNothingButJavaOnThePath() throws Exception {
        Shell.Outcome outcome = shell.run("../" + Tarball.ROOT + "/alluvium version");

        assertThat(outcome)
                .isEqualTo(new Shell.Outcome(
                        0,
                        "alluvium " + WriterVersion.current() + " on Java " + System.getProperty("java.version")
                                + "\n"));
    }

    @Test
    void readsAConfigurationWithoutWritingAnything() throws Exception {
        Shell.Outcome outcome = shell.run("../" + Tarball.ROOT + "/alluvium validate ../*/config/local.yaml");

        assertThat(outcome.code()).as(outcome.output()).isZero();
        assertThat(names(shell.directory())).isEmpty();
    }

    @Test
    void saysThatTheDemoNeedsACheckout() throws Exception {
        Shell.Outcome outcome = shell.run("../" + Tarball.ROOT + "/alluvium demo");

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.output().lines())
                .singleElement()
                .asString()
                .contains("leaves out")
                .endsWith("run it from a source checkout");
    }

    @Test
    void theReadmeLeadsToWhatIsThere() throws IOException {
        List<String> targets = Pattern.compile("\\]\\(([^)#:]+)\\)")
                .matcher(Files.readString(home.resolve("README.md")))
                .results()
                .map(match -> match.group(1))
                .toList();

        assertThat(targets)
                .hasSizeGreaterThan(2)
                .allSatisfy(target -> assertThat(home.resolve(target)).exists());
    }

    private static Set<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** Of all jars. */
    private static Set<String> classes() throws IOException {
        Set<String> names = new TreeSet<>();
        for (String jar : names(home.resolve("lib"))) {
            try (JarFile file = new JarFile(home.resolve("lib").resolve(jar).toFile())) {
                file.stream()
                        .map(entry -> entry.getName())
                        .filter(name -> name.endsWith(".class"))
                        .forEach(names::add);
            }
        }
        return names;
    }
}
