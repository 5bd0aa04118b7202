package dev.alluvium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.config.ConfigurationException;
import dev.alluvium.config.ConfigurationFile;
import dev.alluvium.demo.DeltaData;
import dev.alluvium.storage.ListedObject;
import dev.alluvium.storage.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A topic of deltas goes into a bucket, whatever broker and store there are: {@code alluvium run} as a process of its own,
 * the objects fetched through the store of the same configuration, their rows counted by DuckDB.
 */
final class BucketScenario {
    private static final int RECORDS = 1_000;
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private final Path folder;
    private final String bootstrapServers;
    private final String name;
    private final Path configuration;

    /**
     * @param folder of this test alone
     * @param name of the topic and the application, which no other test on the broker has
     * @param storage the section of the configuration file, in one line
     */
    BucketScenario(Path folder, String bootstrapServers, String name, String storage) throws IOException {
        this.folder = folder;
        this.bootstrapServers = bootstrapServers;
        this.name = name;
        this.configuration = Files.writeString(
                folder.resolve("pipelines.yaml"), """
                application: %1$s
                kafka: { bootstrap.servers: "%2$s", commit.interval.ms: 500 }
                storage: %3$s
                spool: { path: "%4$s/spool" }
                state: { path: "%4$s/state" }
                ops: { port: 0 }
                pipelines:
                  - name: deltas
                    source: { topics: [%1$s] }
                    data: { type: delta, gateway: gw-1 }
                    rotation: { age: 1s }
                """.formatted(name, bootstrapServers, storage, folder));
    }

    /** Archives a topic, waits until the bucket holds as many rows, stops the archive by a signal and counts again. */
    void archivesEveryDeltaOnce() throws Exception {
        createTopic();
        produce();
        Process archive = run();
        try (ObjectStore store = open()) {
            Instant limit = Instant.now().plus(LIMIT);
            while (download(store) == 0 || count("count(*)") < RECORDS) {
                assertThat(archive.isAlive()).as(log()).isTrue();
                assertThat(Instant.now()).as("in time\n" + log()).isBefore(limit);
                Thread.sleep(200);
            }
            archive.destroy();
            assertThat(archive.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(archive.exitValue()).as(log()).isZero();

            download(store);
            assertThat(count("count(*)")).isEqualTo(RECORDS);
            assertThat(count("count(distinct (_partition, _offset))")).isEqualTo(RECORDS);
        } finally {
            archive.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
    }

    private void createTopic() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.createTopics(List.of(new NewTopic(name, 2, (short) 1))).all().get();
        }
    }

    private void produce() throws Exception {
        DeltaData data = new DeltaData(1, 200, 0);
        // A topic's log may not be open yet when it is known. A broker that then refuses the first batch and takes the
        // second
        // waits for the first one's number for ever: one batch at a time.
        Map<String, Object> properties =
                Map.of("bootstrap.servers", bootstrapServers, "max.in.flight.requests.per.connection", 1);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<?>> sent = new ArrayList<>();
            for (int i = 0; i < RECORDS; i++) {
                byte[] delta = data.delta(i).toByteArray();
                sent.add(producer.send(new ProducerRecord<>(name, i % 2, null, delta)));
            }
            for (Future<?> record : sent) {
                record.get();
            }
        }
    }

    private Process run() throws IOException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.alluvium.cli.Main",
                "run",
                configuration.toString());
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("run.log").toFile())
                .start();
    }

    private ObjectStore open() throws IOException, ConfigurationException {
        return Stores.open(ConfigurationFile.read(configuration, Map.of()).storage(), Clock.systemUTC());
    }

    /** Fetches what is new in the bucket; returns how many objects there are. */
    private int download(ObjectStore store) throws IOException {
        List<ListedObject> objects;
        try (Stream<ListedObject> listed = store.list("")) {
            // S3Proxy lists what is on its way in, too: a key with a random ending, gone a moment later.
            objects = listed.filter(object -> object.key().endsWith(".parquet")).toList();
        }
        Path downloads = Files.createDirectories(folder.resolve("downloads"));
        for (ListedObject object : objects) {
            Path file = downloads.resolve(object.key().replace('/', '_'));
            if (!Files.exists(file)) {
                try (InputStream in = store.read(object.key(), 0, Long.MAX_VALUE)) {
                    Files.copy(in, file);
                }
            }
        }
        return objects.size();
    }

    private long count(String what) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("select " + what + " from read_parquet('"
                        + folder.resolve("downloads") + "/*.parquet', union_by_name = true)")) {
            result.next();
            return result.getLong(1);
        }
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("run.log"));
    }
}
