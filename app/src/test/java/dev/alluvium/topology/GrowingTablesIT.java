package dev.alluvium.topology;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.alluvium.batch.RotationSettings;
import dev.alluvium.batch.SchemaEpoch;
import dev.alluvium.decode.DeltaSettings;
import dev.alluvium.demo.EmbeddedBroker;
import dev.alluvium.proto.lakesync.v1.ColumnDelta;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import dev.alluvium.proto.manifest.v1.DataFile;
import dev.alluvium.schema.DeltaColumn;
import dev.alluvium.schema.DeltaTable;
import dev.alluvium.storage.FlakyObjectStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many files it costs when tables and data gain columns, and what a restart in between makes of it. */
class GrowingTablesIT {
    private static final int PARTITIONS = 4;
    private static final RotationSettings NEVER = new RotationSettings(null, null, Duration.ofHours(1), null, null);
    private static final RotationSettings IDLE = new RotationSettings(null, null, null, Duration.ofSeconds(2), null);
    /** Bytes of a title in the third test. */
    private static final int TITLE_BYTES = 8_000;
    /** So many of them are more than a record batch, so that the file is begun and takes no column any more. */
    private static final int FULL = 1_100;

    private static final DeltaColumn TITLE = new DeltaColumn("title", DeltaColumn.Type.STRING);
    private static final DeltaColumn PRIORITY = new DeltaColumn("priority", DeltaColumn.Type.NUMBER);
    private static final DeltaColumn DUE = new DeltaColumn("due", DeltaColumn.Type.STRING);

    @TempDir
    static Path brokerFolder;

    @TempDir
    Path folder;

    private static EmbeddedBroker broker;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedBroker.start(brokerFolder);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    // ---- tables ----------------------------------------------------------------------------------------------------

    @Test
    void aTableThatGainsAColumnCostsOneFilePerPartition() throws Exception {
        ArchiveFixture fixture = fixture("grown", false);
        publish(fixture, "todos", 1, TITLE);
        publish(fixture, "notes", 4, TITLE);
        int[] sent = {0, 0};
        try (Archive archive = fixture.running()) {
            produceBoth(fixture, sent, 200);
            ArchiveFixture.await("all are read", () -> fixture.metered("alluvium.records.read") == sent[0]);
            publish(fixture, "todos", 2, PRIORITY);
            ArchiveFixture.await("the version is refused", () -> causes(archive).contains("column title is gone"));
            publish(fixture, "todos", 2, TITLE, PRIORITY);

            ArchiveFixture.await("every partition has learned", () -> {
                produceBoth(fixture, sent, 40);
                return schemaCuts(fixture) == PARTITIONS;
            });
            produceBoth(fixture, sent, 400);
            ArchiveFixture.await("all are read", () -> fixture.metered("alluvium.records.read") == sent[0]);
            assertThat(causes(archive)).isEmpty();
            assertThat(archive.drain()).isTrue();
        }

        fixture.assertArchivedOnce(sent[0]);
        assertThat(fixture.manifest().stream()
                        .collect(Collectors.groupingBy(
                                file -> file.getPartition() + " " + file.getGroup() + " " + file.getRotationReason(),
                                Collectors.counting())))
                .isEqualTo(IntStream.range(0, PARTITIONS)
                        .boxed()
                        .flatMap(partition -> List.of(
                                partition + " todos/2026-02-06 schema",
                                partition + " todos/2026-02-06 shutdown",
                                partition + " notes/2026-02-06 shutdown")
                                .stream())
                        .collect(Collectors.toMap(file -> file, file -> 1L)));
        assertThat(fixture.query("select count(*) from {files} where priority is not null"))
                .isEqualTo(sent[1] - fixture.query("select count(*) from {files} where cardinality(_extra) > 0"))
                .isGreaterThanOrEqualTo(100);
        assertThat(fixture.query("select count(*) from {files} where priority <> substr(rowId, 5)::int"))
                .isZero();
        assertThat(fixture.metered("alluvium.table.versions.refused")).isEqualTo(1);
        assertThat(epochs(fixture, 0))
                .singleElement()
                .satisfies(epoch -> assertThat(epoch.state()).matches("notes:1:[0-9a-f]{8},todos:2:[0-9a-f]{8}"));
    }

