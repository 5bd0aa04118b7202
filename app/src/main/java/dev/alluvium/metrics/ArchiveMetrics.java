package dev.alluvium.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Every meter of the product, by its domain name; docs/metrics.md lists what Prometheus sees. Pipelines and sources keep
 * their counters at hand, so that a count is one addition: hold on to them. Thread safe. A gauge that is given again
 * replaces the former one: after a pipeline has been restarted in the same process, the new one is heard.
 */
public final class ArchiveMetrics {
    private static final @Nullable String NO_UNIT = null; // an empty one would show in the name
    private static final Duration[] UPLOAD_BUCKETS = seconds(0.01, 0.1, 0.5, 1, 5, 10, 30, 60, 300);
    private static final Duration[] VISIBLE_BUCKETS = seconds(0.1, 1, 5, 10, 30, 60, 120, 300, 900, 3600);

    private final MeterRegistry registry;

    public ArchiveMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** The meters of a pipeline; asked twice, they count on. */
    public Pipeline pipeline(String name) {
        return new Pipeline(name);
    }

    /** Adds meters that come with a library; whoever made the binder takes them away again. */
    public void bind(MeterBinder binder) {
        binder.bindTo(registry);
    }

    /** Bytes of Arrow buffers that the process holds. */
    public void arrowBytes(Supplier<Number> bytes) {
        gauge("alluvium.arrow", "bytes", "Bytes of Arrow buffers held", Tags.empty(), bytes);
    }

    /** Bytes of the spool that are in use or reserved. */
    public void spoolBytes(Supplier<Number> bytes) {
        gauge("alluvium.spool", "bytes", "Bytes of spool files, written or reserved", Tags.empty(), bytes);
    }

    /** The limit of the spool, in bytes. */
    public void spoolLimitBytes(Supplier<Number> bytes) {
        gauge("alluvium.spool.limit", "bytes", "Bytes the spool may take", Tags.empty(), bytes);
    }

    /** Uploads that run or wait for a retry. */
    public void uploadsInFlight(Supplier<Number> uploads) {
        gauge("alluvium.uploads.in.flight", NO_UNIT, "Uploads that run or wait for a retry", Tags.empty(), uploads);
    }

    private Counter counter(String name, @Nullable String unit, String description, Tags tags) {
        return Counter.builder(name)
                .baseUnit(unit)
                .description(description)
                .tags(tags)
                .register(registry);
    }

    private Timer timer(String name, String description, Tags tags, Duration[] buckets) {
        return Timer.builder(name)
                .description(description)
                .tags(tags)
                .serviceLevelObjectives(buckets)
                .register(registry);
    }

    private synchronized void gauge(
            String name, @Nullable String unit, String description, Tags tags, Supplier<Number> value) {
        // A registry keeps the first gauge of a name and ignores later ones.
        Gauge former = registry.find(name).tags(tags).gauge();
        if (former != null) {
            registry.remove(former);
        }
        Gauge.builder(name, value)
                .baseUnit(unit)
                .description(description)
                .tags(tags)
                .register(registry);
    }

    private static Duration[] seconds(double... bounds) {
        Duration[] durations = new Duration[bounds.length];
        for (int i = 0; i < bounds.length; i++) {
            durations[i] = Duration.ofMillis(Math.round(bounds[i] * 1000));
        }
        return durations;
    }

    /** The meters of one pipeline. */
    public final class Pipeline {
        private final Tags tags;
        private final Map<String, Counter> filesFinished = new ConcurrentHashMap<>();
        private final Counter fileBytes;
        private final Counter uploadsRetried;
        private final Counter retryableErrors;
        private final Counter permanentErrors;
        private final Counter tableVersionsRefused;
        private final Timer upload;
        private final Timer cutToVisible;

        private Pipeline(String name) {
            tags = Tags.of("pipeline", name);
            fileBytes = counter("alluvium.file", "bytes", "Bytes of finished files", tags);
            uploadsRetried = counter("alluvium.uploads.retried", NO_UNIT, "Uploads tried again after an error", tags);
            retryableErrors = storageErrors("retryable");
            permanentErrors = storageErrors("permanent");
            tableVersionsRefused = counter(
                    "alluvium.table.versions.refused",
                    NO_UNIT,
                    "Versions of tables that break the rules and are not in force",
                    tags);
            upload = timer("alluvium.upload", "Time of one successful put", tags, UPLOAD_BUCKETS);
            cutToVisible =
                    timer("alluvium.cut.to.visible", "Time from a file's cut to its object", tags, VISIBLE_BUCKETS);
        }

        /** The meters of one of the pipeline's topics; asked twice, they count on. */
        public Source source(String topic) {
            return new Source(tags.and("topic", topic));
        }

