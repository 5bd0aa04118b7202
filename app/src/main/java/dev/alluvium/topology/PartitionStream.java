package dev.alluvium.topology;

import dev.alluvium.batch.Batch;
import dev.alluvium.batch.CarriedColumns;
import dev.alluvium.batch.DataBatch;
import dev.alluvium.batch.PartitionEntry;
import dev.alluvium.batch.PartitionLedger;
import dev.alluvium.batch.RotationPolicy;
import dev.alluvium.batch.RotationReason;
import dev.alluvium.batch.SlicePolicy;
import dev.alluvium.decode.Group;
import dev.alluvium.decode.RecordDecoder;
import dev.alluvium.decode.Rejection;
import dev.alluvium.metrics.ArchiveMetrics;
import dev.alluvium.record.SourceRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One source partition in one incarnation of its task: the way of a record from bytes into an open batch, and when
 * batches are cut. Owned by the stream thread.
 */
final class PartitionStream implements HeldOffsets.Holder {
    private static final Logger log = LoggerFactory.getLogger(PartitionStream.class);
    /** How many records pass between two looks at the budget and the spool. */
    private static final int RECORDS_BETWEEN_CHECKS = 64;
    /** A batch that holds less is not worth a row group of its own. */
    private static final long WORTH_SPOOLING_BYTES = 64 << 10;
    /** How long a tick may write files; the rest follows at the next one. A thread that blocks longer is evicted some time. */
    private static final long MAX_CUTTING_MS = 500;
    /** As {@link #RECORDS_BETWEEN_CHECKS}, for large records. */
    private static final long BYTES_BETWEEN_CHECKS = 1 << 20;

    private final PipelineScope scope;
    private final TopicPartition partition;
    private final PartitionLedger<DataBatch> ledger;
    private final PartitionFiles files;
    private final RecordDecoder decoder;
    private final RotationPolicy policy;
    private final SlicePolicy slices;
    private final ArchiveMetrics.Source metrics;
    private final long drainTarget;
    /** Batches that take records, in order of their first offset. */
    private final Set<Batch<DataBatch>> growing = new LinkedHashSet<>();

    /** The batches that took the record at hand, by its groups; null where a finished file has it already. */
    private final List<@Nullable Batch<DataBatch>> taking = new ArrayList<>();

    private final CarriedColumns carried = new CarriedColumns();

    /** What the decoder knew when it read the last record. */
    private String schemas;

    private long streamTime = Long.MIN_VALUE;
    private long delivered;
    private int recordsToCheck = RECORDS_BETWEEN_CHECKS;
    private long bytesToCheck = BYTES_BETWEEN_CHECKS;
    private int openBatches;
    private boolean hasDiscarded;
    private boolean isResting;
    private volatile boolean isAtRest;
    private volatile PartitionProgress progress = PartitionProgress.NONE;

    PartitionStream(
            PipelineScope scope, TopicPartition partition, long position, Ledger.Entry restored, TaskOutputs outputs) {
        this.scope = scope;
        this.partition = partition;
        this.decoder = scope.data().decoder(partition.partition());
        this.schemas = decoder.schemaState();
        this.policy = new RotationPolicy(scope.settings().rotation());
        this.slices = new SlicePolicy(scope.settings().late());
        this.metrics = scope.metrics().source(partition.topic());
        this.ledger = new PartitionLedger<>(
                position,
                entry(restored.partition(), scope.fingerprint()),
                restored.groups(),
                outputs.ledgerOf(partition),
                this::open,
                scope.rules());
        this.drainTarget = restored.drainTarget();
        this.files = new PartitionFiles(scope, partition, ledger, outputs::requestCommit, outputs::manifest);
        scope.heldOffsets().register(partition, this);
        restored.groups().values().stream()
                .flatMap(group -> group.cuts().stream())
                .filter(ledger::isBelowBeginning)
                .forEach(cut -> log.atWarn()
                        .addKeyValue("partition", partition)
                        .addKeyValue("key", cut.key())
                        .addKeyValue("from", cut.firstOffset())
                        .addKeyValue("to", position)
                        .log("a decided file lost records: what is left goes into another one; an object of the key is"
                                + " in no manifest"));
    }

    /** What decoders of another configuration knew is none of this one's: it reads nothing that they decided. */
    private static PartitionEntry entry(LedgerCodec.Partition restored, String fingerprint) {
        return restored.fingerprint().equals(fingerprint)
                ? restored.entry()
                : restored.entry().withoutEpochs();
    }

    private DataBatch open(Batch<DataBatch> batch) {
        growing.add(batch);
        Group group = decoder.group();
        if (batch.isOpen()) {
            openBatches++;
        }
        DataBatch opened = new DataBatch(
                group,
                batch.isOpen() ? carried.of(group.id(), group.schema()) : DataBatch.promised(batch.promisedColumns()),
                scope.settings().metadata(),
                partition.partition(),
                scope.settings().writer(),
                scope.files(),
                scope.budget(),
                scope.spool(),
                delivered,
                scope.clock().millis());
        long end = decoder.sliceEndMs();
        opened.setSlice(end, batch.isOpen() && slices.isComplete(end));
        return opened;
    }

