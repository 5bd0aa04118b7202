package dev.alluvium.topology;

import dev.alluvium.metrics.ArchiveMetrics;
import dev.alluvium.ops.PipelineStatus;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One pipeline from its start to its end: checks, runs a {@code KafkaStreams}, and starts anew after a fault. What
 * somebody must decide stops it; everything else heals by itself. It shares nothing with its siblings but memory, spool
 * and uploads.
 */
final class Pipeline {
    private static final Logger log = LoggerFactory.getLogger(Pipeline.class);
    private static final Duration TOPIC_PAUSE = Duration.ofSeconds(5);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

    private final PipelineSettings settings;
    private final KafkaProperties properties;
    private final StartUpCheck check;
    private final DrainSignal drain;
    private final Optional<TablesTopic> tables;
    private final ArchiveMetrics metrics;
    private final PipelineRuns runs;
    private final CountDownLatch stopRequested = new CountDownLatch(1);
    private final KafkaSilence kafkaSilence;
    private final LostSchemas lostSchemas = new LostSchemas();
    private final Thread supervisor;

    private volatile PipelineStatus.State state = PipelineStatus.State.STARTING;
    private volatile @Nullable String cause;
    private volatile @Nullable Run current;
    private volatile boolean hasStragglers;

    /** The supervisor's: what happened since the pipeline last ran well. */
    private @Nullable Fault lastFault;

    private final FaultCount faults = new FaultCount();

    /** What a run of the pipeline is made of, once the source is known. */
    @FunctionalInterface
    interface PipelineRuns extends Function<SourceFacts, PipelineScope> {}

    /** One life of a KafkaStreams. */
    private record Run(
            KafkaStreams streams,
            PipelineScope scope,
            KafkaStreamsMetrics meters,
            AtomicReference<Throwable> fault,
            AtomicReference<@Nullable Instant> runningSince,
            CountDownLatch over) {

        /** How long it has been reading; null if it has not begun. */
        @Nullable
        Duration ran() {
            Instant since = runningSince.get();
            return since == null ? null : Duration.between(since, scope.clock().instant());
        }
    }

    Pipeline(
            PipelineSettings settings,
            KafkaProperties properties,
            StartUpCheck check,
            DrainSignal drain,
            Optional<TablesTopic> tables,
            ArchiveMetrics metrics,
            PipelineRuns runs) {
        this.settings = settings;
        this.properties = properties;
        this.check = check;
        this.drain = drain;
        this.tables = tables;
        this.metrics = metrics;
        this.runs = runs;
        this.kafkaSilence = new KafkaSilence(settings.name(), properties);
        this.supervisor = new Thread(this::supervise, "pipeline-" + settings.name());
    }

    void start() {
        supervisor.start();
    }

    /** Tells the tasks to come to rest; a paused pipeline must tick for that, so it goes on first. */
    void drain(DrainSignal.Mode mode) {
        drain.set(mode);
        setPaused(false);
    }

    void drainAsConfigured() {
        drain(settings.cutOnShutdown() ? DrainSignal.Mode.CUT_AND_REST : DrainSignal.Mode.REST);
    }

    // ---- the supervisor --------------------------------------------------------------------------------------------