    @Test
    void aRestartPlacesAndJudgesTheSameRecordsAsBefore() throws Exception {
        ArchiveFixture fixture = fixture("restarted", true);
        publish(fixture, "todos", 1, TITLE);
        FlakyObjectStore[] store = new FlakyObjectStore[1];
        fixture.storeWrapper = local -> {
            store[0] = new FlakyObjectStore(local, 1);
            store[0].beginOutage();
            return store[0];
        };
        int[] sent = {0, 0};
        try (Archive ignored = fixture.running()) {
            produceTodos(fixture, sent, 200);
            ArchiveFixture.await("all are read", () -> fixture.metered("alluvium.records.read") == sent[0]);
            publish(fixture, "todos", 2, TITLE, PRIORITY);
            ArchiveFixture.await("every partition has decided a file", () -> {
                produceTodos(fixture, sent, 40);
                return cuts(fixture) == PARTITIONS;
            });
            produceTodos(fixture, sent, 200);
            ArchiveFixture.await("all are read", () -> fixture.metered("alluvium.records.read") == sent[0]);
            assertThat(ignored.pipelines()).isNotEmpty();
        }
        assertThat(fixture.manifest()).isEmpty();
        publish(fixture, "todos", 3, TITLE, PRIORITY, DUE);

        fixture.storeWrapper = local -> local;
        fixture.rotation(IDLE);
        fixture.runUntil(
                "all are archived or rejected",
                () -> fixture.archivedRecords() + fixture.deadLetters().size() == sent[0]);

        Map<Integer, List<DataFile>> files =
                fixture.manifest().stream().collect(Collectors.groupingBy(DataFile::getPartition));
        String first = new DeltaTable("todos", List.of(TITLE)).schema(true).fingerprint();
        String last = new DeltaTable("todos", List.of(TITLE, PRIORITY, DUE))
                .schema(true)
                .fingerprint();
        assertThat(files)
                .hasSize(PARTITIONS)
                .allSatisfy((partition, ofPartition) -> assertThat(ofPartition)
                        .extracting(DataFile::getSchemaFingerprint)
                        .containsExactly(first, last));
        List<String> rejected =
                fixture.deadLetters().stream().map(GrowingTablesIT::place).toList();
        assertThat(rejected).hasSizeGreaterThanOrEqualTo(100).doesNotHaveDuplicates();
        fixture.assertArchivedOnce(sent[0] - rejected.size());
        long offsets =
                IntStream.range(0, sent[0]).mapToLong(i -> i / PARTITIONS).sum();
        assertThat(fixture.query("select sum(_offset) from {files}")
                        + rejected.stream()
                                .mapToLong(place -> Long.parseLong(place.substring(place.indexOf('@') + 1)))
                                .sum())
                .as("of all offsets")
                .isEqualTo(offsets);
        assertThat(fixture.query("select count(*) from {files} where cardinality(_extra) > 0"))
                .isZero();
    }

    @Test
    void waitsForTheTopicOfTables() throws Exception {
        ArchiveFixture fixture = fixture("awaited", true);
        String there = tables(fixture);
        fixture.data(new DataSettings.Deltas(
                new DeltaSettings("gw-1", List.of(), true, true, DeltaSettings.ClockDrift.COUNT),
                there + ".other",
                false));
        try (Archive archive = fixture.open()) {
            archive.start();
            ArchiveFixture.await(
                    "it says what it waits for",
                    () -> causes(archive).contains("data.tablesTopic: topic " + there + ".other does not exist"));
            assertThat(ArchiveFixture.failure(archive)).isEmpty();
        }
        assertThat(fixture.topics()).doesNotContain(there + ".other");
    }

