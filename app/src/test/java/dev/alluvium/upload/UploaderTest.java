package dev.alluvium.upload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.batch.EnvelopeFile;
import dev.alluvium.batch.RowFile;
import dev.alluvium.batch.Spool;
import dev.alluvium.decode.Group;
import dev.alluvium.parquet.DataFileWriter;
import dev.alluvium.parquet.FileFacts;
import dev.alluvium.parquet.WriterSettings;
import dev.alluvium.schema.Column;
import dev.alluvium.schema.ColumnType;
import dev.alluvium.schema.DeltaTable;
import dev.alluvium.schema.TableSchema;
import dev.alluvium.storage.FlakyObjectStore;
import dev.alluvium.storage.StorageException;
import dev.alluvium.storage.local.LocalObjectStore;
import dev.alluvium.storage.local.LocalStoreSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UploaderTest {
    private static final UploadListener NOBODY = new UploadListener() {};

    @TempDir
    Path folder;

    private final BlockingQueue<UploadOutcome> outcomes = new LinkedBlockingQueue<>();
    private FlakyObjectStore store;
    private Spool spool;
    private Uploader uploader;

    @BeforeEach
    void open() throws IOException {
        store = new FlakyObjectStore(
                LocalObjectStore.open(new LocalStoreSettings(folder.resolve("archive")), Clock.systemUTC()), 1);
        spool = Spool.open(folder.resolve("spool"), 1 << 20);
        uploader = new Uploader(store, 1, Clock.systemUTC(), new Random(1));
    }

    @AfterEach
    void close() throws IOException {
        uploader.close();
        spool.close();
        store.close();
    }

    @Test
    void publishesAFileAndGivesTheSpoolBack() throws Exception {
        Spool.Slot file = file(facts(0));
        List<String> whenTold = new CopyOnWriteArrayList<>();

        uploader.submit("a.parquet", file, facts(0), NOBODY, outcome -> {
            whenTold.add(uploader.inFlight() + " in flight, " + spool.usedBytes() + " bytes in the spool");
            outcomes.add(outcome);
        });

        assertThat(next()).isInstanceOfSatisfying(UploadOutcome.Stored.class, it -> {
            assertThat(it.adopted()).isFalse();
            assertThat(it.object().key()).isEqualTo("a.parquet");
        });
        assertThat(whenTold).containsExactly("0 in flight, 0 bytes in the spool");
        assertThat(file.path()).doesNotExist();
    }

    @Test
    void adoptsTheObjectOfAnEarlierTry() throws Exception {
        uploader.submit("a.parquet", file(facts(0)), facts(0), NOBODY, outcomes::add);
        next();

        uploader.submit("a.parquet", file(facts(0)), facts(0), NOBODY, outcomes::add);

        assertThat(next())
                .isInstanceOfSatisfying(
                        UploadOutcome.Stored.class,
                        it -> assertThat(it.adopted()).isTrue());
    }

    @Test
    void adoptsAnEnvelopeAndNoneThatIsAnotherFile() throws Exception {
        uploader.submit("a.json", envelope(facts(0)), facts(0), NOBODY, outcomes::add);
        next();

        uploader.submit("a.json", envelope(facts(0)), facts(0), NOBODY, outcomes::add);
        assertThat(next())
                .isInstanceOfSatisfying(
                        UploadOutcome.Stored.class,
                        it -> assertThat(it.adopted()).isTrue());

        uploader.submit("a.json", envelope(facts(7)), facts(7), NOBODY, outcomes::add);
        assertThat(next()).isInstanceOf(UploadOutcome.KeyTaken.class);
    }

    private Spool.Slot envelope(FileFacts facts) throws IOException {
        Spool.Slot slot = spool.newSlot();
        DeltaTable table = DeltaTable.undeclared("t");
        Group group = new Group("g", table.schema(false), Map.of());
        try (RowFile file = EnvelopeFile.of("gw-1", of -> table).create(slot.path(), group, group.schema())) {
            slot.resize(file.finish(facts.toFooter()));
        }
        slot.seal();
        return slot;
    }

    @Test
    void leavesAnotherFilesKeyAlone() throws Exception {
        uploader.submit("a.parquet", file(facts(0)), facts(0), NOBODY, outcomes::add);
        next();

        Spool.Slot second = file(facts(7));
        uploader.submit("a.parquet", second, facts(7), NOBODY, outcomes::add);

        assertThat(next()).isInstanceOf(UploadOutcome.KeyTaken.class);
        assertThat(second.path()).as("the file is still the caller's").exists();
    }

    @Test
    void triesAgainAfterAnyFault() throws Exception {
        AtomicInteger failures = new AtomicInteger();
        UploadListener broken = new UploadListener() {
            @Override
            public void started(String key) {
                if (failures.incrementAndGet() < 3) {
                    throw new IllegalStateException("a defect");
                }
            }
        };

        List<String> whenTold = new CopyOnWriteArrayList<>();

        uploader.submit("a.parquet", file(facts(0)), facts(0), broken, outcome -> {
            whenTold.add(uploader.trouble().orElse("no trouble"));
            outcomes.add(outcome);
        });

        assertThat(next()).isInstanceOf(UploadOutcome.Stored.class);
        assertThat(failures).hasValue(3);
        assertThat(whenTold).containsExactly("no trouble");
    }

    @Test
    void saysThatAnErrorBrokeAnUploadAndTriesAgain() throws Exception {
        BlockingQueue<String> troubles = new LinkedBlockingQueue<>();
        UploadListener watching = new UploadListener() {
            @Override
            public void failed(String key, StorageException error, int attempts) {
                troubles.add(attempts + " " + uploader.trouble().orElse("none"));
                throw new IllegalStateException("a defect of the listener, too");
            }
        };
        store.breakNextPut(new OutOfMemoryError("test"));

        uploader.submit("a.parquet", file(facts(0)), facts(0), watching, outcomes::add);

        assertThat(next()).isInstanceOf(UploadOutcome.Stored.class);
        assertThat(troubles).containsExactly("1 upload of a.parquet broke: java.lang.OutOfMemoryError: test");
        assertThat(uploader.trouble()).isEmpty();
    }

    @Test
    void letsOthersGoOnWhileOneFails() throws Exception {
        UploadListener broken = new UploadListener() {
            @Override
            public void started(String key) {
                throw new IllegalStateException("a lasting defect");
            }
        };

        Uploader.Upload failing = uploader.submit("bad.parquet", file(facts(0)), facts(0), broken, outcomes::add);
        uploader.submit("good.parquet", file(facts(7)), facts(7), NOBODY, outcomes::add);

        assertThat(next())
                .isInstanceOfSatisfying(
                        UploadOutcome.Stored.class,
                        it -> assertThat(it.object().key()).isEqualTo("good.parquet"));
        assertThat(uploader.trouble())
                .hasValueSatisfying(text -> assertThat(text).contains("bad.parquet"));
        assertThat(failing.callOff()).isTrue();
    }

    private UploadOutcome next() throws InterruptedException {
        UploadOutcome outcome = outcomes.poll(20, TimeUnit.SECONDS);
        assertThat(outcome).as("an outcome in time").isNotNull();
        return outcome;
    }

    private Spool.Slot file(FileFacts facts) throws IOException {
        Spool.Slot slot = spool.newSlot();
        TableSchema schema = new TableSchema("t", List.of(Column.required("a", ColumnType.Scalar.INT32)));
        try (DataFileWriter writer = DataFileWriter.create(slot.path(), schema, WriterSettings.DEFAULT)) {
            slot.resize(writer.finish(facts.toFooter()));
        }
        slot.seal();
        return slot;
    }

    private static FileFacts facts(long firstOffset) {
        return new FileFacts(
                "cluster",
                "topic",
                "id",
                0,
                "p",
                "g",
                firstOffset,
                firstOffset,
                firstOffset + 1,
                1,
                0,
                0,
                5,
                1,
                1,
                "schema",
                1,
                "",
                "test",
                Map.of());
    }
}
