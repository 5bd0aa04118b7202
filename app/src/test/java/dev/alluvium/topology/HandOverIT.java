package dev.alluvium.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.demo.EmbeddedBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Taking over from another sink, which commits the offsets of the files that it has finished. */
@Timeout(120)
class HandOverIT {
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
    void archivesWhatTheOldSinkHasNotAndNothingElse() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "handover");
        fixture.createTopic(2);
        fixture.produceDeltas(2, 0, 60);
        Set<String> old = new HashSet<>();
        try (KafkaConsumer<byte[], byte[]> sink = sink("connect-old")) {
            sink.subscribe(List.of("handover"));
            Set<String> open = new HashSet<>();
            while (open.size() < 20) {
                sink.poll(Duration.ofMillis(200)).forEach(record -> open.add(place(record)));
            }
            old.addAll(open);
            sink.commitSync();
            // What it has read into a file that is not finished when it stops, it has not archived.
            int read = open.size();
            while (open.size() < read + 5) {
                sink.poll(Duration.ofMillis(200)).forEach(record -> open.add(place(record)));
            }
        }
        fixture.produceDeltas(2, 60, 80);
        fixture.startAt(new StartPosition.Group("connect-old"));

        fixture.runUntilArchived(80 - old.size());

        fixture.assertArchivedOnce(80 - old.size());
        for (int partition = 0; partition < 2; partition++) {
            String prefix = partition + "@";
            List<String> finished =
                    old.stream().filter(place -> place.startsWith(prefix)).toList();
            // With the count above: the archive holds every offset from the first one that the old sink does not.
            assertThat(finished)
                    .containsExactlyInAnyOrderElementsOf(IntStream.range(0, finished.size())
                            .mapToObj(offset -> prefix + offset)
                            .toList());
            assertThat(fixture.query("select min(_offset) from {files} where _partition = " + partition))
                    .isEqualTo(finished.size());
            assertThat(fixture.query("select max(_offset) from {files} where _partition = " + partition))
                    .isEqualTo(39);
        }
    }

    @Test
    void asksAgainOnlyForPartitionsThatItHasNotBegun() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "continued");
        fixture.createTopic(1);
        fixture.produceDeltas(1, 0, 10);
        commit("connect-continued", "continued", 0, 4);
        fixture.startAt(new StartPosition.Group("connect-continued"));
        fixture.runUntilArchived(6);
        fixture.asAdmin(admin ->
                admin.deleteConsumerGroups(List.of("connect-continued")).all());
        fixture.produceDeltas(1, 10, 12);

        fixture.runUntilArchived(8);

        fixture.assertArchivedOnce(8);
    }

    @Test
    void stopsWhileTheOldSinkStillRuns() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "running");
        fixture.createTopic(1);
        fixture.produceDeltas(1, 0, 5);
        fixture.startAt(new StartPosition.Group("connect-running"));
        try (KafkaConsumer<byte[], byte[]> sink = sink("connect-running")) {
            sink.subscribe(List.of("running"));
            int read = 0;
            while (read < 5) {
                read += sink.poll(Duration.ofMillis(200)).count();
            }
            sink.commitSync();

            assertThat(fixture.refusal())
                    .isEqualTo(
                            "pipelines[running].source.start.group: group connect-running still has 1 members, so its"
                                    + " offsets may move on: stop what archived before, then start this");
        }
        assertThat(fixture.committedOffsets()).isEmpty();
    }

    @Test
    void stopsWhenTheLogNoLongerHasWhatTheOldSinkHasNotAndTakesTheCorrectedGroup() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "dropped");
        fixture.createTopic(1);
        fixture.produceDeltas(1, 0, 10);
        fixture.truncate(0, 5);
        commit("connect-wrong", "dropped", 0, 2);
        commit("connect-right", "dropped", 0, 7);
        fixture.startAt(new StartPosition.Group("connect-wrong"));

        assertThat(fixture.refusal())
                .startsWith(
                        "pipelines[dropped].source.start.group: group connect-wrong lets dropped-0 begin at offset 2,"
                                + " but its log begins at 5: mend the name, reset that group's offset, or write")
                .endsWith("pipelines[dropped].source.onGap: continue begins at 5");
        assertThat(fixture.committedOffsets()).isEmpty();

        fixture.startAt(new StartPosition.Group("connect-right"));
        fixture.runUntilArchived(3);

        fixture.assertArchivedOnce(3);
        assertThat(fixture.query("select min(_offset) from {files}")).isEqualTo(7);
    }

    @Test
    void stopsWhenTheOldSinkIsBeyondTheEndOfTheLog() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "ahead");
        fixture.createTopic(1);
        fixture.produceDeltas(1, 0, 5);
        commit("connect-ahead", "ahead", 0, 6);
        fixture.startAt(new StartPosition.Group("connect-ahead"));

        assertThat(fixture.refusal())
                .isEqualTo(
                        "pipelines[ahead].source.start.group: group connect-ahead lets ahead-0 begin at offset 6, but"
                                + " its log ends at 5: mend the name, reset that group's offset, or write the offsets into a"
                                + " file and name it with start: {offsets: FILE}");
        assertThat(fixture.committedOffsets()).isEmpty();
    }

    @Test
    void stopsWhenTheOldSinkHasNoOffsetOfAPartition() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "unknown");
        fixture.createTopic(2);
        commit("connect-unknown", "unknown", 0, 0);
        fixture.startAt(new StartPosition.Group("connect-unknown"));

        assertThat(fixture.refusal())
                .isEqualTo("pipelines[unknown].source.start.group: group connect-unknown has no offset of unknown-1:"
                        + " mend the name, or write the offsets into a file and name it with start: {offsets: FILE}");
        assertThat(fixture.committedOffsets()).isEmpty();
    }

    @Test
    void stopsWhenThereIsNoSuchGroup() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "nobody");
        fixture.createTopic(1);
        fixture.startAt(new StartPosition.Group("connect-nobody"));

        assertThat(fixture.refusal()).contains("group connect-nobody has no offset of nobody-0");
    }

    private static String place(ConsumerRecord<byte[], byte[]> record) {
        return record.partition() + "@" + record.offset();
    }

    private static void commit(String group, String topic, int partition, long offset) {
        try (KafkaConsumer<byte[], byte[]> sink = sink(group)) {
            sink.commitSync(Map.of(new TopicPartition(topic, partition), new OffsetAndMetadata(offset)));
        }
    }

    private static KafkaConsumer<byte[], byte[]> sink(String group) {
        Map<String, Object> config = Map.of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "group.id",
                group,
                "enable.auto.commit",
                "false",
                "auto.offset.reset",
                "earliest",
                "max.poll.records",
                "5");
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
