package dev.alluvium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path folder;

    @Test
    void saysThatAGoodFileIsGood() {
        Path file = Path.of("../config/local.yaml");

        assertThat(run("validate", file.toString())).isZero();
        assertThat(out).hasToString(file + ": ok, 2 pipelines\n");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void printsOneLinePerProblemAndExitsWithTwo() throws Exception {
        Path file = Files.writeString(folder.resolve("a.yaml"), "application: [x]\nspol: {}\n");

        assertThat(run("validate", file.toString())).isEqualTo(2);
        assertThat(err.toString().lines())
                .containsExactly(
                        file + ":1: application: needs a single value, not a list",
                        file + ":1: storage.type: missing",
                        file + ":1: pipelines: needs at least one pipeline",
                        file + ":2: spol: unknown key; did you mean \"spool\"?");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void printsTheVersionOfTheBuild() {
        assertThat(run("version")).isZero();
        assertThat(out.toString()).matches("alluvium [0-9]+\\.[0-9]+\\.[0-9]+\\S* on Java \\S+\n");
    }

    @Test
    void exitsWithTwoOnArgumentsItDoesNotKnow() {
        assertThat(run("validate", "--fast", "a.yaml")).isEqualTo(2);
        assertThat(err).hasToString("alluvium: Unknown option: '--fast'; see alluvium --help\n");
    }

    @Test
    void exitsWithTwoWithoutACommand() {
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString().lines()).hasSize(1);
    }

    @Test
    void showsHelpOnRequest() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("Usage: alluvium", "validate", "version", "--debug");
    }

    @Test
    void runHandsTheConfigurationOn() {
        StringBuilder ran = new StringBuilder();
        CommandLine commands = commands(Map.of("OPS_HOST", "0.0.0.0"), (it, drain) -> {
            ran.append(it.application().name())
                    .append(' ')
                    .append(it.ops().host())
                    .append(' ')
                    .append(drain);
            return 0;
        });

        assertThat(commands.execute("run", "../config/local.yaml", "--drain")).isZero();
        assertThat(ran).hasToString("alluvium 0.0.0.0 true");
    }

    @Test
    void aFailureOfARunIsOneLineAndExitsWithOne() {
        CommandLine commands = commands(Map.of(), (it, drain) -> {
            throw new IllegalStateException("the topic is gone\nand more");
        });

        assertThat(commands.execute("run", "../config/local.yaml")).isEqualTo(1);
        assertThat(err).hasToString("alluvium: the topic is gone\n");
    }

    @Test
    void debugShowsTheStackTraceWhereverItStands() {
        CommandLine commands = commands(Map.of(), (it, drain) -> {
            throw new IllegalStateException("the topic is gone");
        });

        assertThat(commands.execute("run", "../config/local.yaml", "--debug")).isEqualTo(1);
        assertThat(err.toString())
                .startsWith("alluvium: the topic is gone\n")
                .contains("at dev.alluvium.cli.RunCommand.call");
    }

    @Test
    void demoHandsItsOptionsOn() {
        StringBuilder ran = new StringBuilder();
        CommandLine commands = commands((records, directory, json) -> {
            ran.append(records).append(' ').append(directory).append(' ').append(json);
            return 1;
        });

        assertThat(commands.execute("demo", "--records", "7", "--json")).isEqualTo(1);
        assertThat(ran).hasToString("7 demo true");
    }

    @Test
    void demoSaysWhatToDoWithoutTheJarsOfTheBroker() {
        CommandLine commands = commands((records, directory, json) -> {
            throw new NoClassDefFoundError("kafka/server/KafkaRaftServer");
        });

        assertThat(commands.execute("demo")).isEqualTo(1);
        assertThat(err)
                .hasToString("alluvium: demo needs the embedded broker and DuckDB, which are not on the class path "
                        + "(kafka/server/KafkaRaftServer); run ./alluvium demo in a source checkout\n");
    }

    private CommandLine commands(Map<String, String> environment, RunCommand.Runner runner) {
        return commands(environment, runner, (records, directory, json) -> {
            throw new AssertionError("demo was not asked for");
        });
    }

    private CommandLine commands(DemoCommand.Runner demo) {
        return commands(
                Map.of(),
                (configuration, drain) -> {
                    throw new AssertionError("run was not asked for");
                },
                demo);
    }

    private CommandLine commands(Map<String, String> environment, RunCommand.Runner runner, DemoCommand.Runner demo) {
        return Main.commands(environment, runner, demo, new PrintWriter(out, true), new PrintWriter(err, true));
    }

    private int run(String... arguments) {
        return commands((records, directory, json) -> {
                    throw new AssertionError("demo was not asked for");
                })
                .execute(arguments);
    }
}
