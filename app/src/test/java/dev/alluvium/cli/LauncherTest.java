package dev.alluvium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a distribution of its own, with a Java that prints what it is started with. */
class LauncherTest {
    @TempDir
    Path folder;

    private Path home;

    @BeforeEach
    void unpack() throws IOException {
        home = Files.createDirectory(folder.resolve("a home"));
        jars("lib", "b.jar", "a.jar", "B.jar");
        Files.copy(Path.of("../alluvium"), home.resolve("alluvium"));
        Files.setPosixFilePermissions(home.resolve("alluvium"), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void startsJava17WithoutTheFlagsOfNewerOnes() throws Exception {
        Outcome outcome = launch(home.resolve("alluvium"), java("17.0.15"), Map.of(), "run", "a b.yaml");

        assertThat(outcome.code()).isZero();
        assertThat(outcome.lines())
                .containsExactly(
                        "--add-opens=java.base/java.nio=ALL-UNNAMED",
                        "-Xmx256m",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        classPath("lib/B.jar", "lib/a.jar", "lib/b.jar"),
                        "dev.alluvium.cli.Main",
                        "run",
                        "a b.yaml");
    }

    @Test
    void allowsNativeAccessAndUnsafeOnJava25() throws Exception {
        Outcome outcome = launch(home.resolve("alluvium"), java("25"), Map.of(), "version");

        assertThat(outcome.lines())
                .contains("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");
    }

    @Test
    void refusesOlderJavaInOneLine() throws Exception {
        Outcome outcome = launch(home.resolve("alluvium"), java("11.0.2"), Map.of(), "version");

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.lines()).singleElement().asString().endsWith("is Java 11; Java 17 or newer is needed");
    }

    @Test
    void findsItsHomeThroughSymbolicLinks() throws Exception {
        Path one = Files.createSymbolicLink(folder.resolve("one"), Path.of("a home/alluvium"));
        Path two = Files.createSymbolicLink(folder.resolve("two"), one);

        assertThat(launch(two, java("17.0.15"), Map.of(), "version").lines())
                .contains(classPath("lib/B.jar", "lib/a.jar", "lib/b.jar"));
    }

    @Test
    void givesTheDemoItsJarsAndMoreHeap() throws Exception {
        jars("demo-lib", "c.jar", "a.jar");

        assertThat(launch(home.resolve("alluvium"), java("17.0.15"), Map.of(), "--debug", "demo")
                        .lines())
                .contains(
                        "-Xmx1g", classPath("lib/B.jar", "lib/a.jar", "lib/b.jar", "demo-lib/a.jar", "demo-lib/c.jar"));
    }

    @Test
    void keepsTheLogOfTheDemoToWarnings() throws Exception {
        Files.createDirectory(home.resolve("demo-lib"));

        assertThat(launch(home.resolve("alluvium"), java("17.0.15"), Map.of(), "demo")
                        .lines())
                .contains("-DALLUVIUM_LOG_LEVEL=WARN");
    }

    @Test
    void leavesTheLogOfTheDemoToWhoeverAsksForMore() throws Exception {
        Files.createDirectory(home.resolve("demo-lib"));

        assertThat(launch(home.resolve("alluvium"), java("17.0.15"), Map.of("ALLUVIUM_LOG_LEVEL", "INFO"), "demo")
                        .lines())
                .noneMatch(line -> line.contains("ALLUVIUM_LOG_LEVEL"));
    }

    @Test
    void startsTheBenchmarkOfACheckout() throws Exception {
        Path checkout = Files.createDirectory(folder.resolve("a checkout"));
        Path launcher = Files.copy(home.resolve("alluvium"), checkout.resolve("alluvium"));
        Path target = checkout.resolve("app/target");
        Files.createDirectories(target.resolve("lib"));
        Files.createDirectories(target.resolve("demo-lib"));
        Files.writeString(target.resolve("jmh.classpath"), "/jars/others.jar");

        Outcome outcome = launch(launcher, java("17.0.15"), Map.of(), "bench", "--runs", "1");

        assertThat(outcome.lines())
                .endsWith(
                        target.resolve("jmh-classes") + ":" + target.resolve("classes") + ":/jars/others.jar",
                        "dev.alluvium.bench.process.BenchCommand",
                        "--home",
                        checkout.toString(),
                        "--runs",
                        "1");
    }

    @Test
    void saysWhereTheBenchmarkIs() throws Exception {
        Outcome outcome = launch(home.resolve("alluvium"), java("17.0.15"), Map.of(), "bench");

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.lines()).singleElement().asString().contains("bench", "run it from a source checkout");
    }

