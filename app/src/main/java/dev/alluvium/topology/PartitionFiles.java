package dev.alluvium.topology;

import dev.alluvium.batch.Batch;
import dev.alluvium.batch.Cut;
import dev.alluvium.batch.DataBatch;
import dev.alluvium.batch.KeyTemplate;
import dev.alluvium.batch.PartitionLedger;
import dev.alluvium.batch.RotationReason;
import dev.alluvium.batch.Rule;
import dev.alluvium.batch.Spool;
import dev.alluvium.decode.Group;
import dev.alluvium.decode.KeyRange;
import dev.alluvium.parquet.FileFacts;
import dev.alluvium.proto.manifest.v1.DataFile;
import dev.alluvium.storage.StorageException;
import dev.alluvium.storage.StoredObject;
import dev.alluvium.upload.UploadListener;
import dev.alluvium.upload.UploadOutcome;
import dev.alluvium.upload.Uploader.Upload;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of one partition from the cut to the manifest: cut, durable, uploaded, done. Owned by the stream thread;
 * only outcomes of uploads come from elsewhere, over a queue.
 */
final class PartitionFiles {
    private static final Logger log = LoggerFactory.getLogger(PartitionFiles.class);
    /** How rows are laid out; a cut made under another version cannot be taken up. */
    static final int LAYOUT_VERSION = 1;

    private final PipelineScope scope;
    private final TopicPartition partition;
    private final PartitionLedger<DataBatch> ledger;
    private final Runnable requestCommit;
    private final Consumer<DataFile> manifest;
    private final KeyTemplate template;
    private final Map<Batch<DataBatch>, Sealed> sealed = new HashMap<>();
    private final Queue<Finished> outcomes = new ConcurrentLinkedQueue<>();
    private boolean isClosed;

    /** A file that is complete, on its way into the store. */
    private static final class Sealed {
        final Spool.Slot file;
        final FileFacts facts;
        final long length;
        final long cutAt;

        @Nullable
        Upload upload;

        @Nullable
        StoredObject object;

        Sealed(Spool.Slot file, FileFacts facts, long length, long cutAt) {
            this.file = file;
            this.facts = facts;
            this.length = length;
            this.cutAt = cutAt;
        }
    }

    private record Finished(Batch<DataBatch> batch, UploadOutcome outcome) {}

    PartitionFiles(
            PipelineScope scope,
            TopicPartition partition,
            PartitionLedger<DataBatch> ledger,
            Runnable requestCommit,
            Consumer<DataFile> manifest) {
        this.scope = scope;
        this.partition = partition;
        this.ledger = ledger;
        this.requestCommit = requestCommit;
        this.manifest = manifest;
        this.template =
                new KeyTemplate(scope.settings().keyTemplate(), scope.data().placeholders());
    }

    /** Decides a file and seals it; it goes up as soon as the decision has committed. */
    void cut(Batch<DataBatch> batch, RotationReason reason, long delivered) {
        DataBatch data = batch.contents();
        String key = template.expand(values(batch, data));
        ledger.cut(batch, key, LAYOUT_VERSION, data.discoveredColumns(), reason.label());
        scope.stages().reached(Stage.CUT_PUT, key);
        seal(batch, delivered);
        publishWhenDurable(batch);
        requestCommit.run();
    }

    /**
     * A restored cut is complete again; it was durable all along. What is left of one that lost records is decided anew:
     * the object of the whole may be in the store.
     */
    void closeBound(Batch<DataBatch> batch, long delivered) {
        if (batch.cut().layoutVersion() != LAYOUT_VERSION) {
            throw new ArchiveStoppedException("the decided file " + batch.cut().key() + " has layout version "
                    + batch.cut().layoutVersion() + "; this program writes version " + LAYOUT_VERSION
                    + ": run the earlier version with --drain first");
        }
        if (batch.status() == Batch.Status.KEY_TAKEN) {
            String key = batch.cut().key();
            ledger.rewrite(batch, KeyTemplate.qualify(key, partition.partition(), batch.firstOffset()));
            seal(batch, delivered);
            publishWhenDurable(batch);
            requestCommit.run();
            return;
        }
        seal(batch, delivered);
        upload(batch);
    }

