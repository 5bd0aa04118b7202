package dev.alluvium.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.demo.EmbeddedBroker;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of docs/try-the-tarball.md, in a folder that holds the tarball only. Each block of {@code sh} runs in a
 * shell of its own; one with a name is a terminal whose command goes on, and there the {@code PATH} holds Java and no
 * other command. The jars of Kafka stand in for the release that the page tells to download. DuckDB is the judge.
 */
class DistributionIT {
    /** Six JVMs start here; on a machine that does other things too, that takes its time. */
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh ?(\\w*)\\n(.*?)^```$");
    /** A port, wherever the page names one. */
    private static final Pattern PORT = Pattern.compile("(?<=127\\.0\\.0\\.1:|port: )\\d+");

    @TempDir
    Path folder;

    private final Map<String, Process> terminals = new LinkedHashMap<>();
    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private Path here;
    private Shell shell;
    private Shell terminal;

    private record Block(String name, String commands) {}

    @BeforeEach
    void download() throws IOException {
        here = Files.createDirectory(folder.resolve("here"));
        Files.copy(Tarball.FILE, here.resolve(Tarball.FILE.getFileName()));
        Path servers = Path.of("target", "test-servers").toAbsolutePath();
        Path kafka = folder.resolve("kafka");
        List<Path> jars = new ArrayList<>();
        for (Path directory : List.of(Path.of("target", "lib"), Path.of("target", "demo-lib"), servers)) {
            try (Stream<Path> files = Files.list(directory)) {
                files.filter(DistributionIT::isOfKafka).sorted().forEach(jars::add);
            }
        }
        referTo(jars, Files.createDirectories(kafka.resolve("libs")).resolve("kafka.jar"));
        Map<String, String> environment = Map.of(
                "KAFKA",
                kafka.toString(),
                "S3PROXY",
                servers.resolve("s3proxy-jar-with-dependencies.jar").toString(),
                // Short lives: compiling well costs more than it gives.
                "JAVA_TOOL_OPTIONS",
                "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
        shell = new Shell(here, Shell.commands(folder.resolve("commands"), "cat", "gzip", "mkdir", "tar"), environment);
        terminal = new Shell(here, Shell.commands(folder.resolve("java")), environment);
    }

    /** Kafka and what it needs: nothing of Alluvium, nor the logging it chose. */
    private static boolean isOfKafka(Path jar) {
        return !jar.getFileName().toString().matches("(alluvium|logback|duckdb|s3proxy).*");
    }

    /** Writes a jar that holds nothing itself and brings others along. */
    private static void referTo(List<Path> jars, Path jar) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes()
                .put(
                        Attributes.Name.CLASS_PATH,
                        jars.stream()
                                .map(each -> each.toAbsolutePath().toUri().toString())
                                .collect(Collectors.joining(" ")));
        try (OutputStream file = Files.newOutputStream(jar)) {
            new JarOutputStream(file, manifest).close();
        }
    }

    @AfterEach
    void stop() throws InterruptedException {
        for (Process process : terminals.values()) {
            Shell.kill(process);
        }
    }

    @Test
    void archivesATopicIntoABucketByTheCommandsOfThePage() throws Exception {
        for (Block block : blocks()) {
            switch (block.name()) {
                case "setup" -> assertThat(block.commands()).contains("KAFKA=", "S3PROXY=");
                case "" -> {
                    Shell.Outcome outcome = shell.run(block.commands());
                    assertThat(outcome.code())
                            .as(block.commands() + outcome.output())
                            .isZero();
                }
                default -> terminals.put(block.name(), terminal.start("exec " + block.commands(), log(block.name())));
            }
            if (block.name().equals("store")) {
                await("broker and store", () -> listens(port("9092")) && listens(port("9000")));
            }
        }
        assertThat(terminals).containsOnlyKeys("broker", "store", "archive");

        await("rows in the bucket", () -> rows().startsWith("1000 "));
        Process archive = Objects.requireNonNull(terminals.get("archive"));
        archive.destroy();

        assertThat(archive.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(archive.exitValue()).as(Files.readString(log("archive"))).isZero();
        assertThat(rows()).isEqualTo("1000 1000 mail 1000 1999");
    }

    private List<Block> blocks() throws IOException {
        return BLOCK.matcher(Files.readString(Path.of("../docs/try-the-tarball.md")))
                .results()
                .map(match -> new Block(match.group(1), withFreePorts(match.group(2))))
                .toList();
    }

    private String withFreePorts(String commands) {
        return PORT.matcher(commands).replaceAll(port -> Integer.toString(port(port.group())));
    }

    /** The one that stands for a port of the page. */
    private int port(String written) {
        return ports.computeIfAbsent(written, unseen -> anotherFreePort());
    }

    private int anotherFreePort() {
        int port = EmbeddedBroker.freePort();
        return ports.containsValue(port) ? anotherFreePort() : port;
    }

    private Path log(String name) {
        return folder.resolve(name + ".log");
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Rows, different ones, and who is among them; nothing while the bucket holds no whole file. */
    private String rows() throws SQLException {
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement();
                ResultSet result = statement.executeQuery("""
                        SELECT count(*) || ' ' || count(DISTINCT action_type) || ' ' || any_value(connector)
                            || ' ' || min(action_type) || ' ' || max(action_type)
                        FROM read_parquet('%s/buckets/archive/**/*.parquet')""".formatted(here))) {
            result.next();
            return result.getString(1);
        }
    }

    private void await(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + LIMIT.toNanos();
        Exception last = null;
        while (System.nanoTime() < end) {
            try {
                if (condition.call()) {
                    return;
                }
            } catch (SQLException notYet) {
                last = notYet;
            }
            for (Map.Entry<String, Process> each : terminals.entrySet()) {
                assertThat(each.getValue().isAlive())
                        .as(() -> each.getKey() + " has ended:\n" + text(log(each.getKey())))
                        .isTrue();
            }
            Thread.sleep(100);
        }
        StringBuilder logs = new StringBuilder();
        terminals.keySet().forEach(name -> logs.append(name).append(":\n").append(text(log(name))));
        throw new AssertionError("no " + what + " within " + LIMIT + "\n" + logs, last);
    }

    private static String text(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
