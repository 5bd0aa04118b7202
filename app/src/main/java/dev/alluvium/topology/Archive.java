package dev.alluvium.topology;

import dev.alluvium.batch.DiskFault;
import dev.alluvium.batch.MemoryBudget;
import dev.alluvium.batch.RowFile;
import dev.alluvium.batch.Rule;
import dev.alluvium.batch.Spool;
import dev.alluvium.metrics.ArchiveMetrics;
import dev.alluvium.ops.PipelineStatus;
import dev.alluvium.ops.StatusSource;
import dev.alluvium.parquet.LearnedEncodings;
import dev.alluvium.storage.ObjectStore;
import dev.alluvium.upload.Uploader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The archive of a process: its pipelines, and what they share: one budget of memory, one spool, one pool of uploads.
 * Thread safe.
 */
public final class Archive implements StatusSource, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Archive.class);
    private static final Duration WATCH = Duration.ofMillis(100);
    /** Rounds of the watcher between two looks at the disk and at Kafka. */
    private static final int ROUNDS_BETWEEN_LOOKS = 20;

    private static final Duration DRAIN_POLL = Duration.ofMillis(100);
    private static final Duration LEDGER_POLL = Duration.ofSeconds(1);

    private final ApplicationSettings settings;
    private final MemoryBudget budget;
    private final Spool spool;
    private final Uploader uploader;
    private final List<Pipeline> pipelines;
    private final FirstContact firstContact;
    private final Clock clock;
    private final ExecutorService watcher;

    /** What a process brings along that is not configuration. */
    public record Surroundings(
            ObjectStore store,
            ArchiveMetrics metrics,
            Clock clock,
            RandomGenerator chance,
            String writerVersion,
            Set<Rule> rules,
            StageListener stages) {

        /** As in production: all rules, nobody listens. */
        public static Surroundings of(
                ObjectStore store, ArchiveMetrics metrics, Clock clock, RandomGenerator chance, String writerVersion) {
            return new Surroundings(store, metrics, clock, chance, writerVersion, Rule.all(), StageListener.NONE);
        }
    }

    private Archive(ApplicationSettings settings, Surroundings around, Spool spool) {
        this.settings = settings;
        this.spool = spool;
        this.clock = around.clock();
        this.budget = new MemoryBudget(settings.memoryBudgetBytes());
        this.uploader = new Uploader(around.store(), settings.uploadThreads(), clock, around.chance());
        List<PipelineSettings> enabled =
                settings.pipelines().stream().filter(PipelineSettings::enabled).toList();
        this.pipelines =
                enabled.stream().map(pipeline -> pipeline(pipeline, around)).toList();
        this.firstContact = new FirstContact(
                enabled.stream()
                        .map(pipeline -> new KafkaProperties(settings, pipeline))
                        .toList(),
                clock);
        this.watcher = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "spool-watcher");
            thread.setDaemon(true);
            return thread;
        });
        this.pipelines.forEach(pipeline -> meter(pipeline, around.metrics().pipeline(pipeline.name())));
        around.metrics().arrowBytes(budget::usedBytes);
        around.metrics().spoolBytes(spool::usedBytes);
        around.metrics().spoolLimitBytes(spool::limitBytes);
        around.metrics().uploadsInFlight(uploader::inFlight);
    }

    /**
     * Takes the spool and makes everything ready; reads nothing yet. The store stays the caller's to close.
     *
     * @throws IOException if the spool cannot be taken or a folder cannot be written; the message names the setting
     */
    public static Archive open(ApplicationSettings settings, Surroundings around) throws IOException {
        requireWritable("state.path", settings.stateDirectory());
        return new Archive(settings, around, Spool.open(settings.spool(), settings.spoolLimitBytes()));
    }

    /** Kafka Streams would try again for ever. */
    private static void requireWritable(String setting, Path folder) throws IOException {
        try {
            Files.createDirectories(folder);
            Files.delete(Files.createTempFile(folder, ".probe", ""));
        } catch (IOException e) {
            throw new IOException(DiskFault.line(setting, folder, e), e);
        }
    }

    private Pipeline pipeline(PipelineSettings pipeline, Surroundings around) {
        DataSet data = DataSet.of(pipeline, clock);
        String fingerprint = data.fingerprint(pipeline);
        KafkaProperties properties = new KafkaProperties(settings, pipeline);
        ArchiveMetrics.Pipeline metrics = around.metrics().pipeline(pipeline.name());
        StartUpCheck check = new StartUpCheck(pipeline, properties, fingerprint, metrics);
        DrainSignal drain = new DrainSignal();
        Optional<TablesTopic> tables = TablesTopic.of(pipeline, properties, data, metrics);
        return new Pipeline(pipeline, properties, check, drain, tables, around.metrics(), source -> {
            spool.requireWritable();
            data.check();
            return new PipelineScope(
                    pipeline,
                    data,
                    source,
                    fingerprint,
                    data.files(pipeline.writer(), RowFile.parquet(pipeline.writer(), budget, new LearnedEncodings())),
                    budget,
                    spool,
                    uploader,
                    metrics,
                    new HeldOffsets(),
                    new Transactions(),
                    drain,
                    this::balance,
                    clock,
                    around.rules(),
                    around.stages(),
                    around.writerVersion());
        });
    }

    private void meter(Pipeline pipeline, ArchiveMetrics.Pipeline metrics) {
        metrics.openBatches(() -> pipeline.progress().openBatches());
        metrics.ledgerGroups(() -> pipeline.progress().ledgerGroups());
        metrics.archivedUpToLagSeconds(
                () -> pipeline.progress().lag(clock.instant()).toMillis() / 1e3);
    }

    /**
     * Waits until Kafka answers, before {@link #start()}. One that answers is enough if the pipelines have several.
     *
     * @throws ArchiveStoppedException if none answers in time, or none lets this process in; the message names the setting
     */
    public void awaitKafka(Duration limit) throws InterruptedException {
        firstContact.await(limit);
    }

    /** Starts every enabled pipeline. Faults do not come from here: they show in {@link #pipelines()}. */
    public void start() {
        pipelines.forEach(Pipeline::start);
        watcher.execute(this::watch);
    }

    private void watch() {
        try {
            for (int round = 0; !watcher.isShutdown(); round++) {
                if (round % ROUNDS_BETWEEN_LOOKS == 0) {
                    spool.measure();
                    lookAtKafkaSafely();
                }
                balanceSafely();
                TimeUnit.MILLISECONDS.sleep(WATCH.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void lookAtKafkaSafely() {
        try {
            pipelines.forEach(pipeline -> pipeline.lookAtKafka(clock.instant()));
        } catch (RuntimeException e) {
            log.atWarn().setCause(e).log("cannot look at Kafka's clients now");
        }
    }

    /** The watcher outlives whatever a closing KafkaStreams says to a pause. */
    private void balanceSafely() {
        try {
            balance();
        } catch (RuntimeException e) {
            log.atWarn().setCause(e).log("cannot pause or resume now");
        }
    }

    /**
     * Reading stops while uploads fall behind: polling and offset commits go on, so nobody is evicted. It never stops
     * while nothing is on its way up: then only the punctuators, which a pause stops, can make room.
     */
    private synchronized void balance() {
        boolean isMoving = uploader.inFlight() > 0;
        if (isMoving && (spool.isBacklogHigh() || spool.isFull())) {
            pipelines.forEach(pipeline -> pipeline.setPaused(true));
        } else if (!isMoving || spool.isBacklogLow()) {
            pipelines.forEach(pipeline -> pipeline.setPaused(false));
        }
    }

    @Override
    public List<PipelineStatus> pipelines() {
        List<String> troubles = Stream.of(uploader.trouble(), spool.trouble())
                .flatMap(Optional::stream)
                .toList();
        return pipelines.stream().map(pipeline -> pipeline.status(troubles)).toList();
    }

    /**
     * Comes to rest: takes no more records, finishes the files that are cut, within the drain timeout. What stays behind
     * is read again at the next start.
     *
     * @param isToCut whether the open batches are cut first, so that everything read is archived
     * @return whether everything came to rest in time
     */
    public boolean drain(boolean isToCut) throws InterruptedException {
        DrainSignal.Mode mode = isToCut ? DrainSignal.Mode.CUT_AND_REST : DrainSignal.Mode.REST;
        pipelines.forEach(pipeline -> pipeline.drain(mode));
        return await(() -> pipelines.stream().allMatch(Pipeline::isAtRest));
    }

    /** Drains as each pipeline's {@code cutOnShutdown} says. */
    public boolean drain() throws InterruptedException {
        pipelines.forEach(Pipeline::drainAsConfigured);
        return await(() -> pipelines.stream().allMatch(Pipeline::isAtRest));
    }

    /**
     * Finishes all that the ledger decided, so that a changed configuration may follow, and reads no further. Takes as
     * long as it takes to read that again; an interrupt ends the wait.
     *
     * @return whether the ledger holds nothing any more; false if a pipeline stopped before
     */
    public boolean finishDecided() throws InterruptedException {
        pipelines.forEach(pipeline -> pipeline.drain(DrainSignal.Mode.FINISH_DECIDED));
        while (!pipelines.stream().allMatch(Pipeline::isDecidedFinished)) {
            if (pipelines().stream().anyMatch(status -> status.state() == PipelineStatus.State.FAILED)) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(LEDGER_POLL.toMillis());
        }
        return true;
    }

    private boolean await(BooleanSupplier isDone) throws InterruptedException {
        Instant limit = clock.instant().plus(settings.drainTimeout());
        while (!isDone.getAsBoolean()) {
            if (clock.instant().isAfter(limit)) {
                log.atWarn()
                        .addKeyValue("uploads", uploader.inFlight())
                        .log("not everything came to rest in time; it is read again at the next start");
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(DRAIN_POLL.toMillis());
        }
        return true;
    }

    /** Stops everything at once; nothing is lost. */
    @Override
    public void close() {
        watcher.shutdownNow();
        try {
            for (Pipeline pipeline : pipelines) {
                pipeline.requestStop();
            }
            for (Pipeline pipeline : pipelines) {
                pipeline.awaitStop();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        uploader.close();
        try {
            closeBudget();
        } finally {
            closeSpool();
        }
    }

    /** Its allocator complains of buffers that are still in use; a thread that did not end in time may hold some. */
    private void closeBudget() {
        if (pipelines.stream().allMatch(Pipeline::isEnded)) {
            budget.close();
        } else {
            log.atWarn().log("a pipeline did not end in time; its buffers go with the process");
        }
    }

    private void closeSpool() {
        try {
            spool.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