    private void seal(Batch<DataBatch> batch, long delivered) {
        FileFacts facts = facts(batch, batch.contents(), delivered);
        DataBatch.SealedFile file = batch.contents().seal(facts.toFooter());
        sealed.put(
                batch,
                new Sealed(file.slot(), facts, file.length(), scope.clock().millis()));
        if (scope.spool().isBacklogHigh()) {
            scope.balance().run();
        }
    }

    private void publishWhenDurable(Batch<DataBatch> batch) {
        if (!scope.rules().contains(Rule.DURABLE)) {
            upload(batch);
            return;
        }
        scope.transactions().afterCommit(() -> {
            if (!isClosed) {
                scope.stages().reached(Stage.CUT_COMMITTED, batch.cut().key());
                ledger.durable(batch);
                upload(batch);
            }
        });
    }

    private void upload(Batch<DataBatch> batch) {
        Sealed file = of(batch);
        file.upload = scope.uploader()
                .submit(
                        batch.cut().key(),
                        file.file,
                        file.facts,
                        new Progress(),
                        outcome -> outcomes.add(new Finished(batch, outcome)));
    }

    /** Takes up what the uploads came to; on the punctuator, so that nothing happens between records. */
    void drainOutcomes() {
        boolean isAnyFinished = false;
        for (Finished finished = outcomes.poll(); finished != null; finished = outcomes.poll()) {
            if (finished.outcome() instanceof UploadOutcome.Stored there) {
                of(finished.batch()).object = there.object();
                ledger.stored(finished.batch());
                isAnyFinished |= finishInTurn(finished.batch());
            } else if (finished.outcome() instanceof UploadOutcome.KeyTaken taken) {
                rewrite(finished.batch(), taken);
            }
        }
        if (isAnyFinished) {
            ledger.settle();
            requestCommit.run();
        }
    }

    private void rewrite(Batch<DataBatch> batch, UploadOutcome.KeyTaken taken) {
        Cut cut = batch.cut();
        if (cut.isQualified()) {
            throw new ArchiveStoppedException(
                    "the keys " + cut.key() + " and its qualified form are both taken by other" + " files ("
                            + taken.holder() + "): give the pipeline another files.key");
        }
        String key = KeyTemplate.qualify(cut.key(), partition.partition(), cut.firstOffset());
        ledger.keyTaken(batch);
        ledger.rewrite(batch, key);
        log.atWarn()
                .addKeyValue("key", cut.key())
                .addKeyValue("holder", taken.holder())
                .addKeyValue("newKey", key)
                .log("object key is taken by another file");
        publishWhenDurable(batch);
        requestCommit.run();
    }

    /** Finishes a stored batch if it is its turn, and those of its group that waited for it. */
    private boolean finishInTurn(Batch<DataBatch> batch) {
        if (!ledger.canFinish(batch)) {
            return false;
        }
        Batch<DataBatch> next = batch;
        while (next != null && ledger.canFinish(next)) {
            finish(next);
            next = ledger.oldest(batch.group());
        }
        return true;
    }

    private void finish(Batch<DataBatch> batch) {
        Sealed file = of(batch);
        Cut cut = batch.cut();
        ledger.finish(batch);
        manifest.accept(manifestRecord(cut, file));
        scope.stages().reached(Stage.LEDGER_ADVANCED, cut.key());
        sealed.remove(batch);
        scope.transactions().afterCommit(() -> scope.stages().reached(Stage.DONE_COMMITTED, cut.key()));
        scope.metrics().fileFinished(cut.reason(), file.length);
        scope.metrics().becameVisible(Duration.ofMillis(scope.clock().millis() - file.cutAt));
        log.atInfo()
                .addKeyValue("pipeline", scope.settings().name())
                .addKeyValue("key", cut.key())
                .addKeyValue("partition", partition)
                .addKeyValue("offsets", cut.firstOffset() + ".." + file.facts.lastOffset())
                .addKeyValue("records", cut.records())
                .addKeyValue("rows", cut.rows())
                .addKeyValue("bytes", file.length)
                .addKeyValue("reason", cut.reason())
                .log("file finished");
    }

    /** Whether no file is on its way. */
    boolean isIdle() {
        return sealed.isEmpty();
    }

    /** Lets go of everything: a later incarnation takes it up from the ledger. */
    void close() {
        isClosed = true;
        sealed.values().forEach(file -> {
            if (file.upload == null || !file.upload.callOff()) {
                release(file.file);
            }
        });
        sealed.clear();
    }

