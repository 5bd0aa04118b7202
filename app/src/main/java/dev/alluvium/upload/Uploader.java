package dev.alluvium.upload;

import dev.alluvium.batch.EnvelopeFile;
import dev.alluvium.batch.Spool;
import dev.alluvium.parquet.ByteSource;
import dev.alluvium.parquet.DataFileReader;
import dev.alluvium.parquet.FileFacts;
import dev.alluvium.read.ObjectBytes;
import dev.alluvium.storage.ObjectStore;
import dev.alluvium.storage.PutOutcome;
import dev.alluvium.storage.StorageException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bounded pool of uploads, shared by all pipelines of a process. A fault of the store never loses a file: it is tried
 * again for ever, with a growing pause, while {@link #trouble} says so. That holds for faults that do not heal by
 * themselves, too: whoever mends the store, or its permissions, need not start anything anew. Thread safe.
 */
public final class Uploader implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Uploader.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final ObjectStore store;
    private final ScheduledThreadPoolExecutor pool;
    private final Clock clock;
    private final RandomGenerator chance;
    private final Set<Upload> waiting = ConcurrentHashMap.newKeySet();
    private final Map<String, String> failing = new ConcurrentHashMap<>();
    private final Outage outage = new Outage();

    /** An upload that was submitted; it owns its file. */
    public final class Upload {
        private final String key;
        private final Spool.Slot file;
        private final FileFacts facts;
        private final UploadListener listener;
        private final Consumer<UploadOutcome> result;
        private boolean isCalledOff;
        private boolean isRunning;
        private boolean isTold;
        private int attempts;

        private Upload(
                String key, Spool.Slot file, FileFacts facts, UploadListener listener, Consumer<UploadOutcome> result) {
            this.key = key;
            this.file = file;
            this.facts = facts;
            this.listener = listener;
            this.result = result;
        }

        /**
         * Lets go: what is not begun is not sent, what is under way may still finish, no result comes. Whoever restores
         * the cut makes the file again.
         *
         * @return false if the result had come before; then the file is the caller's
         */
        public boolean callOff() {
            synchronized (this) {
                isCalledOff = true;
                if (isTold || isRunning) {
                    return !isTold;
                }
            }
            end(true);
            return true;
        }

        /** Whether somebody still wanted the outcome. */
        private synchronized boolean tell(UploadOutcome outcome) {
            if (!isCalledOff) {
                isTold = true;
                result.accept(outcome);
            }
            return isTold;
        }

        private void run() {
            synchronized (this) {
                if (isCalledOff) {
                    return;
                }
                isRunning = true;
            }
            UploadOutcome outcome = attempt();
            synchronized (this) {
                isRunning = false;
                if (outcome == null && !isCalledOff) {
                    later(this, ++attempts);
                    return;
                }
            }
            boolean isForTheCaller = outcome instanceof UploadOutcome.KeyTaken;
            end(!isForTheCaller);
            if (outcome != null && !tell(outcome) && isForTheCaller) {
                release();
            }
        }

        private void end(boolean isToRelease) {
            waiting.remove(this);
            forget();
            if (isToRelease) {
                release();
            }
        }

        private void release() {
            try {
                file.release();
            } catch (IOException e) {
                log.atWarn().addKeyValue("file", file.path()).setCause(e).log("cannot delete a spool file");
            }
        }

        /** One try; null if it must be tried again. Whatever is thrown is a fault: a file without an outcome is stuck. */
        private @Nullable UploadOutcome attempt() {
            Instant begin = clock.instant();
            try {
                listener.started(key);
                UploadOutcome outcome = publish();
                listener.finished(key, outcome, Duration.between(begin, clock.instant()));
                return outcome;
            } catch (StorageException e) {
                note(e);
            } catch (Throwable e) { // an Error too: the pool would swallow it, and this upload with it
                noteDefect(e);
            }
            return null;
        }

        private void forget() {
            if (failing.remove(key) != null) {
                outage.passed(failing.size(), clock.instant());
            }
        }

        /** What is not the store's fault is logged by itself, once for as long as it is the same. */
        private void noteDefect(Throwable defect) {
            String message = "upload of " + key + " broke: " + defect;
            if (!message.equals(failing.get(key))) {
                log.atError().addKeyValue("key", key).setCause(defect).log("an upload broke and is tried again");
            }
            note(new StorageException(message, defect, true));
        }

        private void note(StorageException fault) {
            failing.put(key, String.valueOf(fault.getMessage()));
            outage.failed(fault, failing.size(), clock.instant());
            try {
                listener.failed(key, fault, attempts + 1);
            } catch (Throwable e) {
                log.atError().addKeyValue("key", key).setCause(e).log("a listener of uploads broke");
            }
        }

        /** A store that cannot be read says nothing about whose file it holds. */
        private static void rethrowFault(Throwable error) throws StorageException {
            for (Throwable cause = error; cause != null; cause = cause.getCause()) {
                if (cause instanceof StorageException fault) {
                    throw fault;
                }
            }
        }

        /** Only envelopes have keys of this kind; the configuration sees to it. */
        private String format() {
            return key.endsWith(".json") ? "json" : "parquet";
        }

        private FileFacts heldFacts(ByteSource bytes) throws IOException {
            if (format().equals("json")) {
                return EnvelopeFile.facts(bytes);
            }
            try (DataFileReader held = DataFileReader.open(key, bytes)) {
                return held.facts();
            }
        }

        private UploadOutcome publish() throws StorageException {
            Map<String, String> metadata =
                    Map.of("format", format(), "generator", "alluvium", "version", facts.writerVersion());
            PutOutcome put = store.putIfAbsent(key, file.path(), metadata);
            if (put.created()) {
                return new UploadOutcome.Stored(put.object(), false);
            }
            try (ByteSource bytes = new ObjectBytes(store, key, put.object().size())) {
                FileFacts theirs = heldFacts(bytes);
                return facts.isSameFileAs(theirs)
                        ? new UploadOutcome.Stored(put.object(), true)
                        : new UploadOutcome.KeyTaken(
                                key, theirs.pipeline() + " " + theirs.group() + " from " + theirs.firstOffset());
            } catch (IOException | IllegalArgumentException e) {
                rethrowFault(e);
                return new UploadOutcome.KeyTaken(key, "not a file of Alluvium: " + e.getMessage());
            }
        }
    }

    /**
     * @param threads uploads at once
     * @param clock measures how long an upload took
     * @param chance spreads the pauses of uploads that fail together
     */
    public Uploader(ObjectStore store, int threads, Clock clock, RandomGenerator chance) {
        this.store = store;
        this.clock = clock;
        this.chance = chance;
        AtomicInteger number = new AtomicInteger();
        this.pool = new ScheduledThreadPoolExecutor(threads, task -> {
            Thread thread = new Thread(task, "upload-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Takes over a sealed file and publishes it. The spool's limit bounds how many wait.
     *
     * @param facts what the file says of itself: tells an own object from another one
     * @param result gets the outcome, on a thread of the pool; the upload is over and its file gone by then, unless the
     *     key was taken
     */
    public Upload submit(
            String key, Spool.Slot file, FileFacts facts, UploadListener listener, Consumer<UploadOutcome> result) {
        Upload upload = new Upload(key, file, facts, listener, result);
        waiting.add(upload);
        pool.execute(upload::run);
        return upload;
    }

    /** Uploads that are queued or under way. */
    public int inFlight() {
        return waiting.size();
    }

    /** What the store last said, while any upload's last try failed. */
    public Optional<String> trouble() {
        return failing.values().stream().findFirst();
    }

    /** A failing upload waits beside the pool, so that others go on. */
    private void later(Upload upload, int attempts) {
        long longest = Math.min(LONGEST_PAUSE.toMillis(), FIRST_PAUSE.toMillis() << Math.min(attempts - 1, 10));
        long pause = longest / 2 + chance.nextLong(longest / 2 + 1);
        try {
            Future<?> unused = pool.schedule(upload::run, pause, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            log.atDebug().addKeyValue("key", upload.key).log("called off with the pool");
        }
    }

    /** Calls off what waits, and gives what is under way a moment to end. */
    @Override
    public void close() {
        waiting.forEach(Upload::callOff);
        pool.shutdownNow();
        try {
            if (!pool.awaitTermination(5, TimeUnit.SECONDS)) {
                log.atWarn().log("an upload did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