    private void supervise() {
        try {
            while (!isStopping()) {
                runOnce();
                boolean isWaiting = lastFault != null && lastFault.kind() == Fault.Kind.TOPIC_MISSING;
                Duration pause = isWaiting ? TOPIC_PAUSE : faults.pause();
                if (state == PipelineStatus.State.FAILED
                        || stopRequested.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (state != PipelineStatus.State.FAILED) {
                state = PipelineStatus.State.STOPPED;
            }
        }
    }

    private boolean isStopping() {
        return stopRequested.getCount() == 0;
    }

    /** Runs until a fault or a stop. */
    private void runOnce() throws InterruptedException {
        state = PipelineStatus.State.STARTING;
        Duration ran = null;
        Optional<TablesTopic.Following> following = Optional.empty();
        try {
            SourceFacts source = check.run();
            following = tables.map(TablesTopic::follow);
            Run run = open(runs.apply(source));
            try {
                if (!isStopping()) {
                    run.streams().start();
                    run.over().await();
                }
            } finally {
                ran = run.ran();
                close(run);
            }
            Throwable fault = run.fault().get();
            if (fault != null) {
                note(fault, ran);
            }
        } catch (RuntimeException e) {
            note(e, ran);
        } catch (Error e) {
            fail(e.toString());
        } finally {
            following.ifPresent(TablesTopic.Following::close);
        }
    }

    private Run open(PipelineScope scope) {
        KafkaStreams streams = new KafkaStreams(
                ArchiveTopology.of(scope),
                new StreamsConfig(properties.streams()),
                new ArchiveClients(scope.heldOffsets(), scope.transactions()));
        KafkaStreamsMetrics meters = new KafkaStreamsMetrics(streams, Tags.of("pipeline", settings.name()));
        Run run = new Run(
                streams, scope, meters, new AtomicReference<>(), new AtomicReference<>(), new CountDownLatch(1));
        AtomicBoolean isMetered = new AtomicBoolean();
        streams.setUncaughtExceptionHandler(fault -> {
            run.fault().compareAndSet(null, fault);
            run.over().countDown();
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        streams.setStateListener((now, before) -> {
            if (now == KafkaStreams.State.RUNNING) {
                state = PipelineStatus.State.RUNNING;
                cause = null;
                run.runningSince().compareAndSet(null, scope.clock().instant());
                // Not before: the meters of clients and tasks are found when they are bound, later ones in a minute.
                if (isMetered.compareAndSet(false, true)) {
                    metrics.bind(meters);
                }
            } else if (now == KafkaStreams.State.REBALANCING) {
                state = PipelineStatus.State.STARTING;
            } else if (now == KafkaStreams.State.ERROR) {
                run.over().countDown();
            }
        });
        current = run;
        if (isStopping()) {
            run.over().countDown();
        }
        return run;
    }

    private void close(Run run) {
        // Without leaving, whoever comes next waits for the session to time out.
        CloseOptions leave = CloseOptions.timeout(CLOSE_TIMEOUT)
                .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP);
        if (!run.streams().close(leave)) {
            hasStragglers = true;
            log.atWarn().addKeyValue("pipeline", settings.name()).log("stream threads did not end in time");
        }
        run.meters().close();
        current = null;
    }

    private void note(Throwable thrown, @Nullable Duration ran) {
        Fault fault = lostSchemas.judge(Fault.of(thrown, properties));
        if (fault.kind() == Fault.Kind.FINAL) {
            fail(fault.line());
            return;
        }
        if (isStopping()) {
            return; // whoever stops it interrupts what waits for an answer
        }
        boolean isSaid = fault.kind() == Fault.Kind.TOPIC_MISSING && fault.equals(lastFault);
        faults.add(thrown, ran);
        lastFault = fault;
        cause = fault.line();
        if (isSaid) {
            return;
        }
        // What is expected needs no stack trace; whoever wants one asks for more.
        boolean isToTrace = fault.kind() == Fault.Kind.UNEXPECTED || log.isDebugEnabled();
        log.atWarn()
                .addKeyValue("pipeline", settings.name())
                .addKeyValue("cause", fault.line())
                .addKeyValue("faults", faults.count())
                .setCause(isToTrace ? thrown : null)
                .log(
                        fault.kind() == Fault.Kind.TOPIC_MISSING
                                ? "pipeline waits for its topic"
                                : "pipeline starts again after a fault");
    }

    private void fail(String why) {
        state = PipelineStatus.State.FAILED;
        cause = why;
        log.atError()
                .addKeyValue("pipeline", settings.name())
                .addKeyValue("cause", why)
                .log("pipeline stopped");
    }

    // ---- what others ask and tell ----------------------------------------------------------------------------------

    /** Stops reading, or reads on, when that is not so already. */
    void setPaused(boolean isToPause) {
        Run run = current;
        boolean isDraining = isToPause && drain.mode() != DrainSignal.Mode.RUN;
        if (run == null || isDraining || run.streams().isPaused() == isToPause) {
            return;
        }
        if (isToPause) {
            run.streams().pause();
        } else {
            run.streams().resume();
        }
        log.atInfo()
                .addKeyValue("pipeline", settings.name())
                .log(isToPause ? "paused: uploads fall behind" : "resumed: uploads have caught up");
    }

    /** Whether every task came to rest, after {@link #drain} said so. */
    boolean isAtRest() {
        Run run = current;
        return run == null || run.scope().heldOffsets().isAtRest();
    }

    /** Whether the pipeline rests and nothing that is decided would be read again; false while Kafka cannot be asked. */
    boolean isDecidedFinished() {
        try {
            return isAtRest() && check.isNothingPending();
        } catch (KafkaException e) {
            log.atWarn()
                    .addKeyValue("pipeline", settings.name())
                    .addKeyValue("cause", e.getMessage())
                    .log("cannot read the ledger now");
            return false;
        }
    }

    /** Looks whether Kafka still answers; to be repeated every few seconds, by one thread. */
    void lookAtKafka(Instant now) {
        Run run = current;
        if (run != null) {
            kafkaSilence.look(run.streams().metrics(), now);
        }
    }

    void requestStop() {
        stopRequested.countDown();
        Run run = current;
        if (run != null) {
            run.over().countDown();
        } else {
            supervisor.interrupt(); // it may wait for a broker that does not answer
        }
    }

    /** Whether the supervisor and all stream threads are gone. */
    boolean isEnded() {
        return !supervisor.isAlive() && !hasStragglers;
    }

    void awaitStop() throws InterruptedException {
        if (supervisor.isAlive()) {
            supervisor.join(CLOSE_TIMEOUT.multipliedBy(2).toMillis());
        }
    }

    String name() {
        return settings.name();
    }

    /** How far the partitions are that this process reads. */
    PartitionProgress progress() {
        Run run = current;
        return run == null ? PartitionProgress.NONE : run.scope().heldOffsets().progress();
    }

    /**
     * How the pipeline is.
     *
     * @param troubles of what it shares with others
     */
    PipelineStatus status(List<String> troubles) {
        Run run = current;
        boolean isPaused = run != null && run.streams().isPaused();
        Set<String> causes = new LinkedHashSet<>();
        String fault = cause;
        if (fault != null) {
            causes.add(fault);
        }
        if (run != null) {
            kafkaSilence.line().ifPresent(causes::add);
            tables.ifPresent(topic -> causes.addAll(topic.causes()));
        }
        causes.addAll(troubles);
        PipelineStatus.State shown = state;
        if (shown == PipelineStatus.State.RUNNING && drain.mode() != DrainSignal.Mode.RUN) {
            shown = PipelineStatus.State.DRAINING;
        } else if (shown == PipelineStatus.State.RUNNING && isPaused) {
            shown = PipelineStatus.State.PAUSED;
        }
        boolean isReady = shown == PipelineStatus.State.RUNNING && causes.isEmpty();
        return new PipelineStatus(settings.name(), shown, isReady, List.copyOf(causes));
    }
}