    @Test
    void ordersTheClassPathAlikeInEveryLanguage() throws Exception {
        for (String locale : List.of("C", "en_US.UTF-8", "C.UTF-8")) {
            assertThat(launch(home.resolve("alluvium"), java("17.0.15"), Map.of("LC_ALL", locale), "version")
                            .lines())
                    .contains(classPath("lib/B.jar", "lib/a.jar", "lib/b.jar"));
        }
    }

    @Test
    void needsNoOtherCommandThanJava() throws Exception {
        Path javaHome = java("17.0.15");

        Outcome outcome = launch(
                home.resolve("alluvium"),
                javaHome,
                Map.of("JAVA_HOME", "", "PATH", javaHome.resolve("bin").toString()),
                "version");

        assertThat(outcome.lines()).endsWith("dev.alluvium.cli.Main", "version");
    }

    @Test
    void passesOnWhatAJavaSaysThatDoesNotStart() throws Exception {
        Path javaHome = java("17.0.15");
        Files.writeString(javaHome.resolve("bin/java"), "#!/bin/sh\necho 'no such option' >&2\nexit 1\n");

        Outcome outcome = launch(home.resolve("alluvium"), javaHome, Map.of(), "version");

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.lines()).singleElement().asString().endsWith("does not start: no such option");
    }

    @Test
    void saysWhatToDoWhenTheDemoIsLeftOut() throws Exception {
        Outcome outcome = launch(home.resolve("alluvium"), java("17.0.15"), Map.of(), "demo");

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.lines()).singleElement().asString().endsWith("run it from a source checkout");
    }

    @Test
    void letsTheOptionsOfTheEnvironmentWin() throws Exception {
        Outcome outcome = launch(
                home.resolve("alluvium"),
                java("17.0.15"),
                Map.of("JAVA_OPTS", "-Xmx1g -Da=b", "ALLUVIUM_OPTS", "-Xmx2g"),
                "version");

        assertThat(outcome.lines()).containsSubsequence("-Xmx256m", "-Xmx1g", "-Da=b", "-Xmx2g", "-cp");
    }

    private record Outcome(int code, List<String> lines) {}

    private void jars(String directory, String... names) throws IOException {
        Files.createDirectory(home.resolve(directory));
        for (String name : names) {
            Files.createFile(home.resolve(directory).resolve(name));
        }
    }

    private String classPath(String... jars) throws IOException {
        Path root = home.toRealPath();
        return Arrays.stream(jars).map(jar -> root + "/" + jar).collect(Collectors.joining(":"));
    }

    private Path java(String version) throws IOException {
        Path javaHome = folder.resolve("java " + version);
        Path java = Files.createDirectories(javaHome.resolve("bin")).resolve("java");
        Files.writeString(java, """
                #!/bin/sh
                if [ "$1" = -version ]; then
                  echo 'Picked up JAVA_TOOL_OPTIONS: -Dversion=x' >&2
                  echo 'openjdk version "%s" 2025-04-15' >&2
                else
                  printf '%%s\\n' "$@"
                fi
                """.formatted(version));
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        return javaHome;
    }

    private Outcome launch(Path launcher, Path javaHome, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().keySet().removeAll(List.of("JAVA_OPTS", "ALLUVIUM_OPTS", "ALLUVIUM_LOG_LEVEL"));
        builder.environment().put("JAVA_HOME", javaHome.toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        return new Outcome(process.waitFor(), lines);
    }
}
