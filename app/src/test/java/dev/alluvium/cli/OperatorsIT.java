package dev.alluvium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.alluvium.demo.EmbeddedBroker;
import dev.alluvium.parquet.DataFileReader;
import dev.alluvium.proto.lakesync.v1.ColumnDelta;
import dev.alluvium.proto.lakesync.v1.DeltaOp;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code alluvium run} in a process of its own, as operators see it. */
class OperatorsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String TOPIC = "lakesync.deltas";
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    @TempDir
    static Path brokerFolder;

    @TempDir
    Path folder;

    private static EmbeddedBroker broker;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = EmbeddedBroker.start(brokerFolder);
        broker.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1)));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    /** Health, readiness and metrics through a start, an outage of the store, its end, and a signal. */
    @Test
    void tellsOperatorsHowItIs() throws Exception {
        int port = EmbeddedBroker.freePort();
        Process process = run(configuration(port));
        try {
            await(port, "/ready", response -> response.statusCode() == 200);
            assertThat(get(port, "/health").statusCode()).isEqualTo(200);
            produce(0, 100);
            await(port, "/metrics", response -> value(response.body(), "alluvium_files_finished_total") > 0);

            takeStoreAway();
            produce(100, 200);
            HttpResponse<String> red = await(port, "/ready", response -> response.statusCode() == 503);
            assertThat(red.body()).startsWith("deltas: cannot ").contains("archive");
            assertThat(get(port, "/health").statusCode()).isEqualTo(200);
            HttpResponse<String> metrics = await(
                    port, "/metrics", response -> value(response.body(), "alluvium_archived_up_to_lag_seconds") > 0);
            assertThat(value(metrics.body(), "alluvium_ledger_groups")).isEqualTo(1);
            assertThat(metrics.body())
                    .contains("kafka_stream_thread_commit_total{", "kafka_consumer_", "jvm_memory_used_bytes")
                    .contains("pipeline=\"deltas\"");

            bringStoreBack();
            await(port, "/ready", response -> response.statusCode() == 200);
            await(
                    port,
                    "/metrics",
                    response -> value(response.body(), "alluvium_archived_up_to_lag_seconds") == 0
                            && value(response.body(), "alluvium_open_batches") == 0);

            process.destroy();
            assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(log()).isZero();
        } finally {
            process.destroyForcibly();
        }
        assertThat(archivedRows()).isEqualTo(200);
    }

    private Path configuration(int port) throws IOException {
        return Files.writeString(folder.resolve("alluvium.yaml"), """
                application: ops
                kafka:
                  bootstrap.servers: "%s"
                storage: { type: local, path: "%s" }
                spool: { path: "%s" }
                state: { path: "%s" }
                ops: { port: %d }
                pipelines:
                  - name: deltas
                    source: { topics: [%s] }
                    data:
                      type: delta
                      gateway: gw-1
                      tables:
                        todos: { title: string }
                    rotation: { age: 1s }
                """.formatted(
                broker.bootstrapServers(), archive(), folder.resolve("spool"), folder.resolve("state"), port, TOPIC));
    }

    private Process run(Path configuration) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> flag.startsWith("--"))
                .forEach(command::add);
        command.addAll(List.of(
                "-Xmx256m",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "dev.alluvium.cli.Main",
                "run",
                configuration.toString()));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("log"));
    }

    // ---- the store -------------------------------------------------------------------------------------------------

    private Path archive() {
        return folder.resolve("archive");
    }

    /** As if its file system were gone. */
    private void takeStoreAway() throws IOException {
        Files.move(archive(), folder.resolve("away"));
        Files.createFile(archive());
    }

    private void bringStoreBack() throws IOException {
        Files.delete(archive());
        Files.move(folder.resolve("away"), archive());
    }

    private long archivedRows() throws IOException {
        long rows = 0;
        try (Stream<Path> files = Files.walk(archive())) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".parquet")).toList()) {
                try (DataFileReader reader = DataFileReader.open(file)) {
                    rows += reader.rowCount();
                }
            }
        }
        return rows;
    }

    // ---- records and requests --------------------------------------------------------------------------------------

    private static void produce(int from, int to) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = from; i < to; i++) {
                RowDelta delta = RowDelta.newBuilder()
                        .setOp(DeltaOp.DELTA_OP_INSERT)
                        .setTable("todos")
                        .setRowId("row-" + i)
                        .setClientId("client")
                        .setHlc((1_770_000_000_000L + i) << 16)
                        .setDeltaId("id-" + i)
                        .addColumns(
                                ColumnDelta.newBuilder().setColumn("title").setValue(ByteString.copyFromUtf8("\"t\"")))
                        .build();
                var unused = producer.send(new ProducerRecord<>(TOPIC, delta.toByteArray()));
            }
        }
    }

    private static HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(10))
                .build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> await(int port, String path, Predicate<HttpResponse<String>> isAsExpected)
            throws Exception {
        Instant limit = Instant.now().plus(LIMIT);
        String last = "nothing";
        while (Instant.now().isBefore(limit)) {
            try {
                HttpResponse<String> response = get(port, path);
                if (isAsExpected.test(response)) {
                    return response;
                }
                last = response.statusCode() + " " + response.body();
            } catch (IOException e) {
                last = e.toString(); // it is not listening yet
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        throw new AssertionError(path + " last said " + last + "\n" + log());
    }

    /** Sum over all samples of a metric; NaN if it has none. */
    private static double value(String metrics, String name) {
        return metrics.lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .reduce(Double::sum)
                .orElse(Double.NaN);
    }
}
