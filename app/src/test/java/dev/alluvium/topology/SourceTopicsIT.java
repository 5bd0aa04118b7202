package dev.alluvium.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.demo.EmbeddedBroker;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewPartitions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a pipeline asks of its topics, and how several pipelines live side by side. */
@Timeout(120)
class SourceTopicsIT {
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
    void stopsWhenATopicIsAnotherOneThanBefore() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "reborn");
        fixture.createTopic(1);
        fixture.produceDeltas(1, 0, 10);
        fixture.runUntilArchived(10);
        String before = fixture.description(fixture.topic).topicId().toString();
        fixture.deleteTopic(fixture.topic);
        fixture.createTopic(1);
        fixture.produceDeltas(1, 0, 20);

        assertThat(fixture.refusal())
                .contains(
                        "topic reborn is another one",
                        before,
                        fixture.description(fixture.topic).topicId().toString(),
                        "deleted and created again");
        fixture.assertArchivedOnce(10);
    }

    @Test
    void takesInPartitionsThatWereAdded() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "grown");
        fixture.createTopic(1);
        fixture.produceDeltas(1, 0, 10);
        fixture.runUntilArchived(10);
        fixture.asAdmin(admin -> admin.createPartitions(Map.of(fixture.topic, NewPartitions.increaseTo(3)))
                .all());
        fixture.produceDeltas(3, 10, 40);

        fixture.runUntilArchived(40);

        assertThat(fixture.partitions(fixture.ledgerTopic())).isEqualTo(3);
        fixture.assertArchivedOnce(40);
        assertThat(fixture.query("select count(distinct _partition) from {files}"))
                .isEqualTo(3);
    }

    @Test
    void refusesACompactedTopicUnlessItIsListed() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "compacted");
        fixture.createTopic(1, Map.of("cleanup.policy", "compact"));
        fixture.produceDeltas(0, "todos", 0, 10);

        assertThat(fixture.refusal()).contains("topic compacted is compacted", "pipelines[compacted].source.compacted");

        fixture.compacted("compacted");
        fixture.runUntilArchived(10);
        fixture.assertArchivedOnce(10);
    }

    @Test
    void waitsForATopicThatIsToCome() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "late");
        fixture.onMissing(SourceSettings.MissingPolicy.WAIT);
        try (Archive archive = fixture.open()) {
            archive.start();
            ArchiveFixture.await(
                    "it waits",
                    () -> archive.pipelines()
                            .get(0)
                            .causes()
                            .equals(List.of("pipelines[late].source.topics: topic late does not exist; create it or"
                                    + " mend the name")));
            assertThat(archive.pipelines().get(0).isReady()).isFalse();

            fixture.createTopic(1);
            fixture.produceDeltas(1, 0, 10);
            ArchiveFixture.await("archived", () -> fixture.archivedRecords() == 10);

            assertThat(archive.pipelines().get(0).isReady()).isTrue();
            assertThat(archive.drain()).isTrue();
        }
        fixture.assertArchivedOnce(10);
    }

    @Test
    void archivesOnWhileItsNeighbourHasFailed() throws Exception {
        ArchiveFixture missing = new ArchiveFixture(broker, folder, "missing");
        ArchiveFixture sound = new ArchiveFixture(broker, folder, "sound");
        sound.createTopic(1);
        try (Archive archive = sound.open(List.of(missing.pipeline, sound.pipeline))) {
            archive.start();
            ArchiveFixture.await("failed", () -> ArchiveFixture.failure(archive).isPresent());
            sound.produceDeltas(1, 0, 10);
            ArchiveFixture.await("archived", () -> sound.archivedRecords() == 10);

            assertThat(ArchiveFixture.failure(archive))
                    .contains("pipelines[missing].source.topics: topic missing does not exist; create it or mend the"
                            + " name");
            assertThat(archive.pipelines())
                    .extracting(status -> status.name() + " " + status.state())
                    .containsExactly("missing FAILED", "sound RUNNING");
            assertThat(archive.drain()).isTrue();
        }
        sound.assertArchivedOnce(10);
    }

    @Test
    void archivesEveryTopicOfAPattern() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "pattern");
        List<ArchiveFixture> topics = List.of(
                new ArchiveFixture(broker, folder, "pattern.a"),
                new ArchiveFixture(broker, folder, "pattern.b"),
                new ArchiveFixture(broker, folder, "pattern.empty"));
        for (ArchiveFixture topic : topics) {
            topic.createTopic(2);
        }
        topics.get(0).produceDeltas(2, 0, 10);
        topics.get(1).produceDeltas(2, 10, 30);
        topics.get(2).produceTransaction(0, "todos", 0, 5, false);
        // The pipeline's own outputs match the pattern as well.
        fixture.pattern("pattern\\..*");

        fixture.runUntilArchived(30);

        assertThat(fixture.query("select count(distinct rowId) from {files}")).isEqualTo(30);
        assertThat(fixture.manifest())
                .extracting(file -> file.getTopic())
                .contains("pattern.a", "pattern.b")
                .doesNotContain("pattern.manifest");
        fixture.running().close();
        topics.get(2).produceDeltas(2, 30, 34);
        fixture.runUntilArchived(34);
        assertThat(fixture.query("select count(distinct rowId) from {files}")).isEqualTo(34);
    }

    @Test
    void leavesADisabledPipelineAlone() throws Exception {
        ArchiveFixture idle = new ArchiveFixture(broker, folder, "idle");
        ArchiveFixture busy = new ArchiveFixture(broker, folder, "busy");
        idle.createTopic(1);
        busy.createTopic(1);
        idle.produceDeltas(1, 0, 10);
        busy.produceDeltas(1, 0, 10);
        idle.enabled(false);
        try (Archive archive = busy.open(List.of(idle.pipeline, busy.pipeline))) {
            archive.start();
            ArchiveFixture.await("archived", () -> busy.archivedRecords() == 10);

            assertThat(archive.pipelines())
                    .singleElement()
                    .satisfies(status -> assertThat(status.name()).isEqualTo("busy"));
            assertThat(archive.drain()).isTrue();
        }
        assertThat(idle.committedOffsets()).isEmpty();
        assertThat(idle.topics()).doesNotContain("idle.manifest", "idle.dead", idle.ledgerTopic());
    }
}
