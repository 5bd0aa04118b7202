package dev.alluvium.datasets;

import com.google.protobuf.MessageLite;
import dev.alluvium.config.Configuration;
import dev.alluvium.config.ConfigurationFile;
import dev.alluvium.demo.EmbeddedBroker;
import dev.alluvium.metrics.ArchiveMetrics;
import dev.alluvium.storage.ObjectStore;
import dev.alluvium.storage.local.LocalObjectStore;
import dev.alluvium.storage.local.LocalStoreSettings;
import dev.alluvium.topology.Archive;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What a shipped configuration makes of given records, in a folder of this machine. */
final class ShippedArchive {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final Path folder;
    private final EmbeddedBroker broker;

    ShippedArchive(Path folder, EmbeddedBroker broker) {
        this.folder = folder;
        this.broker = broker;
    }

    /** Sends the messages to topics of one partition, in order, each at the given time after the one before. */
    void produce(Map<String, List<? extends MessageLite>> topics, Instant first, Duration step) throws Exception {
        broker.createTopics(topics.keySet().stream()
                .map(topic -> new NewTopic(topic, 1, (short) 1))
                .toList());
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            topics.forEach((topic, messages) -> {
                Instant time = first;
                for (MessageLite message : messages) {
                    var unused = producer.send(
                            new ProducerRecord<>(topic, 0, time.toEpochMilli(), null, message.toByteArray()));
                    time = time.plus(step);
                }
            });
        }
    }

    /** Runs all pipelines of the file until they have read so many records, and drains them into files. */
    void archive(Path configuration, long records) throws Exception {
        Configuration shipped = ConfigurationFile.read(
                configuration,
                Map.of(
                        "BOOTSTRAP_SERVERS", broker.bootstrapServers(),
                        "ARCHIVE_DIR", folder.resolve("archive").toString(),
                        "WORK_DIR", folder.resolve("work").toString()));
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (ObjectStore store =
                        LocalObjectStore.open(new LocalStoreSettings(folder.resolve("archive")), Clock.systemUTC());
                Archive archive = Archive.open(
                        shipped.application(),
                        Archive.Surroundings.of(
                                store, new ArchiveMetrics(meters), Clock.systemUTC(), new Random(1), "test"))) {
            archive.start();
            Instant limit = Instant.now().plus(LIMIT);
            while (sum(meters, "alluvium.records.read") < records) {
                if (Instant.now().isAfter(limit)) {
                    throw new AssertionError("not all records are read in time: " + archive.pipelines());
                }
                TimeUnit.MILLISECONDS.sleep(50);
            }
            if (!archive.drain(true)) {
                throw new AssertionError("not at rest in time: " + archive.pipelines());
            }
        }
        if (sum(meters, "alluvium.dead.letters") > 0) {
            throw new AssertionError("there are dead letters");
        }
    }

    private static double sum(SimpleMeterRegistry meters, String name) {
        return meters.find(name).counters().stream().mapToDouble(Counter::count).sum();
    }

    /** The keys of all files, sorted. */
    List<String> keys() throws IOException {
        Path root = folder.resolve("archive");
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString())
                    .filter(key -> !key.startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    /** All files side by side, slashes of their keys replaced. */
    Path gather() throws IOException {
        Path gathered = Files.createDirectories(folder.resolve("gathered"));
        for (String key : keys()) {
            Files.copy(folder.resolve("archive").resolve(key), gathered.resolve(key.replace('/', '~')));
        }
        return gathered;
    }

    /** The bytes of all files below a folder. */
    long bytes(String prefix) throws IOException {
        long sum = 0;
        for (String key : keys()) {
            sum += key.startsWith(prefix) ? Files.size(folder.resolve("archive").resolve(key)) : 0;
        }
        return sum;
    }

    /** Columns and their types as DuckDB tells them, in the order of the files; directories are no columns. */
    List<String> columns(String prefix) throws SQLException {
        return query("SELECT column_name || ' ' || column_type FROM (DESCRIBE SELECT * FROM " + files(prefix) + ")");
    }

    /** All files below a folder as a table of DuckDB. */
    String files(String prefix) {
        return "read_parquet('" + folder.resolve("archive").resolve(prefix)
                + "/**/*.parquet', hive_partitioning = false)";
    }

    /** The first column of the result, as text. */
    List<String> query(String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }
}
