package dev.alluvium.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.demo.EmbeddedBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where a pipeline begins that has never run: where its {@code start} says, and never at a default. */
@Timeout(120)
class FirstStartIT {
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
    void beginsAtTheFirstRecordThatThereIs() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "earliest");
        fixture.createTopic(1);
        fixture.produceDeltas(1, 0, 10);
        fixture.truncate(0, 3);

        fixture.runUntilArchived(7);

        fixture.assertArchivedOnce(7);
        assertThat(fixture.query("select min(_offset) from {files}")).isEqualTo(3);
        assertThat(fixture.metered("alluvium.gap.offsets.lost")).isZero();
    }

    @Test
    void beginsAtTheEndAndLaterGoesOnWhereItStopped() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "latest");
        fixture.startAt(new StartPosition.Latest());
        fixture.createTopic(1);
        fixture.produceDeltas(1, 0, 10);
        fixture.running().close();
        fixture.produceDeltas(1, 10, 15);

        fixture.runUntilArchived(5);

        fixture.assertArchivedOnce(5);
        assertThat(fixture.query("select min(_offset) from {files}")).isEqualTo(10);
    }

    @Test
    void beginsAtTheFirstRecordOfATime() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "timestamp");
        fixture.createTopic(2);
        long start = ArchiveFixture.DAY.toEpochMilli();
        for (int i = 0; i < 10; i++) {
            byte[] value = ArchiveFixture.delta("todos", i, ArchiveFixture.DAY).toByteArray();
            // Partition 1 ends before that time: there, the first record at or after it is yet to come.
            fixture.produce(i < 6 ? 1 : 0, start + i * 1000L, value);
        }
        fixture.startAt(new StartPosition.At(ArchiveFixture.DAY.plus(Duration.ofMillis(7500))));
        fixture.running().close();
        fixture.produce(1, ArchiveFixture.delta("todos", 10, ArchiveFixture.DAY).toByteArray());

        fixture.runUntilArchived(3);

        fixture.assertArchivedOnce(3);
        assertThat(fixture.query("select count(*) from {files} where _partition = 0 and _offset in (2, 3)"))
                .isEqualTo(2);
        assertThat(fixture.query("select count(*) from {files} where _partition = 1 and _offset = 6"))
                .isEqualTo(1);
    }

    @Test
    void beginsWhereAFileSays() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "file");
        fixture.createTopic(2);
        fixture.produceDeltas(2, 0, 20);
        Path offsets = Files.writeString(folder.resolve("offsets.csv"), "file,0,4\nfile,1,7\n");
        fixture.startAt(new StartPosition.Offsets(offsets));

        fixture.runUntilArchived(9);

        fixture.assertArchivedOnce(9);
        assertThat(fixture.query("select min(_offset) from {files} where _partition = 0"))
                .isEqualTo(4);
        assertThat(fixture.query("select min(_offset) from {files} where _partition = 1"))
                .isEqualTo(7);
    }

    @Test
    void stopsWhenTheFileLeavesAPartitionOut() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "partial");
        fixture.createTopic(2);
        Path offsets = Files.writeString(folder.resolve("offsets.csv"), "partial,0,4\n");
        fixture.startAt(new StartPosition.Offsets(offsets));

        assertThat(fixture.refusal())
                .isEqualTo("pipelines[partial].source.start: " + offsets + " has no line 'partial,1,OFFSET'");
        assertThat(fixture.committedOffsets()).isEmpty();
    }

    @Test
    void stopsWhenThereIsNoSuchFile() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "unwritten");
        fixture.createTopic(1);
        Path offsets = folder.resolve("offsets.csv");
        fixture.startAt(new StartPosition.Offsets(offsets));

        assertThat(fixture.refusal()).contains("pipelines[unwritten].source.start", offsets.toString());
    }

    @Test
    void stopsWhenTheFileGoesBeyondTheEndOfTheLog() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "beyond");
        fixture.createTopic(1);
        fixture.produceDeltas(1, 0, 5);
        Path offsets = Files.writeString(folder.resolve("offsets.csv"), "beyond,0,6\n");
        fixture.startAt(new StartPosition.Offsets(offsets));

        assertThat(fixture.refusal())
                .isEqualTo("pipelines[beyond].source.start: " + offsets + ":1 lets beyond-0 begin at offset 6, but its"
                        + " log ends at 5: correct the line");
        assertThat(fixture.committedOffsets()).isEmpty();
    }

    @Test
    void stopsWhenTheFileGoesBelowTheBeginOfTheLogAndTakesTheCorrectedOne() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "below");
        fixture.createTopic(2);
        fixture.produceDeltas(2, 0, 20);
        fixture.truncate(1, 3);
        Path offsets = Files.writeString(folder.resolve("offsets.csv"), "below,0,8\nbelow,1,2\n");
        fixture.startAt(new StartPosition.Offsets(offsets));

        assertThat(fixture.refusal())
                .isEqualTo("pipelines[below].source.start: " + offsets + ":2 lets below-1 begin at offset 2, but its"
                        + " log begins at 3: correct the line; if the offset is right and what is between is lost,"
                        + " pipelines[below].source.onGap: continue begins at 3");
        assertThat(fixture.committedOffsets()).isEmpty();

        Files.writeString(offsets, "below,0,8\nbelow,1,7\n");
        fixture.runUntilArchived(5);

        fixture.assertArchivedOnce(5);
        assertThat(fixture.query("select min(_offset) from {files} where _partition = 1"))
                .isEqualTo(7);
    }

    @Test
    void passesOverWhatTheLogHasLostIfItMay() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "lost");
        fixture.createTopic(1);
        fixture.produceDeltas(1, 0, 10);
        fixture.truncate(0, 4);
        fixture.startAt(new StartPosition.Offsets(Files.writeString(folder.resolve("offsets.csv"), "lost,0,2\n")));
        fixture.onGap(SourceSettings.GapPolicy.CONTINUE);

        fixture.runUntilArchived(6);

        fixture.assertArchivedOnce(6);
        assertThat(fixture.metered("alluvium.gap.offsets.lost")).isEqualTo(2);
    }
}