    // ---- the way of a record ---------------------------------------------------------------------------------------

    /**
     * Takes the next record of the partition.
     *
     * @return why its dead letter must be sent now, or null
     */
    @Nullable
    Rejection process(SourceRecord record) {
        if (isResting || isToRest()) {
            hasDiscarded = true;
            return null;
        }
        long bytes = length(record.key()) + length(record.value());
        metrics.recordRead(bytes);
        streamTime = Math.max(streamTime, record.timestampMs());
        taking.clear();
        Rejection rejection = read(record);
        if (decoder.hasDriftedClock()) {
            metrics.clockDrifted();
        }
        if (rejection == null) {
            place(record);
        } else if (!ledger.reject(record.offset())) {
            rejection = null;
        }
        if (rejection != null) {
            stopIfAsked(record, rejection);
            metrics.deadLettered(rejection.reason().name().toLowerCase(Locale.ROOT));
        }
        delivered++;
        ledger.processed(record.offset(), this::closeBound);
        rotate();
        bytesToCheck -= bytes;
        if (--recordsToCheck <= 0 || bytesToCheck <= 0) {
            relieve();
        }
        return rejection;
    }

    /** Not at a record whose dead letter is sent: that was decided. */
    private void stopIfAsked(SourceRecord record, Rejection rejection) {
        scope.settings().data().stopsAt(rejection.reason()).ifPresent(key -> {
            throw new ArchiveStoppedException(partition + "@" + record.offset() + ": " + rejection.detail()
                    + "; mend the schema, or set pipelines[" + scope.settings().name() + "].data." + key
                    + ": reject to send such records to the dead letters");
        });
    }

    /** Reads the record with the schemas that decided it when it was read before, else with all that is known by now. */
    private @Nullable Rejection read(SourceRecord record) {
        String known = ledger.schemasFrom(record.offset());
        if (known != null) {
            decoder.restoreSchemaState(known);
            schemas = decoder.schemaState();
        }
        if (ledger.mayLearn(record.offset())) {
            decoder.learn();
        }
        Rejection rejection = decoder.read(record);
        String now = decoder.schemaState();
        if (!now.equals(schemas)) {
            ledger.learned(record.offset(), now);
            schemas = now;
            log.atInfo()
                    .addKeyValue("pipeline", scope.settings().name())
                    .addKeyValue("partition", partition)
                    .addKeyValue("offset", record.offset())
                    .log("schemas have changed");
        }
        return rejection;
    }

    private void closeBound(Batch<DataBatch> batch) {
        growing.remove(batch);
        carry(batch, batch.cut().reason().equals(RotationReason.GROUP_END.label()));
        files.closeBound(batch, delivered);
    }

    private static long length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    /** Puts the record into the batches of its groups: almost always one. */
    private void place(SourceRecord record) {
        int groups = decoder.groupCount();
        boolean isSkipped = groups > 0;
        for (int i = 0; i < groups; i++) {
            decoder.turnTo(i);
            Batch<DataBatch> batch = append(record);
            taking.add(batch);
            isSkipped &= batch == null;
        }
        if (groups == 0) {
            ledger.leaveOut(record.offset());
        } else if (isSkipped) {
            metrics.recordSkipped();
        }
    }

    private @Nullable Batch<DataBatch> append(SourceRecord record) {
        Group group = decoder.group();
        long now = scope.clock().millis();
        slices.read(decoder.sliceTimeMs(), now);
        Batch<DataBatch> present = ledger.taking(record.offset(), group.id());
        if (present != null && present.isOpen() && !present.contents().takes(decoder)) {
            cut(present, RotationReason.SCHEMA);
        }
        Batch<DataBatch> batch = ledger.place(record.offset(), group.id());
        if (batch == null) {
            return null;
        }
        int rows = batch.contents().append(decoder, record, now);
        batch.addRows(rows);
        metrics.rowsAppended(rows);
        if (batch.contents().isLate()) {
            metrics.recordLate();
        }
        return batch;
    }

    private void rotate() {
        for (int i = 0; i < taking.size(); i++) {
            Batch<DataBatch> batch = taking.get(i);
            if (batch != null && batch.isOpen()) {
                decoder.turnTo(i);
                rotate(batch);
            }
        }
    }

    private void rotate(Batch<DataBatch> batch) {
        RotationReason reason = decoder.endsGroup()
                ? RotationReason.GROUP_END
                : policy.afterRecord(batch.contents(), batch.rows(), streamTimeOf(batch));
        if (reason != null) {
            cut(batch, reason);
        } else if (openBatches > scope.settings().maxOpenGroups()) {
            oldestOpen().ifPresent(oldest -> cut(oldest, RotationReason.OPEN_GROUPS));
        }
    }

    /** What a batch is asked about: of late records all of stream time has passed. */
    private long streamTimeOf(Batch<DataBatch> batch) {
        return batch.contents().isLate() ? batch.contents().firstTimestamp() : streamTime;
    }