        /**
         * A file is done: uploaded, or found and adopted, and its ledger entry committed.
         *
         * @param rotation what closed it, from a small fixed set ({@code size}, {@code age})
         */
        public void fileFinished(String rotation, long bytes) {
            filesFinished
                    .computeIfAbsent(
                            rotation,
                            r -> counter("alluvium.files.finished", NO_UNIT, "Files done", tags.and("rotation", r)))
                    .increment();
            fileBytes.increment((double) bytes);
        }

        /** A put has succeeded after so long, retries not included. */
        public void uploaded(Duration time) {
            upload.record(time);
        }

        /** An object has become visible so long after its cut was decided. */
        public void becameVisible(Duration sinceCut) {
            cutToVisible.record(sinceCut);
        }

        /** An upload is tried again. */
        public void uploadRetried() {
            uploadsRetried.increment();
        }

        /** A call to the object store has failed; retryable as its exception says. */
        public void storageFailed(boolean isRetryable) {
            (isRetryable ? retryableErrors : permanentErrors).increment();
        }

        /** A version of a table breaks the rules and does not come into force. */
        public void tableVersionRefused() {
            tableVersionsRefused.increment();
        }

        /** Batches that hold rows and are not cut yet, over all tasks. */
        public void openBatches(Supplier<Number> batches) {
            gauge("alluvium.open.batches", NO_UNIT, "Batches that hold rows and are not cut", tags, batches);
        }

        /** Live groups in the ledgers, over all tasks. */
        public void ledgerGroups(Supplier<Number> groups) {
            gauge("alluvium.ledger.groups", NO_UNIT, "Live groups in the ledger", tags, groups);
        }

        /** Age in seconds of the oldest record that is read and not archived; 0 if all are archived. */
        public void archivedUpToLagSeconds(Supplier<Number> seconds) {
            gauge(
                    "alluvium.archived.up.to.lag",
                    "seconds",
                    "Age of the oldest record that is read and not archived",
                    tags,
                    seconds);
        }

        private Counter storageErrors(String kind) {
            return counter(
                    "alluvium.storage.errors", NO_UNIT, "Failed calls to the object store", tags.and("kind", kind));
        }
    }

    /** The meters of one topic of a pipeline. The counts per record are single additions. */
    public final class Source {
        private final Tags tags;
        private final Map<String, Counter> deadLetters = new ConcurrentHashMap<>();
        private final Counter recordsRead;
        private final Counter sourceBytes;
        private final Counter rowsAppended;
        private final Counter recordsSkipped;
        private final Counter recordsReplayed;
        private final Counter recordsLate;
        private final Counter gapOffsetsLost;
        private final Counter clockDrift;

        private Source(Tags tags) {
            this.tags = tags;
            recordsRead = counter("alluvium.records.read", NO_UNIT, "Records handed to the processor", tags);
            sourceBytes = counter("alluvium.source", "bytes", "Bytes of keys and values read", tags);
            rowsAppended = counter("alluvium.rows.appended", NO_UNIT, "Rows put into open batches", tags);
            recordsSkipped =
                    counter("alluvium.records.skipped", NO_UNIT, "Records read again that were archived already", tags);
            recordsReplayed = counter(
                    "alluvium.records.replayed",
                    NO_UNIT,
                    "Records read again because they were not archived yet",
                    tags);
            recordsLate =
                    counter("alluvium.records.late", NO_UNIT, "Records that came after their slice was complete", tags);
            gapOffsetsLost = counter(
                    "alluvium.gap.offsets.lost",
                    NO_UNIT,
                    "Offsets that retention removed before they were archived",
                    tags);
            clockDrift = counter(
                    "alluvium.clock.drift.records", NO_UNIT, "Records whose HLC is too far ahead of their time", tags);
        }

        /** A record has come in; key and value together have so many bytes. */
        public void recordRead(long bytes) {
            recordsRead.increment();
            sourceBytes.increment((double) bytes);
        }

        /** Rows of a record have gone into a batch. */
        public void rowsAppended(long rows) {
            rowsAppended.increment((double) rows);
        }

        /** A record was archived already and is left out. */
        public void recordSkipped() {
            recordsSkipped.increment();
        }

        /** A record has gone into a batch of late ones. */
        public void recordLate() {
            recordsLate.increment();
        }

        /** A record that an earlier incarnation had read is read again and appended. */
        public void recordReplayed() {
            recordsReplayed.increment();
        }

        /**
         * A record has gone to the dead-letter topic.
         *
         * @param reason from a small fixed set
         */
        public void deadLettered(String reason) {
            deadLetters
                    .computeIfAbsent(
                            reason,
                            r -> counter(
                                    "alluvium.dead.letters",
                                    NO_UNIT,
                                    "Records sent to the dead-letter topic",
                                    tags.and("reason", r)))
                    .increment();
        }

        /** The log starts so many offsets above what is archived: they are lost. */
        public void gapLost(long offsets) {
            gapOffsetsLost.increment((double) offsets);
        }

        /** A record's HLC is further ahead of its timestamp than allowed. */
        public void clockDrifted() {
            clockDrift.increment();
        }
    }
}
