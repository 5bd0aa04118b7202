package dev.alluvium.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.batch.RotationSettings;
import dev.alluvium.demo.EmbeddedBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
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

    /** As after a commit whose end the ledger's topic has not learned of, while the group's offsets can be seen. */
    @Test
    void waitsForTheLedgerOfATransactionThatIsAboutToEnd() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "behind");
        fixture.createTopic(1);
        fixture.produceDeltas(1, 0, 10);
        fixture.runUntilArchived(10);
        List<ConsumerRecord<byte[], byte[]>> ledger = fixture.read(fixture.ledgerTopic());
        fixture.deleteTopic(fixture.ledgerTopic());
        fixture.asAdmin(admin -> admin.createTopics(List.of(
                        new NewTopic(fixture.ledgerTopic(), 1, (short) 1).configs(Map.of("cleanup.policy", "compact"))))
                .all());

        try (KafkaProducer<byte[], byte[]> producer = fixture.producer(Map.of("transactional.id", "behind"));
                Archive archive = fixture.open()) {
            producer.initTransactions();
            producer.beginTransaction();
            for (ConsumerRecord<byte[], byte[]> entry : ledger) {
                KafkaFutures.get(
                        producer.send(new ProducerRecord<>(fixture.ledgerTopic(), 0, entry.key(), entry.value())));
            }
            archive.start();
            CompletableFuture<Ledger> decided = CompletableFuture.supplyAsync(() -> LedgerReader.readDecided(
                    Map.of("bootstrap.servers", broker.bootstrapServers()), fixture.ledgerTopic(), 1));
            assertThat(fixture.ledger().partitions()).as("what is committed").isEmpty();
            assertThat(decided).isNotDone();

            producer.commitTransaction();

            assertThat(decided.get(60, TimeUnit.SECONDS).knows(new TopicPartition("behind", 0)))
                    .isTrue();
            fixture.produceDeltas(1, 10, 20);
            ArchiveFixture.await(
                    "the others", () -> ArchiveFixture.failure(archive).isPresent() || fixture.archivedRecords() >= 20);
            assertThat(ArchiveFixture.failure(archive)).isEmpty();
        }
        fixture.assertArchivedOnce(20);
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
