package dev.alluvium.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.batch.RotationSettings;
import dev.alluvium.demo.EmbeddedBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The group's offsets may vanish: the ledger knows better. Without the ledger nothing goes on. */
@Timeout(120)
class LostOffsetsIT {
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
    void archivesNothingTwiceWhenTheGroupIsDeleted() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "forgotten");
        fixture.createTopic(2);
        archiveAllButOneOpenGroup(fixture);

        fixture.asAdmin(
                admin -> admin.deleteConsumerGroups(List.of(fixture.group())).all());

        assertThat(fixture.committedOffsets()).isEmpty();
        finishTheRest(fixture);
    }

    @Test
    void archivesNothingTwiceWhenTheOffsetOfOnePartitionIsDeleted() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "expired");
        fixture.createTopic(2);
        archiveAllButOneOpenGroup(fixture);

        fixture.asAdmin(
                admin -> admin.deleteConsumerGroupOffsets(fixture.group(), Set.of(new TopicPartition(fixture.topic, 0)))
                        .all());

        assertThat(fixture.committedOffsets()).containsOnlyKeys(new TopicPartition(fixture.topic, 1));
        finishTheRest(fixture);
    }

    /** Leaves files above the floor: an open group holds it down in partition 0. */
    private static void archiveAllButOneOpenGroup(ArchiveFixture fixture) throws InterruptedException {
        fixture.rotateByRows(10);
        fixture.produceDeltas(0, "notes", 0, 5);
        fixture.produceDeltas(0, "todos", 5, 25);
        fixture.produceDeltas(1, "todos", 25, 35);
        fixture.runUntil("archived", () -> fixture.archivedRecords() == 30);
        assertThat(fixture.files()).hasSize(3);
    }

    private static void finishTheRest(ArchiveFixture fixture) throws InterruptedException {
        fixture.produceDeltas(0, "notes", 35, 40);

        fixture.runUntilArchived(40);

        fixture.assertArchivedOnce(40);
        assertThat(fixture.metered("alluvium.records.skipped")).isGreaterThanOrEqualTo(20);
    }

    @Test
    void keepsWhatWasDecidedWhenTheGroupIsDeleted() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "decided");
        fixture.createTopic(1);
        fixture.produceDeltas(0, "todos", 0, 25);
        fixture.rotateByRows(10);
        Outage outage = new Outage(fixture);
        outage.decideFiles(2);
        fixture.asAdmin(
                admin -> admin.deleteConsumerGroups(List.of(fixture.group())).all());
        fixture.rotation(new RotationSettings(7L, null, Duration.ofSeconds(1), null, null));
        outage.end();

        fixture.runUntilArchived(25);

        assertThat(fixture.manifest()).extracting(file -> file.getRecords()).containsExactly(10L, 10L, 5L);
    }

    @Test
    void stopsWhenTheLedgerIsGone() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "amnesia");
        fixture.createTopic(1);
        fixture.produceDeltas(1, 0, 10);
        fixture.runUntilArchived(10);
        fixture.deleteTopic(fixture.ledgerTopic());

        assertThat(fixture.refusal())
                .contains("amnesia-0", "up to offset 10", "its changelog topic was deleted or emptied", "new name");
        fixture.assertArchivedOnce(10);
    }
}