    private static void release(Spool.Slot file) {
        try {
            file.release();
        } catch (IOException e) {
            // The others must be released too; the next start empties the spool.
            log.atWarn()
                    .addKeyValue("file", file.path())
                    .addKeyValue("cause", e)
                    .log("cannot delete a spool file");
        }
    }

    private Sealed of(Batch<DataBatch> batch) {
        Sealed file = sealed.get(batch);
        if (file == null) {
            throw new IllegalStateException("no sealed file of " + batch);
        }
        return file;
    }

    private Map<String, String> values(Batch<DataBatch> batch, DataBatch data) {
        Map<String, String> values = new HashMap<>(data.group().attributes());
        values.putAll(KeyTemplate.partsOfDate(values));
        values.put("pipeline", scope.settings().name());
        values.put("topic", partition.topic());
        values.put("partition", Integer.toString(partition.partition()));
        values.put("firstOffset", Long.toString(batch.firstOffset()));
        values.put("lastOffset", Long.toString(batch.lastOffset()));
        values.put("endOffset", Long.toString(ledger.position()));
        values.put("records", Long.toString(batch.records()));
        values.put("minTimestamp", Long.toString(data.minTimestamp()));
        values.put("maxTimestamp", Long.toString(data.maxTimestamp()));
        values.put("late", data.isLate() ? "-late" : "");
        KeyRange range = scope.data().keyRange();
        if (range != null) {
            values.putAll(range.values(data.minRange(), data.maxRange()));
        }
        return values;
    }

    private FileFacts facts(Batch<DataBatch> batch, DataBatch data, long delivered) {
        Cut cut = batch.cut();
        Map<String, String> extra = new HashMap<>(scope.data().columnFacts(data.schema()));
        extra.putAll(data.group().attributes());
        extra.putAll(data.footerFacts());
        return new FileFacts(
                scope.source().clusterId(),
                partition.topic(),
                scope.source().topicId(partition.topic()),
                partition.partition(),
                scope.settings().name(),
                batch.group(),
                cut.firstOffset(),
                batch.lastOffset(),
                cut.endOffset(),
                cut.records(),
                cut.rows(),
                cut.endOffset() - cut.firstOffset() - (delivered - data.deliveredBefore()),
                data.sourceChecksum(),
                data.minTimestamp(),
                data.maxTimestamp(),
                data.schema().fingerprint(),
                LAYOUT_VERSION,
                descriptorSet(data.group()),
                scope.writerVersion(),
                extra);
    }

    private String descriptorSet(Group group) {
        return group.descriptorSet().isEmpty() ? scope.data().descriptorSet() : group.descriptorSet();
    }

    private static DataFile manifestRecord(Cut cut, Sealed file) {
        FileFacts facts = file.facts;
        StoredObject object = Objects.requireNonNull(file.object);
        return DataFile.newBuilder()
                .setFormatVersion(1)
                .setKey(cut.key())
                .setClusterId(facts.clusterId())
                .setTopic(facts.topic())
                .setTopicId(facts.topicId())
                .setPartition(facts.partition())
                .setPipeline(facts.pipeline())
                .setGroup(facts.group())
                .setFirstOffset(facts.firstOffset())
                .setLastOffset(facts.lastOffset())
                .setEndOffset(facts.endOffset())
                .setRecords(facts.records())
                .setRows(facts.rows())
                .setBytes(object.size())
                .setSourceChecksum(facts.sourceChecksum())
                .setObjectChecksum(object.checksum())
                .setMinTimestampMs(facts.minTimestampMs())
                .setMaxTimestampMs(facts.maxTimestampMs())
                .setSchemaFingerprint(facts.schemaFingerprint())
                .setRotationReason(cut.reason())
                .build();
    }

    /** Tells stages and meters of an upload's ways. */
    private final class Progress implements UploadListener {
        @Override
        public void started(String key) {
            scope.stages().reached(Stage.UPLOAD_STARTED, key);
        }

        @Override
        public void failed(String key, StorageException error, int attempts) {
            scope.metrics().storageFailed(error.isRetryable());
            scope.metrics().uploadRetried();
        }

        @Override
        public void finished(String key, UploadOutcome outcome, Duration took) {
            scope.stages().reached(Stage.OBJECT_STORED, key);
            scope.metrics().uploaded(took);
        }
    }
}
