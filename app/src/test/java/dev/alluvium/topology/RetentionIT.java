package dev.alluvium.topology;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.alluvium.batch.RotationSettings;
import dev.alluvium.demo.EmbeddedBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Retention that overtakes the archive is a gap; retention of what is archived is nothing at all. */
@Timeout(120)
class RetentionIT {
    private static final String GAP = "the broker dropped records before they were archived";

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
    void stopsAtAGapAndGoesOnBehindItWhenAllowed() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "gap");
        fixture.createTopic(2);
        fixture.produceDeltas(2, 0, 40);
        readWithoutArchiving(fixture, 40);
        fixture.truncate(0, 15);

        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(StartOffsets.class);
        log.start();
        logger.addAppender(log);
        try {
            assertThat(fixture.refusal())
                    .contains("dropped offsets before they were archived", "gap-0", "15", "source.onGap: continue");
        } finally {
            logger.detachAppender(log);
        }
        assertThat(fixture.metered("alluvium.gap.offsets.lost")).isEqualTo(15);
        assertThat(log.list)
                .filteredOn(event -> event.getLevel() == Level.ERROR)
                .extracting(ILoggingEvent::getMessage)
                .containsExactly(GAP);
        assertThat(fixture.files()).isEmpty();

        fixture.onGap(SourceSettings.GapPolicy.CONTINUE);
        fixture.rotation(new RotationSettings(null, null, Duration.ofSeconds(1), null, null));
        fixture.runUntilArchived(25);

        fixture.assertArchivedOnce(25);
        assertThat(fixture.query("select min(_offset) from {files} where _partition = 0"))
                .isEqualTo(15);
        assertThat(fixture.query("select count(*) from {files} where _partition = 1"))
                .isEqualTo(20);
        assertThat(fixture.metered("alluvium.gap.offsets.lost")).isEqualTo(30);
        fixture.running().close();
        assertThat(fixture.metered("alluvium.gap.offsets.lost")).isEqualTo(30);
    }

    private static void readWithoutArchiving(ArchiveFixture fixture, long records) throws InterruptedException {
        fixture.rotateByRows(1000);
        try (Archive archive = fixture.running()) {
            ArchiveFixture.await("read", () -> fixture.metered("alluvium.records.read") == records);
            assertThat(archive.drain(false)).isTrue();
        }
    }

    @Test
    void losesNothingWhenRetentionOvertakesWhatIsReadAlready() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "overtaken");
        fixture.createTopic(1);
        fixture.produceDeltas(1, 0, 20);
        fixture.rotateByRows(1000);
        try (Archive archive = fixture.running()) {
            ArchiveFixture.await("read", () -> fixture.metered("alluvium.records.read") == 20);
            fixture.truncate(0, 20);
            assertThat(archive.drain(true)).isTrue();
        }

        fixture.running().close();

        fixture.assertArchivedOnce(20);
        assertThat(fixture.metered("alluvium.gap.offsets.lost")).isZero();
    }

    @Test
    void goesOnBehindAGapThatSwallowedPartOfADecidedFile() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "broken");
        fixture.createTopic(1);
        fixture.produceDeltas(0, "todos", 0, 34);
        fixture.rotateByRows(10);
        Outage outage = new Outage(fixture);
        outage.decideFiles(3);
        outage.end();
        fixture.truncate(0, 15);
        fixture.onGap(SourceSettings.GapPolicy.CONTINUE);
        fixture.rotation(new RotationSettings(null, null, Duration.ofSeconds(1), null, null));

        fixture.runUntilArchived(19);

        fixture.assertArchivedOnce(19);
        assertThat(fixture.query("select min(_offset) from {files}")).isEqualTo(15);
    }

    @Test
    void takesNoMarkerForALossWhenAllThatIsArchivedIsDeleted() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "markers");
        fixture.createTopic(1);
        fixture.produceTransaction(0, "todos", 0, 10, true);
        fixture.runUntilArchived(10);
        fixture.truncate(0, -1);

        fixture.running().close();

        assertThat(fixture.metered("alluvium.gap.offsets.lost")).isZero();
        fixture.produceTransaction(0, "todos", 10, 15, true);
        fixture.runUntilArchived(15);
        fixture.assertArchivedOnce(15);
    }

    @Test
    void takesAbortedRecordsForNoLossEither() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "aborted");
        fixture.createTopic(1);
        fixture.produceTransaction(0, "todos", 0, 10, true);
        fixture.produceTransaction(0, "todos", 10, 20, false);
        fixture.runUntilArchived(10);
        fixture.truncate(0, -1);

        fixture.running().close();

        assertThat(fixture.metered("alluvium.gap.offsets.lost")).isZero();
    }

    @Test
    void takesMarkersForNoLossWhenItStopsRightAfterTheLastFile() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "prompt");
        fixture.createTopic(1);
        fixture.produceTransaction(0, "todos", 0, 10, true);
        fixture.runUntil("archived", () -> fixture.archivedRecords() == 10);
        fixture.truncate(0, -1);

        fixture.running().close();

        assertThat(fixture.metered("alluvium.gap.offsets.lost")).isZero();
    }

    @Test
    void takesMarkersForNoLossWhenTheOffsetsAreGoneToo() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "both");
        fixture.createTopic(1);
        fixture.produceTransaction(0, "todos", 0, 10, true);
        fixture.runUntilArchived(10);
        fixture.asAdmin(
                admin -> admin.deleteConsumerGroups(List.of(fixture.group())).all());
        fixture.truncate(0, -1);

        fixture.running().close();

        assertThat(fixture.metered("alluvium.gap.offsets.lost")).isZero();
    }
}
