package dev.alluvium.topology;

import dev.alluvium.batch.Batch;
import dev.alluvium.batch.DataBatch;
import dev.alluvium.batch.PartitionLedger;
import dev.alluvium.batch.RotationPolicy;
import dev.alluvium.batch.RotationReason;
import dev.alluvium.decode.Group;
import dev.alluvium.decode.RecordDecoder;
import dev.alluvium.decode.Rejection;
import dev.alluvium.metrics.ArchiveMetrics;
import dev.alluvium.record.SourceRecord;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * One source partition in one incarnation of its task: the way of a record from bytes into an open batch, and when
 * batches are cut. Owned by the stream thread.
 */
final class PartitionStream implements HeldOffsets.Holder {
    /** How many records pass between two looks at the budget and the spool. */
    private static final int RECORDS_BETWEEN_CHECKS = 64;
    /** A batch that holds less is not worth a row group of its own. */
    private static final long WORTH_SPOOLING_BYTES = 64 << 10;

    private final PipelineScope scope;
    private final TopicPartition partition;
    private final PartitionLedger<DataBatch> ledger;
    private final PartitionFiles files;
    private final RecordDecoder decoder;
    private final RotationPolicy policy;
    private final ArchiveMetrics.Source metrics;
    private final long drainTarget;

    private long streamTime = Long.MIN_VALUE;
    private long delivered;
    private int openBatches;
    private boolean hasDiscarded;
    private boolean isResting;
    private volatile boolean isAtRest;

    PartitionStream(
            PipelineScope scope, TopicPartition partition, long position, Ledger.Entry restored, TaskOutputs outputs) {
        this.scope = scope;
        this.partition = partition;
        this.decoder = scope.data().decoder(partition.partition());
        this.policy = new RotationPolicy(scope.settings().rotation());
        this.metrics = scope.metrics().source(partition.topic());
        this.ledger = new PartitionLedger<>(
                position,
                restored.partition().entry(),
                restored.groups(),
                outputs.ledgerOf(partition),
                this::open,
                scope.rules());
        this.drainTarget = restored.drainTarget();
        this.files = new PartitionFiles(scope, partition, ledger, outputs::requestCommit, outputs::manifest);
        scope.heldOffsets().register(partition, this);
    }

    private DataBatch open(Batch<DataBatch> batch) {
        if (batch.isOpen()) {
            openBatches++;
        }
        return new DataBatch(
                decoder.group(),
                DataBatch.promised(batch.promisedColumns()),
                scope.settings().writer(),
                scope.budget(),
                scope.spool(),
                delivered,
                scope.clock().millis());
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
        metrics.recordRead(length(record.key()) + length(record.value()));
        streamTime = Math.max(streamTime, record.timestampMs());
        Rejection rejection = decoder.read(record);
        Batch<DataBatch> batch = null;
        if (rejection == null) {
            batch = append(record);
        } else if (!ledger.reject(record.offset())) {
            rejection = null;
        }
        if (rejection != null) {
            metrics.deadLettered(rejection.reason().name().toLowerCase(Locale.ROOT));
        }
        delivered++;
        ledger.processed(record.offset(), closed -> files.closeBound(closed, delivered));
        if (batch != null && batch.isOpen()) {
            rotate(batch);
        }
        if (delivered % RECORDS_BETWEEN_CHECKS == 0) {
            relieve();
        }
        return rejection;
    }

    private static long length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private @Nullable Batch<DataBatch> append(SourceRecord record) {
        Group group = decoder.group();
        Batch<DataBatch> taking = ledger.taking(record.offset(), group.id());
        if (taking != null && taking.isOpen() && !taking.contents().takes(decoder)) {
            cut(taking, RotationReason.SCHEMA);
        }
        Batch<DataBatch> batch = ledger.place(record.offset(), group.id());
        if (batch == null) {
            metrics.recordSkipped();
            return null;
        }
        int rows = batch.contents().append(decoder, record, scope.clock().millis());
        batch.addRows(rows);
        metrics.rowsAppended(rows);
        return batch;
    }