    private void cut(Batch<DataBatch> batch, RotationReason reason) {
        if (ledger.canCut(batch)) {
            growing.remove(batch);
            openBatches--;
            carry(batch, reason == RotationReason.GROUP_END);
            files.cut(batch, reason, delivered);
        }
    }

    private void carry(Batch<DataBatch> batch, boolean isLast) {
        if (isLast) {
            carried.forget(batch.group());
        } else {
            carried.keep(batch.group(), batch.contents().discovered());
        }
    }

    // ---- the clock -------------------------------------------------------------------------------------------------

    /** What is due without a record: outcomes of uploads, batches that grew old, memory, rest. */
    void tick() {
        files.drainOutcomes();
        long now = scope.clock().millis();
        isResting |= isToRest();
        boolean isAllCut = true;
        if (!isResting) {
            cutDue(batch -> due(batch.contents(), now));
            relieve();
        } else if (scope.drain().mode() != DrainSignal.Mode.REST) {
            isAllCut = cutDue(batch -> RotationReason.SHUTDOWN);
        }
        ledger.tidy();
        progress = new PartitionProgress(growing.size(), ledger.groupCount(), oldestHeldMs());
        isAtRest = isResting && isAllCut && files.isIdle();
    }

    private @Nullable RotationReason due(DataBatch batch, long now) {
        RotationReason reason = slices.onClock(batch, now);
        return reason != null || batch.isLate() ? reason : policy.onClock(batch, streamTime, now);
    }

    /** Cuts what is due; false if there was no time for all of it, since many batches grow old together. */
    private boolean cutDue(Function<Batch<DataBatch>, @Nullable RotationReason> due) {
        long end = scope.clock().millis() + MAX_CUTTING_MS;
        for (Batch<DataBatch> batch : openBatches()) {
            RotationReason reason = due.apply(batch);
            if (reason != null) {
                if (scope.clock().millis() > end) {
                    return false;
                }
                cut(batch, reason);
            }
        }
        return true;
    }

    private long oldestHeldMs() {
        return ledger.holding().isEmpty()
                ? PartitionProgress.ALL_ARCHIVED
                : ledger.holding().iterator().next().contents().firstTimestamp();
    }

    private boolean isToRest() {
        return switch (scope.drain().mode()) {
            case RUN -> false;
            case FINISH_DECIDED -> ledger.position() >= drainTarget;
            case REST, CUT_AND_REST -> true;
        };
    }

    @Override
    public boolean isAtRest() {
        return isAtRest;
    }

    @Override
    public PartitionProgress progress() {
        return progress;
    }

    /**
     * The low-water mark. While nothing is held it moves on with Kafka Streams over what lies between records; otherwise
     * retention of transaction markers and aborted records would look like a loss.
     */
    @Override
    public OptionalLong committable(long processed) {
        if (!ledger.hasProcessed()) {
            return OptionalLong.empty();
        }
        if (!hasDiscarded) {
            ledger.pass(processed);
        }
        return OptionalLong.of(ledger.committableOffset());
    }

    /** Gives memory to the spool and spool to the store, largest first, while there is too little. */
    private void relieve() {
        recordsToCheck = RECORDS_BETWEEN_CHECKS;
        bytesToCheck = BYTES_BETWEEN_CHECKS;
        if (scope.budget().isExceeded()) {
            relieveMemory();
        }
        if (scope.spool().isCrowded()) {
            openBatches().stream()
                    .filter(batch -> batch.contents().fileBytes() > 0)
                    .max(Comparator.comparingLong(batch -> batch.contents().fileBytes()))
                    .ifPresent(largest -> cut(largest, RotationReason.SPOOL));
        }
    }

    private void relieveMemory() {
        for (Batch<DataBatch> batch : bySize()) {
            if (scope.budget().isRelieved() || batch.contents().memoryBytes() < WORTH_SPOOLING_BYTES) {
                break;
            }
            batch.contents().spool();
        }
        Iterator<Batch<DataBatch>> oldestFirst = openBatches().iterator();
        while (scope.budget().isExceeded() && oldestFirst.hasNext()) {
            cut(oldestFirst.next(), RotationReason.MEMORY);
        }
    }

    private List<Batch<DataBatch>> bySize() {
        return growing.stream()
                .sorted(Comparator.comparingLong(
                                (Batch<DataBatch> batch) -> batch.contents().memoryBytes())
                        .reversed())
                .toList();
    }

    private List<Batch<DataBatch>> openBatches() {
        return growing.stream().filter(Batch::isOpen).toList();
    }

    private Optional<Batch<DataBatch>> oldestOpen() {
        return growing.stream().filter(Batch::isOpen).findFirst();
    }

    /** Lets go: the low-water mark is no longer this incarnation's to tell. */
    void close() {
        scope.heldOffsets().remove(partition, this);
        files.close();
        for (Batch<DataBatch> batch : ledger.all()) {
            if (batch.hasContents()) {
                batch.contents().close();
            }
        }
    }

    PartitionLedger<DataBatch> ledger() {
        return ledger;
    }

    TopicPartition partition() {
        return partition;
    }

    /** Greatest record time read, epoch milliseconds. */
    long streamTime() {
        return streamTime;
    }
}
