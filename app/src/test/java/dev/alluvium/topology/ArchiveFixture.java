package dev.alluvium.topology;

import com.google.protobuf.ByteString;
import dev.alluvium.batch.RotationSettings;
import dev.alluvium.batch.Rule;
import dev.alluvium.decode.DeltaSettings;
import dev.alluvium.demo.EmbeddedBroker;
import dev.alluvium.metrics.ArchiveMetrics;
import dev.alluvium.ops.PipelineStatus;
import dev.alluvium.parquet.WriterSettings;
import dev.alluvium.proto.lakesync.v1.ColumnDelta;
import dev.alluvium.proto.lakesync.v1.DeltaOp;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import dev.alluvium.proto.manifest.v1.DataFile;
import dev.alluvium.schema.DeltaColumn;
import dev.alluvium.schema.DeltaTable;
import dev.alluvium.storage.ObjectStore;
import dev.alluvium.storage.local.LocalObjectStore;
import dev.alluvium.storage.local.LocalStoreSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A pipeline on a real broker and a local store: what the integration tests of the topology share. */
final class ArchiveFixture {
    static final Instant DAY = Instant.parse("2026-02-06T12:00:00Z");
    private static final Duration LIMIT = Duration.ofSeconds(60);

    final EmbeddedBroker broker;
    final Path folder;
    final String topic;
    PipelineSettings pipeline;
    UnaryOperator<ApplicationSettings> tune = UnaryOperator.identity();
    StageListener stages = StageListener.NONE;
    UnaryOperator<ObjectStore> storeWrapper = UnaryOperator.identity();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    ArchiveFixture(EmbeddedBroker broker, Path folder, String topic) {
        this.broker = broker;
        this.folder = folder;
        this.topic = topic;
        this.pipeline = new PipelineSettings(
                topic,
                true,
                Map.of(),
                new SourceSettings(
                        List.of(topic), null, new StartPosition.Earliest(), SourceSettings.GapPolicy.STOP, List.of()),
                new DataSettings.Deltas(
                        new DeltaSettings("gw-1", List.of(todos()), false, true, DeltaSettings.ClockDrift.COUNT)),
                "deltas/{date}/{gateway}/{table}-{minHlc}-{maxHlc}-{partition}-{firstOffset}.parquet",
                WriterSettings.DEFAULT,
                new RotationSettings(100L, null, Duration.ofSeconds(1), null, null),
                1000,
                topic + ".dead",
                topic + ".manifest",
                1,
                true);
    }

    static DeltaTable todos() {
        return new DeltaTable(
                "todos",
                List.of(
                        new DeltaColumn("title", DeltaColumn.Type.STRING),
                        new DeltaColumn("done", DeltaColumn.Type.BOOLEAN)));
    }

    Path archiveFolder() {
        return folder.resolve("archive");
    }

    // ---- the source ------------------------------------------------------------------------------------------------

    void createTopic(int partitions) {
        try (Admin admin = admin()) {
            KafkaFutures.get(admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                    .all());
        }
    }

    Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    static RowDelta delta(String table, int number, Instant time) {
        return RowDelta.newBuilder()
                .setOp(DeltaOp.DELTA_OP_INSERT)
                .setTable(table)
                .setRowId("row-" + number)
                .setHlc(time.toEpochMilli() << 16 | (number & 0xFFFF))
                .setClientId("client")
                .setDeltaId(String.format("%064x", number))
                .addColumns(ColumnDelta.newBuilder()
                        .setColumn("title")
                        .setValue(ByteString.copyFromUtf8("\"title " + number + "\"")))
                .build();
    }

