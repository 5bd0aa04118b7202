package dev.alluvium.topology;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.alluvium.batch.MetadataColumns;
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
import io.micrometer.core.instrument.Counter;
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
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

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
                        List.of(topic),
                        null,
                        new StartPosition.Earliest(),
                        SourceSettings.GapPolicy.STOP,
                        SourceSettings.MissingPolicy.FAIL,
                        List.of(),
                        true),
                new DataSettings.Deltas(
                        new DeltaSettings("gw-1", List.of(todos()), false, true, DeltaSettings.ClockDrift.COUNT)),
                "deltas/{date}/{gateway}/{table}-{minHlc}-{maxHlc}-{partition}-{firstOffset}.parquet",
                WriterSettings.DEFAULT,
                new RotationSettings(100L, null, Duration.ofMillis(500), null, null),
                1000,
                topic + ".dead",
                topic + ".manifest",
                1,
                true,
                MetadataColumns.NONE,
                null);
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

    // ---- the pipeline's settings -----------------------------------------------------------------------------------

    void startAt(StartPosition start) {
        SourceSettings source = pipeline.source();
        source(new SourceSettings(
                source.topics(),
                source.pattern(),
                start,
                source.onGap(),
                source.onMissing(),
                source.compacted(),
                source.byRun()));
    }

    void onGap(SourceSettings.GapPolicy policy) {
        SourceSettings source = pipeline.source();
        source(new SourceSettings(
                source.topics(),
                source.pattern(),
                source.start(),
                policy,
                source.onMissing(),
                source.compacted(),
                source.byRun()));
    }

    void compacted(String... topics) {
        SourceSettings source = pipeline.source();
        source(new SourceSettings(
                source.topics(),
                source.pattern(),
                source.start(),
                source.onGap(),
                source.onMissing(),
                List.of(topics),
                source.byRun()));
    }

    void onMissing(SourceSettings.MissingPolicy policy) {
        SourceSettings source = pipeline.source();
        source(new SourceSettings(
                source.topics(),
                source.pattern(),
                source.start(),
                source.onGap(),
                policy,
                source.compacted(),
                source.byRun()));
    }

    /** A property of Kafka's clients. */
    void kafka(String property, String value) {
        change(
                pipeline.enabled(),
                Map.of(property, value),
                pipeline.source(),
                pipeline.data(),
                pipeline.keyTemplate(),
                pipeline.writer(),
                pipeline.rotation());
    }

    /** Whether Kafka Streams gets runs of records. */
    void byRun(boolean isByRun) {
        SourceSettings source = pipeline.source();
        source(new SourceSettings(
                source.topics(),
                source.pattern(),
                source.start(),
                source.onGap(),
                source.onMissing(),
                source.compacted(),
                isByRun));
    }

    void pattern(String pattern) {
        SourceSettings source = pipeline.source();
        source(new SourceSettings(
                List.of(),
                Pattern.compile(pattern),
                source.start(),
                source.onGap(),
                source.onMissing(),
                source.compacted(),
                source.byRun()));
    }

    private void source(SourceSettings source) {
        change(
                pipeline.enabled(),
                pipeline.kafka(),
                source,
                pipeline.data(),
                pipeline.keyTemplate(),
                pipeline.writer(),
                pipeline.rotation());
    }

    void enabled(boolean isEnabled) {
        change(
                isEnabled,
                pipeline.kafka(),
                pipeline.source(),
                pipeline.data(),
                pipeline.keyTemplate(),
                pipeline.writer(),
                pipeline.rotation());
    }

    void tables(DeltaTable... tables) {
        data(new DataSettings.Deltas(
                new DeltaSettings("gw-1", List.of(tables), false, true, DeltaSettings.ClockDrift.COUNT)));
    }

    void data(DataSettings data) {
        data(data, pipeline.keyTemplate());
    }

    void data(DataSettings data, String keyTemplate) {
        change(
                pipeline.enabled(),
                pipeline.kafka(),
                pipeline.source(),
                data,
                keyTemplate,
                pipeline.writer(),
                pipeline.rotation());
    }

    void keyTemplate(String template) {
        change(
                pipeline.enabled(),
                pipeline.kafka(),
                pipeline.source(),
                pipeline.data(),
                template,
                pipeline.writer(),
                pipeline.rotation());
    }

    void writer(WriterSettings writer) {
        change(
                pipeline.enabled(),
                pipeline.kafka(),
                pipeline.source(),
                pipeline.data(),
                pipeline.keyTemplate(),
                writer,
                pipeline.rotation());
    }

    void rotation(RotationSettings rotation) {
        change(
                pipeline.enabled(),
                pipeline.kafka(),
                pipeline.source(),
                pipeline.data(),
                pipeline.keyTemplate(),
                pipeline.writer(),
                rotation);
    }

    /** Cuts after so many rows, and for no other reason. */
    void rotateByRows(long rows) {
        rotation(new RotationSettings(rows, null, null, null, null));
    }

    private void change(
            boolean isEnabled,
            Map<String, String> kafka,
            SourceSettings source,
            DataSettings data,
            String keyTemplate,
            WriterSettings writer,
            RotationSettings rotation) {
        pipeline = new PipelineSettings(
                pipeline.name(),
                isEnabled,
                kafka,
                source,
                data,
                keyTemplate,
                writer,
                rotation,
                pipeline.maxOpenGroups(),
                pipeline.deadLetterTopic(),
                pipeline.manifestTopic(),
                pipeline.threads(),
                pipeline.cutOnShutdown(),
                pipeline.metadata(),
                pipeline.late());
    }

    // ---- what Kafka holds of it ------------------------------------------------------------------------------------

    /** The consumer group. */
    String group() {
        return "test-" + pipeline.name();
    }

    String ledgerTopic() {
        return group() + "-ledger-changelog";
    }

    Map<TopicPartition, Long> committedOffsets() {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        asAdmin(admin -> admin.listConsumerGroupOffsets(group()).partitionsToOffsetAndMetadata())
                .forEach((partition, committed) -> offsets.put(partition, committed.offset()));
        return offsets;
    }

    /** What the pipeline's next start would find. */
    Ledger ledger() {
        return LedgerReader.read(
                Map.of("bootstrap.servers", broker.bootstrapServers()), ledgerTopic(), partitions(ledgerTopic()));
    }

    int partitions(String name) {
        return description(name).partitions().size();
    }

    TopicDescription description(String name) {
        return Objects.requireNonNull(
                asAdmin(admin -> admin.describeTopics(List.of(name)).allTopicNames())
                        .get(name));
    }

    /** Removes the records of a partition below an offset; -1 stands for its end. */
    void truncate(int partition, long before) {
        asAdmin(admin -> admin.deleteRecords(
                        Map.of(new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(before)))
                .all());
    }

    void deleteTopic(String name) throws InterruptedException {
        asAdmin(admin -> admin.deleteTopics(List.of(name)).all());
        await(
                "deleted " + name,
                () -> !asAdmin(admin -> admin.listTopics().names()).contains(name));
    }

    /** All topics of the broker, but Kafka's own. */
    Set<String> topics() {
        return asAdmin(admin -> admin.listTopics().names());
    }

    <T> T asAdmin(Function<Admin, ? extends Future<T>> request) {
        try (Admin admin = admin()) {
            return KafkaFutures.get(request.apply(admin));
        }
    }

    // ---- the source ------------------------------------------------------------------------------------------------

    void createTopic(int partitions) {
        createTopic(partitions, Map.of());
    }

    void createTopic(int partitions, Map<String, String> config) {
        asAdmin(admin -> admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(config)))
                .all());
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

    /** Deltas with numbers from..to-1 of one table and day into one partition: one group. */
    void produceDeltas(int partition, String table, int from, int to) {
        send(producer(Map.of()), partition, table, from, to).close();
    }

    /** The same in one transaction, which leaves a marker behind the records. */
    void produceTransaction(int partition, String table, int from, int to, boolean isCommitted) {
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of("transactional.id", topic + "-source"))) {
            producer.initTransactions();
            producer.beginTransaction();
            send(producer, partition, table, from, to);
            if (isCommitted) {
                producer.commitTransaction();
            } else {
                producer.abortTransaction();
            }
        }
    }

    private KafkaProducer<byte[], byte[]> send(
            KafkaProducer<byte[], byte[]> producer, int partition, String table, int from, int to) {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = from; i < to; i++) {
            sent.add(producer.send(new ProducerRecord<>(
                    topic,
                    partition,
                    new byte[] {(byte) i},
                    delta(table, i, DAY).toByteArray())));
        }
        sent.forEach(KafkaFutures::get);
        return producer;
    }

    void produce(int partition, byte[] value) {
        produce(partition, null, value);
    }

    /** A record with its own timestamp, or the producer's when that is null. */
    void produce(int partition, @Nullable Long timestampMs, byte[] value) {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            KafkaFutures.get(producer.send(new ProducerRecord<>(topic, partition, timestampMs, null, value)));
        }
    }

    KafkaProducer<byte[], byte[]> producer() {
        return producer(Map.of());
    }

    KafkaProducer<byte[], byte[]> producer(Map<String, Object> properties) {
        Map<String, Object> all = new HashMap<>(properties);
        all.put("bootstrap.servers", broker.bootstrapServers());
        // A topic's log may not be open yet when it is known. A broker that then refuses the first batch and takes the
        // second
        // waits for the first one's number for ever: one batch at a time.
        all.put("max.in.flight.requests.per.connection", 1);
        return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
    }

    // ---- the archive -----------------------------------------------------------------------------------------------

    /** An archive of this pipeline alone. */
    Archive open() {
        return open(List.of(pipeline));
    }

    ApplicationSettings application(List<PipelineSettings> pipelines) {
        return tune.apply(new ApplicationSettings(
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
                pipelines));
    }

    Archive open(List<PipelineSettings> pipelines) {
        try {
            return Archive.open(
                    application(pipelines),
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

    /** Runs until then and stops without draining. */
    void runUntil(String what, BooleanSupplier isDone) throws InterruptedException {
        try (Archive archive = open()) {
            archive.start();
            await(what, () -> isDone.getAsBoolean() || failure(archive).isPresent());
            failure(archive).ifPresent(cause -> {
                throw new AssertionError(cause);
            });
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

    /** Starts, expects the pipeline to stop for good, and returns the cause that it shows. */
    String refusal() throws InterruptedException {
        try (Archive archive = open()) {
            archive.start();
            await("refused", () -> failure(archive).isPresent());
            return failure(archive).orElseThrow();
        }
    }

    static boolean isRunning(Archive archive) {
        return archive.pipelines().stream().allMatch(status -> status.state() == PipelineStatus.State.RUNNING);
    }

    /** Starts and returns when everything runs; the caller closes it. */
    Archive running() throws InterruptedException {
        Archive archive = open();
        archive.start();
        await("running or failed", () -> isRunning(archive) || failure(archive).isPresent());
        failure(archive).ifPresent(cause -> {
            archive.close();
            throw new AssertionError(cause);
        });
        return archive;
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

    /** Sum over all tags of a counter since the fixture was made. */
    long metered(String counter) {
        return (long) meters.find(counter).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    /** Every record is in one file, and the manifest names the files that are there. */
    void assertArchivedOnce(long records) {
        assertThat(query("select count(*) from {files}")).isEqualTo(records);
        assertThat(query("select count(distinct (_partition, _offset)) from {files}"))
                .isEqualTo(records);
        assertThat(archivedRecords()).isEqualTo(records);
        assertThat(manifest().stream().map(DataFile::getKey))
                .containsExactlyInAnyOrderElementsOf(files().stream()
                        .map(file -> archiveFolder().relativize(file).toString())
                        .toList());
    }

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
