package dev.alluvium.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.batch.PartitionEntry;
import dev.alluvium.batch.RotationSettings;
import dev.alluvium.demo.EmbeddedBroker;
import dev.alluvium.parquet.WriterSettings;
import dev.alluvium.proto.manifest.v1.DataFile;
import dev.alluvium.schema.DeltaColumn;
import dev.alluvium.schema.DeltaTable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A changed configuration meets what was decided under the old one. */
@Timeout(120)
class ChangedPipelineIT {
    private static final String OTHER_KEY = "other/{table}-{date}-{partition}-{firstOffset}.parquet";
    private static final RotationSettings SOON = new RotationSettings(null, null, Duration.ofMillis(500), null, null);

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

    /** Runs {@code --drain} and says whether the ledger came to hold nothing. */
    private static boolean finishDecided(ArchiveFixture fixture) throws InterruptedException {
        try (Archive archive = fixture.open()) {
            archive.start();
            return archive.finishDecided();
        }
    }

    private static Set<String> keys(ArchiveFixture fixture) {
        return Set.copyOf(fixture.manifest().stream().map(DataFile::getKey).toList());
    }

    @Test
    void refusesAnotherLayoutUntilDecidedFilesAreFinished() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "layout");
        fixture.createTopic(2);
        fixture.produceDeltas(0, "todos", 0, 25);
        fixture.rotateByRows(10);
        PipelineSettings old = fixture.pipeline;
        Outage outage = new Outage(fixture);
        Set<String> decided = outage.decideFiles(2);
        outage.end();

        fixture.keyTemplate(OTHER_KEY);
        assertThat(fixture.refusal()).contains("pipeline layout now places", "layout-0", "run once with --drain");

        PipelineSettings changed = fixture.pipeline;
        fixture.pipeline = old;
        assertThat(finishDecided(fixture)).isTrue();
        assertThat(keys(fixture)).containsAll(decided);
        fixture.produceDeltas(2, 25, 35);
        fixture.pipeline = changed;
        fixture.rotation(SOON);
        fixture.runUntilArchived(35);
        fixture.assertArchivedOnce(35);
        assertThat(keys(fixture)).anySatisfy(key -> assertThat(key).startsWith("other/"));
    }

    @Test
    void refusesOtherTablesWhileFilesAreAboveTheFloor() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "ahead");
        fixture.createTopic(1);
        fixture.produceDeltas(0, "notes", 0, 1);
        fixture.produceDeltas(0, "todos", 1, 11);
        fixture.rotateByRows(10);
        PipelineSettings old = fixture.pipeline;
        fixture.runUntil("archived", () -> fixture.archivedRecords() == 10);

        DeltaTable notes = new DeltaTable("notes", List.of(new DeltaColumn("text", DeltaColumn.Type.STRING)));
        fixture.tables(ArchiveFixture.todos(), notes);
        assertThat(fixture.refusal()).contains("ahead-0", "above offset 0", "run once with --drain");

        PipelineSettings changed = fixture.pipeline;
        fixture.pipeline = old;
        assertThat(finishDecided(fixture)).isTrue();
        fixture.assertArchivedOnce(11);
        fixture.pipeline = changed;
        fixture.produceDeltas(0, "notes", 11, 21);
        fixture.runUntilArchived(21);
        fixture.assertArchivedOnce(21);
    }

    @Test
    void readsNoFurtherThanWhatIsDecidedWhenItFinishesThat() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "further");
        fixture.createTopic(2);
        fixture.produceDeltas(0, "todos", 0, 10);
        fixture.rotateByRows(10);
        Outage outage = new Outage(fixture);
        outage.decideFiles(1);
        outage.end();
        fixture.produceDeltas(0, "todos", 10, 15);
        fixture.produceDeltas(1, "todos", 15, 20);

        assertThat(finishDecided(fixture)).isTrue();

        fixture.assertArchivedOnce(10);
        fixture.rotation(SOON);
        fixture.runUntilArchived(20);
        fixture.assertArchivedOnce(20);
    }

    @Test
    void startsAtOnceUnderAnotherLayoutWhenNothingIsDecided() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "free");
        fixture.createTopic(1);
        fixture.produceDeltas(0, "todos", 0, 10);
        fixture.rotateByRows(1000);
        try (Archive archive = fixture.running()) {
            ArchiveFixture.await("read", () -> fixture.metered("alluvium.records.read") == 10);
            assertThat(archive.drain(false)).isTrue();
        }
        fixture.keyTemplate(OTHER_KEY);
        fixture.rotation(SOON);

        fixture.runUntilArchived(10);

        fixture.assertArchivedOnce(10);
        assertThat(keys(fixture)).contains("other/todos-2026-02-06-0-0.parquet");
    }

    @Test
    void holdsWhatIsDecidedUnderTheNewLayoutAgainstTheOldOne() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "forth");
        fixture.createTopic(1);
        fixture.produceDeltas(0, "todos", 0, 10);
        fixture.rotateByRows(10);
        fixture.runUntilArchived(10);
        PipelineSettings old = fixture.pipeline;
        fixture.keyTemplate(OTHER_KEY);
        PipelineSettings changed = fixture.pipeline;
        fixture.produceDeltas(0, "todos", 10, 20);
        Outage outage = new Outage(fixture);
        outage.decideFiles(1);
        outage.end();

        fixture.pipeline = old;
        assertThat(fixture.refusal()).contains("forth-0", "run once with --drain");

        fixture.pipeline = changed;
        fixture.runUntilArchived(20);
        fixture.assertArchivedOnce(20);
        assertThat(keys(fixture)).contains("other/todos-2026-02-06-0-10.parquet");
    }

    @Test
    void startsUnderAnotherLayoutThoughAnIdlePartitionNeverRaisedItsFloor() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "stale");
        fixture.createTopic(2);
        fixture.produceDeltas(1, "todos", 0, 10);
        fixture.produce(0, new byte[] {1, 2, 3});
        fixture.runUntilArchived(10);
        leaveAsACrashAfterTheDeadLetterDoes(fixture);
        PipelineSettings old = fixture.pipeline;

        fixture.keyTemplate(OTHER_KEY);
        fixture.running().close();

        // Without offsets the floor is all there is: the bad record would be judged again.
        fixture.asAdmin(
                admin -> admin.deleteConsumerGroups(List.of(fixture.group())).all());
        assertThat(fixture.refusal()).contains("stale-0", "run once with --drain");
        PipelineSettings changed = fixture.pipeline;
        fixture.pipeline = old;
        assertThat(finishDecided(fixture)).isTrue();
        fixture.pipeline = changed;
        fixture.running().close();
        assertThat(fixture.deadLetters()).hasSize(1);
    }

    /** The dead letter of record 0 is sent, and the tick that would raise the floor over it never came. */
    private static void leaveAsACrashAfterTheDeadLetterDoes(ArchiveFixture fixture) {
        TopicPartition partition = new TopicPartition(fixture.topic, 0);
        LedgerCodec.Partition left = fixture.ledger().of(partition).partition();
        assertThat(left.entry()).isEqualTo(new PartitionEntry(1, 1));
        LedgerCodec.Partition stale =
                new LedgerCodec.Partition(new PartitionEntry(0, 1), left.topicId(), left.fingerprint());
        try (KafkaProducer<byte[], byte[]> producer = fixture.producer()) {
            KafkaFutures.get(producer.send(new ProducerRecord<>(
                    fixture.ledgerTopic(), 0, LedgerCodec.key(partition), LedgerCodec.value(stale))));
        }
    }

    @Test
    void keepsDecidedFilesWhenRotationCodecAndMemoryChange() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "tuned");
        fixture.createTopic(1);
        fixture.produceDeltas(0, "todos", 0, 24);
        fixture.rotateByRows(10);
        Outage outage = new Outage(fixture);
        Set<String> decided = outage.decideFiles(2);
        outage.end();
        fixture.rotation(new RotationSettings(3L, null, Duration.ofSeconds(1), null, null));
        fixture.writer(new WriterSettings(WriterSettings.Codec.SNAPPY, 1, 4 << 20, 1 << 16, 5));
        fixture.tune = settings -> new ApplicationSettings(
                settings.name(),
                settings.kafka(),
                settings.memoryBudgetBytes() / 2,
                settings.stateDirectory(),
                settings.spool(),
                settings.spoolLimitBytes() / 2,
                1,
                settings.drainTimeout(),
                settings.pipelines());

        fixture.runUntilArchived(24);

        fixture.assertArchivedOnce(24);
        assertThat(keys(fixture)).containsAll(decided);
        assertThat(fixture.manifest().stream().map(DataFile::getRecords)).containsExactly(10L, 10L, 3L, 1L);
        // Columns that do not shrink are left as they are.
        assertThat(fixture.query("select count(*) from parquet_metadata('" + fixture.archiveFolder()
                        + "/**/*.parquet') where compression not in ('SNAPPY', 'UNCOMPRESSED')"))
                .isZero();
    }
}
