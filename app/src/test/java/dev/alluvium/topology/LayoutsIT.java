package dev.alluvium.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.batch.LateSettings;
import dev.alluvium.batch.MetadataColumns;
import dev.alluvium.batch.RotationSettings;
import dev.alluvium.decode.PartitionField.Slice;
import dev.alluvium.decode.PartitionField.Value;
import dev.alluvium.decode.Partitioning;
import dev.alluvium.decode.ProtobufSettings;
import dev.alluvium.decode.ProtobufSettings.Tombstones;
import dev.alluvium.decode.TimePeriod;
import dev.alluvium.demo.EmbeddedBroker;
import dev.alluvium.proto.lakesync.v1.Action;
import dev.alluvium.proto.manifest.v1.DataFile;
import dev.alluvium.schema.ProtobufMapping;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages in hive-style folders: two days interleaved over midnight, a late record, a tombstone, keys and headers. */
class LayoutsIT {
    private static final Instant EVENING = Instant.parse("2026-02-06T23:59:58Z");
    private static final Instant MORNING = Instant.parse("2026-02-07T00:00:02Z");

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

    private ArchiveFixture fixture() {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "actions");
        fixture.createTopic(1, Map.of("retention.ms", "-1"));
        PipelineSettings like = fixture.pipeline;
        Partitioning partitioning =
                new Partitioning(List.of(Slice.ofRecordTime(TimePeriod.DAY), new Value("connector", "connector")), "");
        fixture.pipeline = new PipelineSettings(
                like.name(),
                like.enabled(),
                like.kafka(),
                like.source(),
                new DataSettings.Protobuf(new ProtobufSettings(
                        Action.getDescriptor(), partitioning, true, ProtobufMapping.DEFAULT, Tombstones.ROW)),
                "{pipeline}/year={year}/month={month}/day={day}/connector={connector}/{partition}-{firstOffset}{late}.parquet",
                like.writer(),
                new RotationSettings(null, 128L << 20, null, null, null),
                like.maxOpenGroups(),
                like.deadLetterTopic(),
                like.manifestTopic(),
                like.threads(),
                true,
                MetadataColumns.of(List.of(MetadataColumns.Part.KEY, MetadataColumns.Part.HEADERS)),
                new LateSettings(Duration.ofHours(1), Duration.ofMillis(200)));
        return fixture;
    }

    @Test
    void aDayIsOneFileAndWhatComesLaterAnother() throws Exception {
        ArchiveFixture fixture = fixture();
        produce(fixture, EVENING, action(0, "slack"));
        produce(fixture, MORNING, action(1, "slack"));
        produce(fixture, EVENING, action(2, "a/b"));
        produce(fixture, MORNING, null);
        produce(fixture, EVENING, action(4, "slack"));
        produce(fixture, MORNING.plus(Duration.ofMinutes(50)), action(5, "slack"));
        try (Archive archive = fixture.running()) {
            produce(fixture, MORNING.plus(Duration.ofHours(1)), action(6, "slack"));
            ArchiveFixture.await("the first day is archived", () -> fixture.archivedRecords() == 3);
            produce(fixture, EVENING, action(7, "slack"));
            ArchiveFixture.await("the late record is archived", () -> fixture.archivedRecords() == 4);
            archive.drain();
        }

        assertThat(fixture.manifest())
                .extracting(file -> file.getKey() + " " + file.getRotationReason() + " " + file.getRecords())
                .containsExactlyInAnyOrder(
                        "actions/year=2026/month=02/day=06/connector=slack/0-0.parquet slice_end 2",
                        "actions/year=2026/month=02/day=06/connector=a%2Fb/0-2.parquet slice_end 1",
                        "actions/year=2026/month=02/day=06/connector=slack/0-7-late.parquet late 1",
                        "actions/year=2026/month=02/day=07/connector=slack/0-1.parquet shutdown 3",
                        "actions/year=2026/month=02/day=07/connector=__HIVE_DEFAULT_PARTITION__/0-3.parquet shutdown 1");
        assertThat(fixture.manifest()).extracting(DataFile::getRows).allMatch(rows -> rows > 0);
        assertThat(fixture.metered("alluvium.records.late")).isEqualTo(1);
        fixture.assertArchivedOnce(8);
        readsInDuckDb(fixture);
    }

    private static void readsInDuckDb(ArchiveFixture fixture) throws SQLException {
        String hive = "read_parquet('" + fixture.archiveFolder() + "/**/*.parquet', hive_partitioning = true)";
        assertThat(query(
                        "select year || '-' || month || '-' || day || ' ' || coalesce(connector, 'null') || ' ' || count(*)"
                                + " from " + hive + " group by year, month, day, connector order by 1"))
                .containsExactly("2026-02-06 a/b 1", "2026-02-06 slack 3", "2026-02-07 null 1", "2026-02-07 slack 3");
        assertThat(query("select _offset || ' ' || decode(_key) || ' ' || coalesce(action_id, 'null')" + " from " + hive
                        + " where _tombstone"))
                .containsExactly("3 key null");
        assertThat(query(
                        "select distinct len(_headers) || ' ' || _headers[1].key || '=' || decode(_headers[1].value) || ' '"
                                + " || _headers[2].key || '=' || decode(_headers[2].value) || ' ' || _headers[3].key || ' '"
                                + " || coalesce(decode(_headers[3].value), 'null') from " + hive))
                .containsExactly("3 trace=1 trace=2 empty null");
        assertThat(query(
                        "select column_name || ' ' || column_type from (describe select _tombstone, _key, _headers from "
                                + hive + ")"))
                .containsExactly(
                        "_tombstone BOOLEAN", "_key BLOB", "_headers STRUCT(\"key\" VARCHAR, \"value\" BLOB)[]");
    }

    private static List<String> query(String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                rows.add(result.getString(1));
            }
        }
        return rows;
    }

    private static byte[] action(int number, String connector) {
        return Action.newBuilder()
                .setActionId("action-" + number)
                .setConnector(connector)
                .build()
                .toByteArray();
    }

    private static void produce(ArchiveFixture fixture, Instant time, byte @Nullable [] value) {
        RecordHeaders headers = new RecordHeaders();
        Stream.of("1", "2").forEach(text -> headers.add("trace", text.getBytes(StandardCharsets.UTF_8)));
        headers.add("empty", null);
        byte[] key = "key".getBytes(StandardCharsets.UTF_8);
        try (KafkaProducer<byte[], byte[]> producer = fixture.producer()) {
            KafkaFutures.get(
                    producer.send(new ProducerRecord<>(fixture.topic, 0, time.toEpochMilli(), key, value, headers)));
        }
    }
}
