package dev.alluvium.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.decode.RegistryDecoderSettings.Policy;
import dev.alluvium.demo.EmbeddedBroker;
import dev.alluvium.ops.PipelineStatus;
import dev.alluvium.registry.RegistryServer;
import dev.alluvium.registry.RegistryServer.Mode;
import dev.alluvium.registry.Schemas;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pipelines whose schema registry is not always well. */
@Timeout(90)
class RegistryIT {
    private static final String HEADER = "syntax = \"proto3\"; package shop; ";
    private static final String V1 = HEADER + "message Order { string id = 1; int32 n = 2; }";
    private static final String V2 = HEADER + "message Order { string id = 1; int64 n = 2; string note = 3; }";
    private static final String OTHER = HEADER + "message Order { string id = 1; string n = 2; }";

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

    private static byte[] record(int id, String schema, String text) {
        return RegistryRecords.record(
                id, Schemas.of(id, schema).file().getMessageTypes().get(0), text);
    }

    private ArchiveFixture fixture(String topic, RegistryServer server, Policy policy) {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, topic);
        fixture.data(RegistryRecords.settings(server.settings(), policy), topic + "/" + RegistryRecords.KEY);
        fixture.createTopic(1);
        return fixture;
    }

    private static String cause(Archive archive, String pipeline) {
        for (PipelineStatus status : archive.pipelines()) {
            if (status.name().equals(pipeline) && !status.isReady()) {
                return String.join("; ", status.causes());
            }
        }
        return "";
    }

    /** A registry that is down, and others that answer 500, garbage or 401, before the start and after it. */
    @Test
    void losesNothingWhateverTheRegistryDoes() throws Exception {
        Map<String, Mode> faults = new TreeMap<>(Map.of(
                "down", Mode.WELL, "broken", Mode.BROKEN, "garbage", Mode.GARBAGE, "refusing", Mode.UNAUTHORIZED));
        Map<String, String> causes = Map.of(
                "down", "no answer from the schema registry",
                "broken", "it answers 500",
                "garbage", "not as a registry does",
                "refusing", "correct username and password or token");
        Map<String, RegistryServer> servers = new TreeMap<>();
        List<ArchiveFixture> fixtures = new ArrayList<>();
        for (String name : faults.keySet()) {
            RegistryServer server = new RegistryServer().with(1, V1).with(2, V2);
            servers.put(name, server);
            fixtures.add(fixture(name, server, Policy.STOP));
        }
        for (ArchiveFixture fixture : fixtures) {
            fail(servers, faults, fixture.topic);
            fixture.produce(0, record(1, V1, "id: 'a' n: 1"));
        }
        try (Archive archive = fixtures.get(0)
                .open(fixtures.stream().map(fixture -> fixture.pipeline).toList())) {
            archive.start();
            for (ArchiveFixture fixture : fixtures) {
                awaitCause(archive, fixture.topic, causes.getOrDefault(fixture.topic, "?"));
                heal(servers, fixture.topic);
            }
            for (ArchiveFixture fixture : fixtures) {
                ArchiveFixture.await(fixture.topic + " archived", () -> fixture.archivedRecords() == 1);
                fail(servers, faults, fixture.topic);
                fixture.produce(0, record(1, V1, "id: 'b' n: 2"));
            }
            for (ArchiveFixture fixture : fixtures) {
                ArchiveFixture.await(fixture.topic + " goes on", () -> fixture.archivedRecords() == 2);
                fixture.produce(0, record(2, V2, "id: 'c' n: 3 note: 'new'"));
                fixture.produce(0, record(1, V1, "id: 'd' n: 4"));
            }
            for (ArchiveFixture fixture : fixtures) {
                awaitCause(archive, fixture.topic, causes.getOrDefault(fixture.topic, "?"));
                heal(servers, fixture.topic);
            }
            for (ArchiveFixture fixture : fixtures) {
                ArchiveFixture.await(fixture.topic + " healed", () -> fixture.archivedRecords() == 4);
                assertThat(fixture.deadLetters()).isEmpty();
                assertThat(fixture.query("select count(distinct id) from read_parquet('" + fixture.archiveFolder() + "/"
                                + fixture.topic + "/**/*.parquet', union_by_name=true)"))
                        .isEqualTo(4);
            }
        } finally {
            servers.values().forEach(RegistryServer::close);
        }
    }

    private static void fail(Map<String, RegistryServer> servers, Map<String, Mode> faults, String name) {
        RegistryServer server = Objects.requireNonNull(servers.get(name));
        server.set(faults.getOrDefault(name, Mode.WELL));
        if (name.equals("down")) {
            server.stop();
        }
    }

    private static void heal(Map<String, RegistryServer> servers, String name) throws IOException {
        RegistryServer server = Objects.requireNonNull(servers.get(name));
        server.set(Mode.WELL);
        if (name.equals("down")) {
            server.start();
        }
    }

    private static void awaitCause(Archive archive, String pipeline, String expected) throws InterruptedException {
        ArchiveFixture.await(
                pipeline + " says " + expected,
                () -> cause(archive, pipeline).startsWith("pipelines[" + pipeline + "].data.registry.")
                        && cause(archive, pipeline).contains(expected));
    }

    @Test
    void stopsOrSendsWhatItCannotReadToTheDeadLetters() throws Exception {
        try (RegistryServer server = new RegistryServer().with(1, V1).with(9, OTHER)) {
            ArchiveFixture fixture = fixture("deciding", server, Policy.STOP);
            fixture.produce(0, record(1, V1, "id: 'a' n: 1"));
            fixture.produce(0, record(404, V1, "id: 'b'"));
            fixture.produce(0, record(1, V1, "id: 'c' n: 3"));
            fixture.produce(0, record(9, OTHER, "id: 'd' n: 'four'"));
            fixture.produce(0, new byte[] {8, 1});
            fixture.produce(0, record(1, V1, "id: 'e' n: 5"));
            assertThat(fixture.refusal())
                    .startsWith("data.registry.onUnknownSchema: schema 404, of the record at offset 1 of partition 0,");

            fixture.data(RegistryRecords.settings(server.settings(), Policy.REJECT), fixture.pipeline.keyTemplate());
            fixture.runUntilArchived(3);

            fixture.assertArchivedOnce(3);
            assertThat(fixture.query("select sum(n) from {files} where _schema_id = 1"))
                    .isEqualTo(9);
            assertThat(fixture.deadLetters().stream().map(RegistryIT::reason))
                    .containsExactly("unknown_schema", "incompatible_schema", "no_schema_id");

            // What was decided of an id holds for later records too, whatever the registry says by then.
            server.with(404, V1);
            fixture.produce(0, record(404, V1, "id: 'f' n: 6"));
            fixture.produce(0, record(1, V1, "id: 'g' n: 7"));
            fixture.runUntilArchived(4);
            assertThat(fixture.deadLetters().stream().map(RegistryIT::reason))
                    .containsExactly("unknown_schema", "incompatible_schema", "no_schema_id", "unknown_schema");
        }
    }

    @Test
    void stopsAtNoRecordThatIsDecidedWhenItIsToStop() throws Exception {
        String bad = HEADER + "message Bad { int32 _schema_id = 1; }";
        try (RegistryServer server = new RegistryServer().with(1, V1).with(2, bad)) {
            ArchiveFixture fixture = fixture("turning", server, Policy.REJECT);
            fixture.rotateByRows(1_000);
            fixture.produce(0, record(1, V1, "id: 'a' n: 1"));
            fixture.produce(0, record(2, bad, ""));
            fixture.runUntil("a dead letter", () -> fixture.deadLetters().size() == 1);

            fixture.data(RegistryRecords.settings(server.settings(), Policy.STOP), fixture.pipeline.keyTemplate());
            fixture.produce(0, record(2, bad, ""));
            assertThat(fixture.refusal())
                    .startsWith("turning-0@2: the messages shop.Bad of schemas [1, 2] have no columns: ")
                    .endsWith("mend the schema, or set pipelines[turning].data.registry.onIncompatible: reject to send"
                            + " such records to the dead letters");
            assertThat(fixture.deadLetters().stream().map(RegistryIT::reason)).containsExactly("no_columns");
        }
    }

    private static String reason(ConsumerRecord<byte[], byte[]> deadLetter) {
        return new String(deadLetter.headers().lastHeader("alluvium.reason").value(), StandardCharsets.UTF_8);
    }
}
