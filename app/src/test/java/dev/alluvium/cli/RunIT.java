package dev.alluvium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.demo.DeltaData;
import dev.alluvium.demo.EmbeddedBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code alluvium run} as a person starts it: a process of its own, a file of YAML, a signal at the end. */
class RunIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final List<Process> processes = new ArrayList<>();
    private EmbeddedBroker broker;
    private int opsPort;

    @BeforeEach
    void start() throws Exception {
        broker = EmbeddedBroker.start(folder.resolve("broker"));
        broker.createTopics(List.of(new NewTopic("lakesync.deltas", 2, (short) 1)));
        opsPort = EmbeddedBroker.freePort();
        Files.writeString(folder.resolve("pipelines.yaml"), """
                application: test
                kafka: { bootstrap.servers: "${BROKER}", commit.interval.ms: 500,
                  consumer.session.timeout.ms: 6000, producer.transaction.timeout.ms: 10000 }
                storage: { type: local, path: "%1$s/archive" }
                spool: { path: "%1$s/spool" }
                state: { path: "%1$s/state" }
                ops: { port: %2$d }
                pipelines:
                  - name: deltas
                    source: { topics: [lakesync.deltas] }
                    data: { type: delta, gateway: gw-1 }
                    rotation: { age: 1s }
                """.formatted(folder, opsPort));
    }

    @AfterEach
    void stop() throws InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
        broker.close();
    }

    @Test
    void archivesUntilASignalAndSurvivesAKill() throws Exception {
        produce(0, 500);
        Process first = run();
        await("the first files", () -> rows() > 0);
        produce(500, 1000);
        first.destroyForcibly().waitFor();

        Process second = run();
        await("all rows", () -> rows() == 1000);
        await("readiness", () -> get("/ready") == 200);
        assertThat(get("/metrics")).isEqualTo(200);
        second.destroy();

        assertThat(second.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(second.exitValue()).isZero();
        assertThat(rows()).isEqualTo(1000);
    }

    @Test
    void saysInOneLineWhatIsWrongWithTheSpool() throws Exception {
        run();
        await("readiness", () -> get("/ready") == 200);

        Process second = run();

        assertThat(second.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(second.exitValue()).isEqualTo(1);
        assertThat(log(1))
                .hasContent("alluvium: spool.path: " + folder.resolve("spool")
                        + " is in use by another process; give every process a spool of its own\n");
    }

    private Process run() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.alluvium.cli.Main",
                "run",
                folder.resolve("pipelines.yaml").toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log(processes.size()).toFile());
        builder.environment().put("BROKER", broker.bootstrapServers());
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    private Path log(int number) {
        return folder.resolve("run-" + number + ".log");
    }

    private void produce(int from, int to) {
        DeltaData data = new DeltaData(1, 200, 0);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            List<Future<?>> sent = new ArrayList<>();
            for (int i = from; i < to; i++) {
                sent.add(producer.send(new ProducerRecord<>(
                        "lakesync.deltas", i % 2, null, data.delta(i).toByteArray())));
            }
            for (Future<?> record : sent) {
                record.get();
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Rows of all files, from their footers; a row in two files counts twice. */
    private long rows() {
        if (!Files.exists(folder.resolve("archive/deltas"))) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(folder.resolve("archive/deltas"))) {
            long rows = 0;
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".parquet")).toList()) {
                try (var reader = dev.alluvium.parquet.DataFileReader.open(file)) {
                    rows += reader.rowCount();
                }
            }
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int get(String path) throws InterruptedException {
        try {
            return HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + opsPort + path))
                                    .timeout(Duration.ofSeconds(5))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            return 0; // not there yet
        }
    }

    private void await(String what, Callable<Boolean> isDone) throws Exception {
        Instant limit = Instant.now().plus(LIMIT);
        while (!isDone.call()) {
            if (Instant.now().isAfter(limit)) {
                throw new AssertionError("not in time: " + what + "\n" + Files.readString(log(processes.size() - 1)));
            }
            Thread.sleep(200);
        }
    }
}
