package dev.alluvium.cli;

import dev.alluvium.config.Configuration;
import dev.alluvium.metrics.PrometheusMetrics;
import dev.alluvium.ops.OpsServer;
import dev.alluvium.ops.PipelineStatus;
import dev.alluvium.parquet.CodecLibrary;
import dev.alluvium.parquet.WriterVersion;
import dev.alluvium.storage.ObjectStore;
import dev.alluvium.topology.Archive;
import dev.alluvium.topology.PipelineSettings;
import java.time.Clock;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The life of an archiving process: opens everything, runs until a signal or a dead end, and comes to rest. */
final class ArchiveRun implements RunCommand.Runner {
    private static final Logger log = LoggerFactory.getLogger(ArchiveRun.class);

    private final CountDownLatch stopRequested = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile int exitCode = Main.FAILED;
    private volatile @Nullable Thread finisher;

    @Override
    public int run(Configuration configuration, boolean drain) throws Exception {
        Clock clock = Clock.systemUTC();
        Thread hook = new Thread(this::stop, "shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
        try (PrometheusMetrics metrics = new PrometheusMetrics();
                ObjectStore store = Stores.open(configuration.storage(), clock);
                Archive archive = Archive.open(
                        configuration.application(),
                        Archive.Surroundings.of(
                                store, metrics.archive(), clock, new Random(), WriterVersion.current()));
                OpsServer ops = OpsServer.start(configuration.ops(), metrics::scrape, archive)) {
            configuration.application().pipelines().stream()
                    .filter(PipelineSettings::enabled)
                    .forEach(pipeline -> CodecLibrary.load(pipeline.writer().codec()));
            if (!isOutsideThere(configuration, store, archive, clock)) {
                exitCode = 0;
                return exitCode;
            }
            archive.start();
            log.atInfo()
                    .addKeyValue("version", WriterVersion.current())
                    .addKeyValue("storage", store.describe())
                    .addKeyValue("opsPort", ops.port())
                    .log("archive started");
            exitCode = drain ? finishDecided(archive) : untilStopped(archive);
        } finally {
            stopped.countDown();
        }
        return exitCode;
    }

    /** Waits for store and broker, as long as the configuration says; false if a signal ended the wait. */
    private boolean isOutsideThere(Configuration configuration, ObjectStore store, Archive archive, Clock clock)
            throws Exception {
        if (!isInterruptible()) {
            return false;
        }
        try {
            StoreWait.await(store, configuration.startTimeout(), clock);
            archive.awaitKafka(configuration.startTimeout());
            return stopRequested.getCount() > 0;
        } catch (Exception e) {
            if (stopRequested.getCount() > 0) {
                throw e;
            }
            Thread.interrupted(); // whatever it is, the signal caused it
            return false;
        } finally {
            finisher = null;
        }
    }

    /** The signal's thread: asks for rest, waits for it, and ends the JVM with the run's exit code, not the signal's. */
    private void stop() {
        if (stopped.getCount() == 0) {
            return; // the process ends by itself
        }
        stopRequested.countDown();
        Thread waiting = finisher;
        if (waiting != null) {
            waiting.interrupt();
        }
        try {
            stopped.await();
            Runtime.getRuntime().halt(exitCode);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int untilStopped(Archive archive) throws InterruptedException, PipelinesStoppedException {
        while (!stopRequested.await(1, TimeUnit.SECONDS)) {
            List<String> failed = failed(archive);
            if (failed.size() == archive.pipelines().size()) {
                throw new PipelinesStoppedException(failed);
            }
        }
        log.atInfo().log("coming to rest");
        archive.drain();
        return 0;
    }

    private int finishDecided(Archive archive) throws DrainStoppedException, PipelinesStoppedException {
        try {
            if (isInterruptible() && archive.finishDecided()) {
                return 0;
            }
        } catch (InterruptedException e) {
            throw new DrainStoppedException();
        }
        if (stopRequested.getCount() == 0) {
            throw new DrainStoppedException();
        }
        throw new PipelinesStoppedException(failed(archive));
    }

    /** Lets a signal interrupt this thread from now on; false if one has come before. */
    private boolean isInterruptible() {
        finisher = Thread.currentThread();
        return stopRequested.getCount() > 0;
    }

    /** A signal came before everything decided was finished. */
    private static final class DrainStoppedException extends Exception {
        private static final long serialVersionUID = 1;

        DrainStoppedException() {
            super("a signal came before everything that was decided was finished; run --drain again");
        }
    }

    /** Why pipelines stopped, a line for each that did. */
    private static List<String> failed(Archive archive) {
        return archive.pipelines().stream()
                .filter(status -> status.state() == PipelineStatus.State.FAILED)
                .map(status -> "pipeline " + status.name() + " stopped: "
                        + (status.causes().isEmpty()
                                ? "see the log"
                                : status.causes().get(0)))
                .toList();
    }
}
