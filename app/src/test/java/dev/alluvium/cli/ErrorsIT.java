package dev.alluvium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.batch.SmallDisk;
import dev.alluvium.batch.Spool;
import dev.alluvium.demo.EmbeddedBroker;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a person reads when a start fails, and the exit code; docs/errors.md lists the same. */
@Timeout(120)
class ErrorsIT {
    private static final String TOPIC = "lakesync.deltas";

    @TempDir
    static Path brokerFolder;

    @TempDir
    Path folder;

    private static EmbeddedBroker broker;

    private final StringWriter err = new StringWriter();
    private String configuration = "";

    @BeforeAll
    static void startBroker() throws Exception {
        broker = EmbeddedBroker.start(brokerFolder);
        broker.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1)));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void writeAGoodFile() {
        configuration = """
                application: errors
                kafka: { bootstrap.servers: "%s" }
                storage: { type: local, path: "%s" }
                spool: { path: "%s" }
                state: { path: "%s" }
                startup: { timeout: 60s }
                ops: { port: 0 }
                pipelines:
                  - name: deltas
                    source:
                      topics: [lakesync.deltas]
                    data:
                      type: delta
                      gateway: gw-1
                """.formatted(
                broker.bootstrapServers(), folder.resolve("archive"), folder.resolve("spool"), folder.resolve("state"));
    }

    // ---- Kafka -----------------------------------------------------------------------------------------------------

    @Test
    void anUnreachableBroker() throws Exception {
        int port = EmbeddedBroker.freePort();
        write(broker.bootstrapServers(), "127.0.0.1:" + port);
        write("60s", "1s");

        assertThat(run()).isEqualTo(1);
        assertThat(err)
                .hasToString("alluvium: kafka.bootstrap.servers: no broker answered at 127.0.0.1:" + port
                        + " within 1s; correct the address, or security.protocol if the listener wants another one, or"
                        + " start the broker (startup.timeout says how long to wait)\n");
    }

    @Test
    void aBrokerThatSpeaksAnotherProtocol() throws Exception {
        write(
                "bootstrap.servers:",
                "security.protocol: SASL_PLAINTEXT, sasl.mechanism: PLAIN, sasl.jaas.config: \"org.apache.kafka.common"
                        + ".security.plain.PlainLoginModule required username='a' password='hidden';\","
                        + " bootstrap.servers:");

        assertThat(run()).isEqualTo(1);
        assertThat(err.toString())
                .startsWith("alluvium: kafka: " + broker.bootstrapServers() + " refuses the connection: ")
                .endsWith("; correct security.protocol, sasl.* and ssl.* there\n")
                .doesNotContain("hidden")
                .hasLineCount(1);
    }

    @Test
    void aKafkaPropertyThatCannotBe() throws Exception {
        write(
                "bootstrap.servers:",
                "ssl.truststore.location: /no/such.jks, security.protocol: SSL, bootstrap.servers:");

        assertThat(run()).isEqualTo(1);
        assertThat(err.toString())
                .startsWith("alluvium: kafka: ")
                .contains("/no/such.jks")
                .endsWith("; correct the property\n")
                .hasLineCount(1);
    }

    @Test
    void aMissingTopic() throws Exception {
        write("lakesync.deltas", "lakesync.delta");

        assertThat(run()).isEqualTo(1);
        assertThat(err)
                .hasToString("alluvium: pipeline deltas stopped: pipelines[deltas].source.topics: topic lakesync.delta"
                        + " does not exist; create it or mend the name\n");
    }

    @Test
    void aPatternThatNoTopicMatches() throws Exception {
        write("topics: [lakesync.deltas]", "pattern: 'nothing\\..*'");

        assertThat(run()).isEqualTo(1);
        assertThat(err)
                .hasToString("alluvium: pipeline deltas stopped: pipelines[deltas].source.pattern: no topic matches"
                        + " nothing\\..*; create one or mend the pattern\n");
    }

    // ---- folders and disks -----------------------------------------------------------------------------------------

    @Test
    void aReadOnlyDirectory() throws Exception {
        try (SmallDisk disk = SmallDisk.readOnly(folder.resolve("ro"))) {
            Path archive = disk.folder().resolve("archive");
            write(folder.resolve("archive").toString(), archive.toString());

            assertThat(run()).isEqualTo(1);
            assertThat(err.toString())
                    .startsWith(
                            "alluvium: cannot open the store in file:" + archive + " (storage.path): " + disk.refusal())
                    .hasLineCount(1);
        }
    }

    @Test
    void aReadOnlySpool() throws Exception {
        try (SmallDisk disk = SmallDisk.readOnly(folder.resolve("ro"))) {
            Path spool = disk.folder().resolve("spool");
            write(folder.resolve("spool").toString(), spool.toString());

            assertThat(run()).isEqualTo(1);
            assertThat(err.toString())
                    .startsWith("alluvium: spool.path: cannot write to " + spool + ": " + disk.refusal())
                    .endsWith(", or name another folder\n")
                    .hasLineCount(1);
        }
    }

    @Test
    void aTemporaryFolderThatLibrariesCannotBeLoadedFrom() throws Exception {
        try (SmallDisk disk = SmallDisk.readOnly(folder.resolve("ro"))) {
            Path errors = folder.resolve("errors");
            Files.writeString(file(), configuration);
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Djava.io.tmpdir=" + disk.folder(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            "dev.alluvium.cli.Main",
                            "run",
                            file().toString())
                    .redirectError(errors.toFile())
                    .start();

            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).isEqualTo(1);
            assertThat(Files.readString(errors).lines().filter(line -> line.startsWith("alluvium: ")))
                    .containsExactly("alluvium: files.codec: the native library of zstd cannot be loaded from "
                            + disk.folder() + "; make that folder writable and mount it without noexec, or name another"
                            + " by JAVA_OPTS=-Djava.io.tmpdir=FOLDER");
        }
    }

    @Test
    void aReadOnlyStateFolder() throws Exception {
        try (SmallDisk disk = SmallDisk.readOnly(folder.resolve("ro"))) {
            Path state = disk.folder().resolve("state");
            write(folder.resolve("state").toString(), state.toString());

            assertThat(run()).isEqualTo(1);
            assertThat(err.toString())
                    .startsWith("alluvium: state.path: cannot write to " + state + ": " + disk.refusal())
                    .endsWith(", or name another folder\n")
                    .hasLineCount(1);
        }
    }

    @Test
    void anUnwritableSpool() throws Exception {
        Path file = Files.createFile(folder.resolve("spool"));

        assertThat(run()).isEqualTo(1);
        assertThat(err)
                .hasToString("alluvium: spool.path: cannot write to " + file + ": " + file
                        + " is in the way and no directory; move it, or name another folder\n");
    }

    @Test
    void aFullDiskUnderTheSpool() throws Exception {
        Path spool = folder.resolve("spool");
        try (SmallDisk disk = SmallDisk.of(spool, 64)) {
            assertThat(disk.folder()).isEqualTo(spool);

            assertThat(run()).isEqualTo(1);
            assertThat(err)
                    .hasToString("alluvium: spool.path: cannot write to " + spool
                            + ": No space left on device; free or add space\n");
            assertThat(spool).isDirectoryNotContaining("glob:**.parquet");
        }
    }

    @Test
    void aFullDiskUnderTheArchive() throws Exception {
        Path archive = folder.resolve("archive");
        try (SmallDisk disk = SmallDisk.of(archive, 64)) {
            disk.fill();
            write("60s", "1s");

            assertThat(run()).isEqualTo(1);
            assertThat(err)
                    .hasToString("alluvium: cannot write a probe in file:" + archive
                            + " (storage.path): No space left on device; free or add space\n");
        }
    }

    // ---- other processes -------------------------------------------------------------------------------------------

    @Test
    void aPortInUse() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            write("port: 0", "port: " + other.getLocalPort());

            assertThat(run()).isEqualTo(1);
            assertThat(err)
                    .hasToString("alluvium: cannot listen on 127.0.0.1:" + other.getLocalPort()
                            + ": Address already in use; set ops.port to a free port, 0 picks one\n");
        }
    }

    /** {@link RunIT} shows the same with another process. */
    @Test
    void aSpoolThatIsTaken() throws Exception {
        Path spool = folder.resolve("spool");
        try (Spool other = Spool.open(spool, 1 << 20)) {
            assertThat(run()).isEqualTo(1);
            assertThat(err)
                    .hasToString("alluvium: spool.path: " + spool
                            + " is in use by another process; give every process a spool of its own\n");
            assertThat(other.trouble()).isEmpty();
        }
    }

    // ---- the configuration -----------------------------------------------------------------------------------------

    @Test
    void aTableSchemaThatContradictsTheDescriptor() throws Exception {
        write("gateway: gw-1", "gateway: gw-1\n      tables: { todos: { title: string, hlc: number } }");

        assertThat(run()).isEqualTo(2);
        assertThat(err)
                .hasToString(file()
                        + ":15: pipelines[0].data.tables.todos.hlc: every delta file has a column of this name already;"
                        + " left undeclared, its values are kept in _extra\n");
    }

    @Test
    void aFieldThatContradictsTheCoordinates() throws Exception {
        Path descriptors = Descriptors.withField(folder.resolve("a.desc"), "shop.v1.Order", "_offset");
        write(
                "type: delta\n      gateway: gw-1",
                "type: protobuf\n      descriptorSet: " + descriptors + "\n      message: shop.v1.Order");

        assertThat(run()).isEqualTo(2);
        assertThat(err)
                .hasToString(file() + ":15: pipelines[0].data.message: shop.v1.Order has a field named _offset, as one"
                        + " of the Kafka coordinates is; set coordinates: false\n");
    }

    @Test
    void anUnknownMessageType() throws Exception {
        write("type: delta\n      gateway: gw-1", "type: protobuf\n      message: lakesync.v1.RowDeltas");

        assertThat(run()).isEqualTo(2);
        assertThat(err.toString())
                .startsWith(
                        file() + ":14: pipelines[0].data.message: no message lakesync.v1.RowDeltas in the compiled-in"
                                + " messages; did you mean \"lakesync.v1.RowDelta\"?")
                .hasLineCount(1);
    }

    @Test
    void anUnknownPlaceholderInAKeyTemplate() throws Exception {
        write("gateway: gw-1", "gateway: gw-1\n    files: { key: \"{tabel}/{firstOffset}.parquet\" }");

        assertThat(run()).isEqualTo(2);
        assertThat(err)
                .hasToString(file() + ":15: pipelines[0].files.key: \"{tabel}/{firstOffset}.parquet\" has the unknown"
                        + " placeholder {tabel}; did you mean \"table\"?\n");
    }

    // ---- all of them -----------------------------------------------------------------------------------------------

    @Test
    void debugAddsTheStackTrace() throws Exception {
        Files.createFile(folder.resolve("spool"));

        assertThat(run("--debug")).isEqualTo(1);
        assertThat(err.toString()).startsWith("alluvium: spool.path: ").contains("\tat dev.alluvium.batch.Spool");
    }

    private Path file() {
        return folder.resolve("a.yaml");
    }

    private void write(String what, String instead) {
        assertThat(configuration).contains(what);
        configuration = configuration.replace(what, instead);
    }

    /** Runs the command; what it wrote to standard error is in {@link #err}, without a trace unless asked for. */
    private int run(String... options) throws IOException {
        Files.writeString(file(), configuration);
        int code = Main.commands(
                        Map.of(),
                        new ArchiveRun(),
                        (records, directory, json) -> {
                            throw new AssertionError("demo was not asked for");
                        },
                        new PrintWriter(new StringWriter()),
                        new PrintWriter(err, true))
                .execute(arguments(options));
        if (options.length == 0) {
            assertThat(err.toString()).doesNotContain("\tat ");
        }
        return code;
    }

    private String[] arguments(String... options) {
        String[] arguments = new String[options.length + 2];
        arguments[0] = "run";
        arguments[1] = file().toString();
        System.arraycopy(options, 0, arguments, 2, options.length);
        return arguments;
    }
}
