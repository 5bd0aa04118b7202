package dev.alluvium.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.batch.RotationSettings;
import dev.alluvium.demo.EmbeddedBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a shutdown leaves behind: what it does not finish is read again. */
@Timeout(120)
class ShutdownIT {
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

    @Test
    void leavesOpenBatchesToTheNextStart() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "rest");
        fixture.createTopic(2);
        fixture.rotateByRows(30);
        fixture.produceDeltas(0, "todos", 0, 50);
        fixture.produceDeltas(1, "todos", 50, 60);
        try (Archive archive = fixture.running()) {
            ArchiveFixture.await("read", () -> fixture.metered("alluvium.records.read") == 60);

            assertThat(archive.drain(false)).isTrue();
        }
        assertThat(fixture.archivedRecords()).isEqualTo(30);
        assertThat(fixture.committedOffsets()).containsEntry(new TopicPartition("rest", 0), 30L);
        assertThat(fixture.committedOffsets()).containsEntry(new TopicPartition("rest", 1), 0L);
        fixture.produceDeltas(0, "todos", 60, 70);

        fixture.rotation(new RotationSettings(null, null, Duration.ofSeconds(1), null, null));
        fixture.runUntilArchived(70);

        fixture.assertArchivedOnce(70);
    }

    @Test
    void leavesNothingOpenWhenItIsToCut() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "cut");
        fixture.createTopic(2);
        fixture.rotateByRows(30);
        fixture.produceDeltas(0, "todos", 0, 50);
        fixture.produceDeltas(1, "notes", 50, 60);
        try (Archive archive = fixture.running()) {
            ArchiveFixture.await("read", () -> fixture.metered("alluvium.records.read") == 60);

            assertThat(archive.drain(true)).isTrue();
        }

        fixture.assertArchivedOnce(60);
        assertThat(fixture.committedOffsets()).containsEntry(new TopicPartition("cut", 0), 50L);
        assertThat(fixture.committedOffsets()).containsEntry(new TopicPartition("cut", 1), 10L);
        assertThat(fixture.ledger().partitions().values())
                .hasSize(2)
                .allSatisfy(entry -> assertThat(entry.groups()).isEmpty());
    }

    /** As Kafka Streams does after a fault: whoever came next would wait until the session has timed out. */
    @Test
    void leavesItsGroupThoughToldToRemainInIt() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "leaving");
        fixture.createTopic(1);
        Consumer<byte[], byte[]> consumer = new ArchiveClients(new HeldOffsets(), new Transactions())
                .getConsumer(Map.of(
                        "bootstrap.servers", broker.bootstrapServers(),
                        "group.id", "leaving",
                        "session.timeout.ms", "300000"));
        consumer.subscribe(List.of("leaving"));
        while (consumer.assignment().isEmpty()) {
            consumer.poll(Duration.ofMillis(100));
        }

        consumer.close(CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP));

        ArchiveFixture.await("left", () -> members(fixture, "leaving").isEmpty());
    }

    private static Collection<MemberDescription> members(ArchiveFixture fixture, String group) {
        return fixture.asAdmin(admin -> admin.describeConsumerGroups(List.of(group))
                        .describedGroups()
                        .get(group))
                .members();
    }
}
