package dev.alluvium.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.Descriptors.Descriptor;
import dev.alluvium.batch.RotationSettings;
import dev.alluvium.decode.RegistryDecoderSettings.Policy;
import dev.alluvium.demo.EmbeddedBroker;
import dev.alluvium.proto.manifest.v1.DataFile;
import dev.alluvium.registry.ApicurioServer;
import dev.alluvium.registry.RegistryClient;
import dev.alluvium.registry.Schemas;
import dev.alluvium.schema.SchemaSource.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Versions of a schema that alternate, with a registry that nobody here wrote. */
@Timeout(180)
class ApicurioIT {
    private static final int PARTITIONS = 4;
    private static final int RECORDS = 80;
    private static final String HEADER = "syntax = \"proto3\"; package shop; import \"shop/address.proto\"; ";
    private static final String ADDRESS =
            "syntax = \"proto3\"; package shop; message Address { string street = 1; repeated string lines = 2; }";
    private static final String ADDRESS_2 = "syntax = \"proto3\"; package shop; message Address { string street = 1;"
            + " repeated string lines = 2; optional string city = 3; }";
    private static final String V1 = HEADER + "message Order { string id = 1; int32 n = 2; Address to = 3; }";
    private static final String V2 =
            HEADER + "message Order { string id = 1; int64 number = 2; Address to = 3; map<string, int32> items = 4; }";

    @TempDir
    Path folder;

    @Test
    void alternatingVersionsCostOneMoreFileAPartition() throws Exception {
        Optional<Path> java = ApicurioServer.java();
        assumeTrue(java.isPresent(), "Apicurio needs a JDK 21 or newer: set JAVA_HOME_25");
        Path apicurio = Files.createDirectory(folder.resolve("apicurio"));
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"));
                ApicurioServer registry = ApicurioServer.start(java.get(), apicurio)) {
            registry.register("address-value", ADDRESS);
            int v1 = registry.register("orders-value", V1, "shop/address.proto", "address-value", "1");
            registry.register("address-value", ADDRESS_2);
            int v2 = registry.register("orders-value", V2, "shop/address.proto", "address-value", "2");
            RegistryClient client = new RegistryClient(registry.settings(), "registry", Clock.systemUTC());
            client.check();
            assertThat(client.hasSubject("orders-value")).isTrue();
            assertThat(client.hasSubject("others-value")).isFalse();
            assertThat(client.find(1_000_000)).isInstanceOf(Answer.Missing.class);

            ArchiveFixture fixture = new ArchiveFixture(broker, folder, "orders");
            fixture.data(RegistryRecords.settings(registry.settings(), Policy.STOP), RegistryRecords.KEY);
            fixture.rotation(new RotationSettings(1_000_000L, null, null, null, null));
            fixture.createTopic(PARTITIONS);
            produce(fixture, v1, v2);
            try (Archive archive = fixture.running()) {
                ArchiveFixture.await("read", () -> fixture.metered("alluvium.records.read") == RECORDS);
                assertThat(archive.drain(true)).isTrue();
            }

            fixture.assertArchivedOnce(RECORDS);
            assertThat(fixture.files()).hasSize(2 * PARTITIONS);
            assertThat(fixture.manifest().stream().map(DataFile::getRotationReason))
                    .containsOnly("schema", "shutdown");
            // The first file of a partition has the first version's columns, what follows those of both.
            assertThat(fixture.query("select count(*) from {files} where coalesce(n, number) = cast(id as integer)"))
                    .isEqualTo(RECORDS);
            assertThat(fixture.query("select sum(number) from {files} where _schema_id = " + v2))
                    .isEqualTo(sum(1));
            assertThat(fixture.query("select count(*) from {files} where \"to\".street = 'street ' || id"))
                    .isEqualTo(RECORDS);
            assertThat(fixture.query("select count(*) from {files} where _schema_id = " + v2
                            + " and items['a'] = 1 and \"to\".city = 'here'"))
                    .isEqualTo(RECORDS / 2);
        }
    }

    /** Of the numbers that the records of a version have. */
    private static long sum(int version) {
        long sum = 0;
        for (int i = 0; i < RECORDS; i++) {
            sum += i / PARTITIONS % 2 == version ? i : 0;
        }
        return sum;
    }

    private static void produce(ArchiveFixture fixture, int v1, int v2) {
        Descriptor first = type(v1, V1, ADDRESS);
        Descriptor second = type(v2, V2, ADDRESS_2);
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = fixture.producer()) {
            for (int i = 0; i < RECORDS; i++) {
                byte[] value = i / PARTITIONS % 2 == 0
                        ? RegistryRecords.record(
                                v1, first, "id: '" + i + "' n: " + i + " to { street: 'street " + i + "' lines: 'x' }")
                        : RegistryRecords.record(
                                v2,
                                second,
                                "id: '" + i + "' number: " + i + " to { street: 'street " + i
                                        + "' city: 'here' } items { key: 'a' value: 1 }");
                sent.add(producer.send(new ProducerRecord<>(fixture.topic, i % PARTITIONS, null, value)));
            }
            sent.forEach(KafkaFutures::get);
        }
    }

    private static Descriptor type(int id, String schema, String address) {
        return Schemas.of(id, schema, "shop/address.proto", address)
                .file()
                .getMessageTypes()
                .get(0);
    }
}