    private void rotate(Batch<DataBatch> batch) {
        RotationReason reason = decoder.endsGroup()
                ? RotationReason.GROUP_END
                : policy.afterRecord(batch.contents(), batch.rows(), streamTime);
        if (reason != null) {
            cut(batch, reason);
        } else if (openBatches > scope.settings().maxOpenGroups()) {
            oldestOpen().ifPresent(oldest -> cut(oldest, RotationReason.OPEN_GROUPS));
        }
    }

    private void cut(Batch<DataBatch> batch, RotationReason reason) {
        if (ledger.canCut(batch)) {
            openBatches--;
            files.cut(batch, reason, delivered);
        }
    }

    // ---- the clock -------------------------------------------------------------------------------------------------

    /** What is due without a record: outcomes of uploads, batches that grew old, memory, rest. */
    void tick() {
        files.drainOutcomes();
        DrainSignal.Mode mode = scope.drain().mode();
        if (!isResting && isToRest()) {
            isResting = true;
            if (mode == DrainSignal.Mode.CUT_AND_REST || mode == DrainSignal.Mode.FINISH_DECIDED) {
                openBatches().forEach(batch -> cut(batch, RotationReason.SHUTDOWN));
            }
        }
        if (!isResting) {
            long now = scope.clock().millis();
            for (Batch<DataBatch> batch : openBatches()) {
                RotationReason reason = policy.onClock(batch.contents(), streamTime, now);
                if (reason != null) {
                    cut(batch, reason);
                }
            }
            relieve();
        }
        ledger.tidy();
        isAtRest = isResting && files.isIdle();
    }

    private boolean isToRest() {
        return switch (scope.drain().mode()) {
            case RUN -> false;
            case FINISH_DECIDED -> ledger.position() >= drainTarget && ledger.hasProcessed();
            case REST, CUT_AND_REST -> true;
        };
    }

    @Override
    public boolean isAtRest() {
        return isAtRest;
    }

    /**
     * The low-water mark. While nothing is held it may move on with Kafka Streams over what lies between records,
     * transaction markers and aborted records; otherwise retention would look like a loss.
     */
    @Override
    public long committable(long processed) {
        boolean isHolding = ledger.committableOffset() < ledger.position();
        return isHolding || hasDiscarded ? ledger.committableOffset() : Math.max(ledger.position(), processed);
    }

    /** Gives memory to the spool and spool to the store, largest first, while there is too little. */
    private void relieve() {
        if (scope.budget().isExceeded()) {
            for (Batch<DataBatch> batch : bySize()) {
                if (scope.budget().isRelieved() || batch.contents().memoryBytes() < WORTH_SPOOLING_BYTES) {
                    break;
                }
                batch.contents().spool();
            }
        }
        if (scope.budget().isExceeded()) {
            oldestOpen().ifPresent(oldest -> cut(oldest, RotationReason.MEMORY));
        }
        if (scope.spool().isCrowded()) {
            openBatches().stream()
                    .filter(batch -> batch.contents().fileBytes() > 0)
                    .max(Comparator.comparingLong(batch -> batch.contents().fileBytes()))
                    .ifPresent(largest -> cut(largest, RotationReason.SPOOL));
        }
    }

    private List<Batch<DataBatch>> bySize() {
        return ledger.holding().stream()
                .filter(batch -> batch.isOpen() || batch.status() == Batch.Status.BOUND)
                .sorted(Comparator.comparingLong(
                                (Batch<DataBatch> batch) -> batch.contents().memoryBytes())
                        .reversed())
                .toList();
    }

    private List<Batch<DataBatch>> openBatches() {
        return ledger.holding().stream().filter(Batch::isOpen).toList();
    }

    private Optional<Batch<DataBatch>> oldestOpen() {
        return ledger.holding().stream().filter(Batch::isOpen).findFirst();
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
