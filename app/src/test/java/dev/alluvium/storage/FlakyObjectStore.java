package dev.alluvium.storage;

import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A store that misbehaves as real ones do, for crash tests: calls fail before they do anything, puts and deletes fail
 * after they did it (a lost answer), calls take their time, puts hang until released, and everything fails during an outage. With one thread, the
 * same seed gives the same faults. Errors are retryable. Thread safe; does not close what it wraps.
 */
public final class FlakyObjectStore implements ObjectStore {
    private final ObjectStore delegate;
    private final Random random;
    private final long seed;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private double failBeforeRate;
    private double lostAnswerRate;
    private int failNextCalls;
    private int loseNextAnswers;
    private @Nullable Error nextError;
    private boolean isOut;
    private @Nullable Gate gate;
    private long maxDelayNanos;
    private int hangingPuts;
    private int failedBefore;
    private int lostAnswers;

    public FlakyObjectStore(ObjectStore delegate, long seed) {
        this.delegate = delegate;
        this.seed = seed;
        this.random = new Random(seed);
    }

    /** From now on every call fails before it does anything with the first probability, and loses its answer with the other. */
    public void failAtRandom(double beforeRate, double lostRate) {
        locked(() -> {
            failBeforeRate = beforeRate;
            lostAnswerRate = lostRate;
        });
    }

    /** The next calls, of any kind, fail and do nothing. */
    public void failNext(int calls) {
        locked(() -> failNextCalls = calls);
    }

    /** The next puts and deletes do their work and fail all the same. */
    public void loseNextAnswers(int calls) {
        locked(() -> loseNextAnswers = calls);
    }

    /** The next put throws this and does nothing, as in a process that runs out of memory. */
    public void breakNextPut(Error error) {
        locked(() -> nextError = error);
    }

    /** Every call fails until {@link #endOutage}. */
    public void beginOutage() {
        locked(() -> isOut = true);
    }

    public void endOutage() {
        locked(() -> isOut = false);
    }

    /** Every call from now on first takes a random time below this one. */
    public void delayUpTo(Duration longest) {
        locked(() -> maxDelayNanos = longest.toNanos());
    }

    /** Puts that begin from now on wait, before they do anything, for {@link #releasePuts} or {@link #abortPuts}. */
    public void hangPuts() {
        locked(() -> gate = gate == null ? new Gate() : gate);
    }

    /** Lets all hanging puts, and all later ones, go on: a late put, if its writer has been given up meanwhile. */
    public void releasePuts() {
        locked(() -> openGate(false));
    }

    /** Lets all hanging puts fail without doing anything, and later ones go on: what is left of a writer that died. */
    public void abortPuts() {
        locked(() -> openGate(true));
    }

    /** Waits until so many puts hang at once; false if they did not within the timeout. */
    public boolean awaitHangingPuts(int count, Duration timeout) throws InterruptedException {
        lock.lock();
        try {
            long nanos = timeout.toNanos();
            while (hangingPuts < count && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
            return hangingPuts >= count;
        } finally {
            lock.unlock();
        }
    }

    /** How many calls have failed without doing anything. */
    public int failedBefore() {
        lock.lock();
        try {
            return failedBefore;
        } finally {
            lock.unlock();
        }
    }

    /** How many calls have done their work and failed. */
    public int lostAnswers() {
        lock.lock();
        try {
            return lostAnswers;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public PutOutcome putIfAbsent(String key, Path file, Map<String, String> metadata) throws StorageException {
        hangWhileAsked(key);
        maybeBreak();
        maybeFailBefore("put " + key);
        PutOutcome outcome = delegate.putIfAbsent(key, file, metadata);
        maybeLoseAnswer("put " + key);
        return outcome;
    }

    @Override
    public Optional<StoredObject> stat(String key) throws StorageException {
        maybeFailBefore("stat " + key);
        return delegate.stat(key);
    }

    @Override
    public InputStream read(String key, long position, long length) throws StorageException {
        maybeFailBefore("read " + key);
        return delegate.read(key, position, length);
    }

    @Override
    public Stream<ListedObject> list(String prefix) throws StorageException {
        maybeFailBefore("list " + prefix);
        return delegate.list(prefix);
    }

    @Override
    public boolean delete(String key) throws StorageException {
        maybeFailBefore("delete " + key);
        boolean isDeleted = delegate.delete(key);
        maybeLoseAnswer("delete " + key);
        return isDeleted;
    }

    @Override
    public void probe() throws StorageException {
        maybeFailBefore("probe");
        delegate.probe();
    }

    @Override
    public String describe() {
        return "flaky:" + delegate.describe();
    }

    /** Lets hanging puts fail; the wrapped store stays open. */
    @Override
    public void close() {
        abortPuts();
    }

    private void openGate(boolean isAborted) {
        if (gate != null) {
            gate.isOpen = true;
            gate.isAborted = isAborted;
            gate = null;
        }
    }

    private void hangWhileAsked(String key) throws StorageException {
        lock.lock();
        try {
            Gate mine = gate;
            if (mine == null) {
                return;
            }
            hangingPuts++;
            changed.signalAll();
            try {
                while (!mine.isOpen) {
                    changed.await();
                }
            } finally {
                hangingPuts--;
            }
            if (mine.isAborted) {
                failedBefore++;
                throw fault("aborted put " + key);
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        } finally {
            lock.unlock();
        }
    }

    private void delay() throws StorageException {
        long nanos;
        lock.lock();
        try {
            nanos = maxDelayNanos == 0 ? 0 : random.nextLong(maxDelayNanos);
        } finally {
            lock.unlock();
        }
        try {
            TimeUnit.NANOSECONDS.sleep(nanos);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static StorageException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new StorageException("interrupted", e, true);
    }

    private void maybeFailBefore(String call) throws StorageException {
        delay();
        lock.lock();
        try {
            boolean isNext = failNextCalls > 0;
            failNextCalls -= isNext ? 1 : 0;
            if (isOut || isNext || random.nextDouble() < failBeforeRate) {
                failedBefore++;
                throw fault("failed " + call);
            }
        } finally {
            lock.unlock();
        }
    }

    private void maybeBreak() {
        lock.lock();
        try {
            Error error = nextError;
            nextError = null;
            if (error != null) {
                throw error;
            }
        } finally {
            lock.unlock();
        }
    }

    private void maybeLoseAnswer(String call) throws StorageException {
        lock.lock();
        try {
            boolean isNext = loseNextAnswers > 0;
            loseNextAnswers -= isNext ? 1 : 0;
            if (isNext || random.nextDouble() < lostAnswerRate) {
                lostAnswers++;
                throw fault("lost the answer of " + call);
            }
        } finally {
            lock.unlock();
        }
    }

    private StorageException fault(String what) {
        return new StorageException("injected fault, seed " + seed + ": " + what, true);
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** What the puts of one hang wait at, so that a new hang does not catch those of the last. */
    private static final class Gate {
        private boolean isOpen;
        private boolean isAborted;
    }
}