    @Test
    void theConnectionCheckReadsTheTopicOfTables() {
        ArchiveFixture fixture = fixture("checked", false);
        publish(fixture, "todos", 1, TITLE);
        publish(fixture, "todos", 2, PRIORITY);
        String subject = "topic " + tables(fixture);

        assertThat(KafkaCheck.run(fixture.application(List.of(fixture.pipeline)), Clock.systemUTC())
                        .findings())
                .contains(Finding.ok(subject, "read to its end"))
                .anySatisfy(finding -> {
                    assertThat(finding.subject()).isEqualTo(subject);
                    assertThat(finding.level()).isEqualTo(Finding.Level.WARN);
                    assertThat(finding.detail()).contains("@1: table todos is refused, version 2: column title");
                });
        assertThat(KafkaRights.of(fixture.application(List.of(fixture.pipeline)), fixture.pipeline))
                .contains(new Acl(Acl.Resource.TOPIC, tables(fixture), false, List.of("Read"), Acl.Need.ALWAYS));
    }

    @Test
    void stopsAtAValueOfAnotherTypeIfAsked() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "contradicted");
        fixture.createTopic(1);
        DeltaTable numbers = new DeltaTable("todos", List.of(new DeltaColumn("title", DeltaColumn.Type.NUMBER)));
        fixture.data(new DataSettings.Deltas(
                new DeltaSettings("gw-1", List.of(numbers), false, true, DeltaSettings.ClockDrift.COUNT), null, true));
        fixture.produceDeltas(0, "notes", 0, 3);
        fixture.produceDeltas(0, "todos", 3, 4);

        assertThat(fixture.refusal()).contains("contradicted-0@3: column \"title\"", "data.onMismatch: reject");
        assertThat(fixture.deadLetters()).isEmpty();
    }

    // ---- columns that data brings ----------------------------------------------------------------------------------

    @Test
    void unknownFieldsThatComeAndGoCostOneFilePerPartition() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "unknown");
        fixture.createTopic(PARTITIONS);
        fixture.tune = settings -> SessionFilesIT.withBudget(settings, 512 << 20);
        int rows = FULL + 100;
        fixture.rotateByRows(rows);
        // The second file is full and the third has begun when unknown fields come again.
        int records = FULL + rows + FULL + 99;
        IntPredicate isUnknown = i -> i % 2 == 0 && i >= FULL && (i < FULL + rows || i >= FULL + rows + FULL);
        try (Archive archive = fixture.running()) {
            produce(fixture, records, isUnknown);
            ArchiveFixture.await(
                    "all are read", () -> fixture.metered("alluvium.records.read") == (long) PARTITIONS * records);
            assertThat(archive.drain()).isTrue();
        }

        assertThat(fixture.manifest().stream()
                        .collect(Collectors.groupingBy(
                                file -> file.getPartition() + " " + file.getRotationReason(), Collectors.counting())))
                .isEqualTo(IntStream.range(0, PARTITIONS)
                        .boxed()
                        .flatMap(partition ->
                                List.of(partition + " schema", partition + " rows", partition + " shutdown").stream())
                        .collect(Collectors.toMap(file -> file, file -> 1L)));
        fixture.assertArchivedOnce((long) PARTITIONS * records);
        assertThat(fixture.query("select count(*) from {files} where _unknown is not null"))
                .isEqualTo(PARTITIONS
                        * IntStream.range(0, records).filter(isUnknown).count());
    }

    private static void produce(ArchiveFixture fixture, int records, IntPredicate isUnknown) {
        RowDelta delta = ArchiveFixture.delta("todos", 1, ArchiveFixture.DAY).toBuilder()
                .clearColumns()
                .addColumns(ColumnDelta.newBuilder()
                        .setColumn("title")
                        .setValue(ByteString.copyFromUtf8('"' + "x".repeat(TITLE_BYTES) + '"')))
                .build();
        byte[] plain = delta.toByteArray();
        byte[] unknown = delta.toBuilder()
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                99,
                                UnknownFieldSet.Field.newBuilder().addVarint(7).build())
                        .build())
                .build()
                .toByteArray();
        try (KafkaProducer<byte[], byte[]> producer =
                fixture.producer(Map.of("compression.type", "zstd", "linger.ms", "20", "batch.size", "500000"))) {
            for (int i = 0; i < records; i++) {
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    var unused = producer.send(
                            new ProducerRecord<>(fixture.topic, partition, null, isUnknown.test(i) ? unknown : plain));
                }
            }
        }
    }

    // ---- what they share -------------------------------------------------------------------------------------------

    private ArchiveFixture fixture(String topic, boolean strict) {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, topic);
        fixture.createTopic(PARTITIONS);
        fixture.asAdmin(admin -> admin.createTopics(List.of(
                        new NewTopic(tables(fixture), 1, (short) 1).configs(Map.of("cleanup.policy", "compact"))))
                .all());
        fixture.rotation(NEVER);
        fixture.data(new DataSettings.Deltas(
                new DeltaSettings("gw-1", List.of(), strict, true, DeltaSettings.ClockDrift.COUNT),
                tables(fixture),
                false));
        return fixture;
    }

    private static String tables(ArchiveFixture fixture) {
        return fixture.topic + ".tables";
    }

    private static void publish(ArchiveFixture fixture, String table, int version, DeltaColumn... columns) {
        String json = List.of(columns).stream()
                .map(column -> "{\"name\":\"" + column.name() + "\",\"type\":\""
                        + column.type().text() + "\"}")
                .collect(Collectors.joining(
                        ",", "{\"table\":\"" + table + "\",\"version\":" + version + ",\"columns\":[", "]}"));
        try (KafkaProducer<byte[], byte[]> producer = fixture.producer()) {
            KafkaFutures.get(producer.send(new ProducerRecord<>(
                    tables(fixture), table.getBytes(StandardCharsets.UTF_8), json.getBytes(StandardCharsets.UTF_8))));
        }
    }

    /**
     * So many more of two tables in turn, over all partitions; every second of todos, and no note, has a priority.
     *
     * @param sent how many there are in all, and how many of them have a priority
     */
    private static void produceBoth(ArchiveFixture fixture, int[] sent, int count) {
        produce(fixture, sent, count, "todos", "notes");
    }

    private static void produceTodos(ArchiveFixture fixture, int[] sent, int count) {
        produce(fixture, sent, count, "todos");
    }

    private static void produce(ArchiveFixture fixture, int[] sent, int count, String... tables) {
        try (KafkaProducer<byte[], byte[]> producer = fixture.producer()) {
            List<Future<RecordMetadata>> all = new ArrayList<>();
            for (int i = sent[0]; i < sent[0] + count; i++) {
                int ofPartition = i / PARTITIONS;
                String table = tables[ofPartition % tables.length];
                RowDelta.Builder delta = ArchiveFixture.delta(table, i, ArchiveFixture.DAY).toBuilder();
                if (table.equals("todos") && ofPartition / tables.length % 2 == 1) {
                    sent[1]++;
                    delta.addColumns(ColumnDelta.newBuilder()
                            .setColumn("priority")
                            .setValue(ByteString.copyFromUtf8(Integer.toString(i))));
                }
                all.add(producer.send(new ProducerRecord<>(
                        fixture.topic, i % PARTITIONS, null, delta.build().toByteArray())));
            }
            all.forEach(KafkaFutures::get);
        }
        sent[0] += count;
    }

    private static String causes(Archive archive) {
        return archive.pipelines().stream()
                .flatMap(status -> status.causes().stream())
                .collect(Collectors.joining("; "));
    }

    private static long schemaCuts(ArchiveFixture fixture) {
        return (long) fixture.meters.find("alluvium.files.finished").tag("rotation", "schema").counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    private static long cuts(ArchiveFixture fixture) {
        return fixture.ledger().partitions().values().stream()
                .flatMap(entry -> entry.groups().values().stream())
                .mapToLong(group -> group.cuts().size())
                .sum();
    }

    private static List<SchemaEpoch> epochs(ArchiveFixture fixture, int partition) {
        return fixture.ledger()
                .of(new TopicPartition(fixture.topic, partition))
                .partition()
                .entry()
                .epochs();
    }

    /** Partition and offset that a dead letter came from. */
    private static String place(ConsumerRecord<byte[], byte[]> letter) {
        return header(letter, "alluvium.partition") + "@" + header(letter, "alluvium.offset");
    }

    private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
        return new String(
                Objects.requireNonNull(letter.headers().lastHeader(name).value()), StandardCharsets.UTF_8);
    }
}
