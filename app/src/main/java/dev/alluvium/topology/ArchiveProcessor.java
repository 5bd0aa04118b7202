package dev.alluvium.topology;

import dev.alluvium.batch.GroupEntry;
import dev.alluvium.batch.LedgerWriter;
import dev.alluvium.batch.PartitionEntry;
import dev.alluvium.decode.Rejection;
import dev.alluvium.proto.manifest.v1.DataFile;
import dev.alluvium.record.SourceHeader;
import dev.alluvium.record.SourceRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The one processor of the topology: hands each record, or run of records, to the stream of its partition, sends dead letters, and ticks.
 * What it writes, it writes in {@code process} or in the punctuator of an incarnation that has processed a record, so
 * that every transaction carries offsets and a zombie's is fenced.
 */
final class ArchiveProcessor implements Processor<byte[], byte[], byte[], byte[]>, TaskOutputs {
    static final String NAME = "archive";
    static final String LEDGER = "ledger";
    static final String MANIFEST_SINK = "manifest";
    static final String DEAD_LETTER_SINK = "dead-letters";

    private static final Duration TICK = Duration.ofMillis(100);
    /**
     * A transaction takes 10 ms and more, and carries any number of cuts: with one for each, short sessions came through
     * at 80 a second.
     */
    private static final long COMMIT_PAUSE_MS = 200;

    private final PipelineScope scope;
    private final DeadLetters deadLetters;
    private final boolean needsHeaders;
    private ProcessorContext<byte[], byte[]> context;
    private KeyValueStore<byte[], byte[]> ledgerStore;
    private Cancellable ticks;
    private Map<TopicPartition, PartitionStream> partitions = Map.of();
    private Ledger restored = new Ledger();
    /** Most records come in runs of one partition. */
    private @Nullable PartitionStream last;

    private boolean isCommitDue;
    private long lastCommitRequest;

    @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
    ArchiveProcessor(PipelineScope scope) {
        this.scope = scope;
        this.deadLetters = new DeadLetters(scope.settings().name());
        this.needsHeaders = scope.settings().metadata().needsHeaders();
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> processorContext) {
        context = processorContext;
        ledgerStore = context.getStateStore(LEDGER);
        BatchStore batches = context.getStateStore(BatchStore.NAME);
        partitions = batches.partitions();
        restored = new Ledger();
        try (KeyValueIterator<byte[], byte[]> entries = ledgerStore.all()) {
            while (entries.hasNext()) {
                KeyValue<byte[], byte[]> entry = entries.next();
                restored.put(entry.key, entry.value);
            }
        }
        for (TopicPartition partition : source()) {
            scope.heldOffsets().register(partition, HeldOffsets.UNTOUCHED);
        }
        ticks = context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, now -> tick());
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RecordMetadata position = context.recordMetadata().orElseThrow();
        PartitionStream partition = partition(position);
        List<ConsumerRecord<byte[], byte[]>> run = RecordRun.of(record.headers());
        if (run == null) {
            process(
                    partition,
                    new SourceRecord(
                            position.offset(),
                            record.timestamp(),
                            record.key(),
                            record.value(),
                            asked(record.headers())),
                    record.headers());
            return;
        }
        for (ConsumerRecord<byte[], byte[]> each : run) {
            process(
                    partition,
                    new SourceRecord(
                            each.offset(),
                            ArchiveTopology.timestamp(each.timestamp()),
                            each.key(),
                            each.value(),
                            asked(each.headers())),
                    each.headers());
        }
    }

    private void process(PartitionStream partition, SourceRecord record, Headers headers) {
        Rejection rejection = partition.process(record);
        if (rejection != null) {
            context.forward(deadLetters.of(partition.partition(), record, headers, rejection), DEAD_LETTER_SINK);
        }
    }

    private List<SourceHeader> asked(Headers headers) {
        if (!needsHeaders) {
            return List.of();
        }
        List<SourceHeader> asked = new ArrayList<>();
        headers.forEach(header -> asked.add(new SourceHeader(header.key(), header.value())));
        return asked;
    }

    private PartitionStream partition(RecordMetadata position) {
        PartitionStream known = last;
        if (known != null
                && known.partition().partition() == position.partition()
                && known.partition().topic().equals(position.topic())) {
            return known;
        }
        TopicPartition partition = new TopicPartition(position.topic(), position.partition());
        PartitionStream found = partitions.computeIfAbsent(
                partition, p -> new PartitionStream(scope, p, position.offset(), restored.of(p), this));
        last = found;
        return found;
    }

    private void tick() {
        partitions.values().forEach(PartitionStream::tick);
        if (isCommitDue) {
            commitSoon(scope.clock().millis());
        }
    }

    @Override
    public void close() {
        last = null;
        ticks.cancel();
        partitions.values().forEach(PartitionStream::close);
        partitions.clear();
        for (TopicPartition partition : source()) {
            scope.heldOffsets().remove(partition, HeldOffsets.UNTOUCHED);
        }
    }

    private List<TopicPartition> source() {
        return scope.source().ofTask(context.taskId().partition());
    }

    // ---- what partitions write -------------------------------------------------------------------------------------

    @Override
    public LedgerWriter ledgerOf(TopicPartition partition) {
        String topicId = scope.source().topicId(partition.topic());
        return new LedgerWriter() {
            @Override
            public void putPartition(PartitionEntry entry) {
                ledgerStore.put(
                        LedgerCodec.key(partition),
                        LedgerCodec.value(new LedgerCodec.Partition(entry, topicId, scope.fingerprint())));
            }

            @Override
            public void putGroup(String group, GroupEntry entry) {
                ledgerStore.put(LedgerCodec.key(partition, group), LedgerCodec.value(entry));
            }

            @Override
            public void deleteGroup(String group) {
                ledgerStore.delete(LedgerCodec.key(partition, group));
            }
        };
    }

    @Override
    public void manifest(DataFile file) {
        context.forward(
                new Record<>(
                        file.getKey().getBytes(StandardCharsets.UTF_8),
                        file.toByteArray(),
                        scope.clock().millis()),
                MANIFEST_SINK);
    }

    @Override
    public void requestCommit() {
        long now = scope.clock().millis();
        // A pause stops the punctuator, and uploads, which end it, wait for this commit.
        if (now - lastCommitRequest >= COMMIT_PAUSE_MS || scope.spool().isBacklogHigh()) {
            commitSoon(now);
        } else {
            isCommitDue = true;
        }
    }

    private void commitSoon(long now) {
        context.commit();
        lastCommitRequest = now;
        isCommitDue = false;
    }
}