    /** Deltas with numbers from..to-1, spread over the partitions, two tables, two days. */
    void produceDeltas(int partitions, int from, int to) {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = from; i < to; i++) {
                RowDelta delta =
                        delta(i % 3 == 0 ? "notes" : "todos", i, i % 5 == 0 ? DAY.plus(Duration.ofDays(1)) : DAY);
                sent.add(producer.send(new ProducerRecord<>(topic, i % partitions, null, delta.toByteArray())));
            }
            sent.forEach(KafkaFutures::get);
        }
    }

    void produce(int partition, byte[] value) {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            KafkaFutures.get(producer.send(new ProducerRecord<>(topic, partition, null, value)));
        }
    }

    KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    // ---- the archive -----------------------------------------------------------------------------------------------

    Archive open() {
        try {
            ApplicationSettings settings = tune.apply(new ApplicationSettings(
                    "test",
                    Map.of(
                            "bootstrap.servers",
                            broker.bootstrapServers(),
                            "commit.interval.ms",
                            "500",
                            "producer.transaction.timeout.ms",
                            "10000"),
                    64 << 20,
                    folder.resolve("state"),
                    folder.resolve("spool"),
                    256 << 20,
                    2,
                    Duration.ofSeconds(30),
                    List.of(pipeline)));
            return Archive.open(
                    settings,
                    new Archive.Surroundings(
                            storeWrapper.apply(
                                    LocalObjectStore.open(new LocalStoreSettings(archiveFolder()), Clock.systemUTC())),
                            new ArchiveMetrics(meters),
                            Clock.systemUTC(),
                            new Random(1),
                            "test",
                            Rule.all(),
                            stages));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs until so many records are archived in all, then drains and stops. */
    void runUntilArchived(long records) throws InterruptedException {
        try (Archive archive = open()) {
            archive.start();
            await(
                    "archived " + records,
                    () -> archivedRecords() >= records || failure(archive).isPresent());
            failure(archive).ifPresent(cause -> {
                throw new AssertionError(cause);
            });
            archive.drain();
        }
    }

    static Optional<String> failure(Archive archive) {
        return archive.pipelines().stream()
                .filter(status -> status.state() == PipelineStatus.State.FAILED)
                .map(status -> String.join("; ", status.causes()))
                .findFirst();
    }

    static void await(String what, BooleanSupplier isDone) throws InterruptedException {
        Instant limit = Instant.now().plus(LIMIT);
        while (!isDone.getAsBoolean()) {
            if (Instant.now().isAfter(limit)) {
                throw new AssertionError("not in time: " + what);
            }
            Thread.sleep(100);
        }
    }

    // ---- what came of it -------------------------------------------------------------------------------------------

    long archivedRecords() {
        return manifest().stream().mapToLong(DataFile::getRecords).sum();
    }

    List<DataFile> manifest() {
        return read(topic + ".manifest").stream()
                .map(record -> {
                    try {
                        return DataFile.parseFrom(record.value());
                    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .toList();
    }

    List<ConsumerRecord<byte[], byte[]>> deadLetters() {
        return read(topic + ".dead");
    }

    /** All committed records of a topic; none if it does not exist. */
    List<ConsumerRecord<byte[], byte[]>> read(String name) {
        Map<String, Object> config = new HashMap<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "isolation.level", "read_committed"));
        List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            if (!consumer.listTopics().containsKey(name)) {
                return all;
            }
            List<TopicPartition> partitions = consumer.partitionsFor(name).stream()
                    .map(info -> new TopicPartition(name, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
                consumer.poll(Duration.ofMillis(200)).forEach(all::add);
            }
        }
        return all;
    }

    List<Path> files() {
        if (!Files.exists(archiveFolder())) {
            return List.of();
        }
        try (Stream<Path> walk = Files.walk(archiveFolder())) {
            return walk.filter(path -> path.toString().endsWith(".parquet")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One number that DuckDB answers; {@code {files}} stands for all files of the archive. */
    long query(String sql) {
        String source = "read_parquet('" + archiveFolder() + "/**/*.parquet', union_by_name=true)";
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql.replace("{files}", source))) {
            result.next();
            return result.getLong(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
