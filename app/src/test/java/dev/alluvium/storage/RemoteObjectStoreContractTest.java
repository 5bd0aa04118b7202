package dev.alluvium.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.alluvium.storage.FaultyHttpProxy.Fault;
import dev.alluvium.storage.FaultyHttpProxy.Request;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What every store behind a network must do when network and server fail it. The server is shared by the tests of a
 * class, a bucket is a test's own, and every request goes through a proxy that makes the faults.
 */
public abstract class RemoteObjectStoreContractTest extends ObjectStoreContractTest {
    private static final Map<String, String> NO_METADATA = Map.of();

    /** What a store that pools its connections is opened with: more than eight writers in parts hold at once. */
    protected static final int MAX_CONNECTIONS = 64;

    /** For all tests but those that wait for a timeout: a busy machine may be slow. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration IMPATIENCE = Duration.ofMillis(800);
    private static final AtomicInteger BUCKETS = new AtomicInteger();

    /** Between store and server. */
    @SuppressWarnings("NullAway.Init") // set by openEmptyStore, before each test
    protected FaultyHttpProxy proxy;

    /** The bucket of this test. */
    protected final String bucket = "bucket-" + BUCKETS.incrementAndGet();

    /** The address of the running server. */
    protected abstract URI server();

    protected abstract void createBucket(String name) throws Exception;

    /**
     * A store on a bucket that repeats what may succeed later once by itself, has small pages, and sends files of
     * {@link #multipartSize()} in several requests.
     *
     * @param patience how long it waits for an answer
     */
    protected abstract ObjectStore open(URI endpoint, String bucketName, Duration patience) throws StorageException;

    /** As above, with credentials that the server does not accept. */
    protected abstract ObjectStore openWithWrongCredentials(URI endpoint, String bucketName) throws StorageException;

    /** As above, of a store that publishes without its precondition: one whose server ignores it. */
    protected abstract ObjectStore openWithoutPrecondition(URI endpoint, String bucketName) throws StorageException;

    /** Whether the request makes an object visible if it succeeds, of a small file or of one in several parts. */
    protected abstract boolean publishes(Request request);

    /** Whether the request carries bytes of a file. */
    protected abstract boolean carriesBytes(Request request);

    /** How the server says: too many requests, with status 503. */
    protected abstract Fault.Answer overloaded();

    /** How the server says that these credentials may not do that, with status 403. */
    protected abstract Fault.Answer forbidden();

    /** How many requests a put, a stat, a read, a listing and a deletion make when each is forbidden. */
    protected int requestsOfFiveRefusedCalls() {
        return 5;
    }

    @Override
    protected final ObjectStore openEmptyStore() throws Exception {
        createBucket(bucket);
        proxy = FaultyHttpProxy.before(server());
        return open(proxy.endpoint(), bucket, PATIENCE);
    }

    @AfterEach
    final void closeProxy() throws IOException {
        proxy.close();
    }

    @Test
    void letsExactlyOneOfEightWritersOfLargeFilesWin() throws Exception {
        List<byte[]> contents = IntStream.range(0, 8)
                .mapToObj(writer -> bytesOf(multipartSize() + writer, writer))
                .toList();
        Path[] sources = new Path[contents.size()];
        for (int writer = 0; writer < sources.length; writer++) {
            sources[writer] = file(contents.get(writer));
        }

        List<PutOutcome> outcomes = inParallel(Arrays.stream(sources)
                .<Callable<PutOutcome>>map(source -> () -> putUntilAnswered("large", source))
                .toList());

        assertThat(outcomes).filteredOn(PutOutcome::created).hasSize(1);
        assertThat(outcomes)
                .extracting(PutOutcome::object)
                .containsOnly(outcomes.get(0).object());
        int winner = outcomes.indexOf(
                outcomes.stream().filter(PutOutcome::created).findFirst().orElseThrow());
        assertThat(Arrays.equals(read("large"), contents.get(winner))).isTrue();
    }

    /** A store may ask for a repeat when writers collide: that is retryable, and what the uploader does. */
    private PutOutcome putUntilAnswered(String key, Path source) throws StorageException {
        StorageException last = new StorageException("never tried", true);
        for (int attempt = 0; attempt < 20; attempt++) {
            try {
                return store.putIfAbsent(key, source, NO_METADATA);
            } catch (StorageException e) {
                assertThat(e.isRetryable()).as(e.getMessage()).isTrue();
                last = e;
            }
        }
        throw last;
    }

    @Test
    void givesUpAStormAsRetryableAndSucceedsAfterIt() throws Exception {
        Path file = file(bytesOf(1_000, 31));
        store.putIfAbsent("there", file, NO_METADATA);
        proxy.inject(overloaded());

        assertRetryable(() -> store.putIfAbsent("a", file, NO_METADATA));
        assertRetryable(() -> store.stat("there"));
        assertRetryable(() -> store.read("there", 0, 10).readAllBytes());
        assertRetryable(() -> keysAndSizes(""));
        assertRetryable(() -> store.delete("there"));
        assertRetryable(() -> store.probe());

        proxy.heal();
        assertThat(store.putIfAbsent("a", file, NO_METADATA).created()).isTrue();
        assertThat(keysAndSizes("")).hasSize(2);
    }

    @Test
    void leavesNothingBehindWhenAStormHitsAFileInParts() throws Exception {
        Path file = file(bytesOf(multipartSize(), 32));
        proxy.inject(this::carriesBytes, 1, Integer.MAX_VALUE, overloaded());

        assertRetryable(() -> store.putIfAbsent("large", file, NO_METADATA));
        assertThat(keysAndSizes("")).isEmpty();

        proxy.heal();
        assertThat(store.putIfAbsent("large", file, NO_METADATA).created()).isTrue();
        assertThat(read("large")).isEqualTo(bytesOf(multipartSize(), 32));
    }

    @Test
    void adoptsItsObjectAfterALostAnswer() throws Exception {
        adopts(store, new Fault.LoseAnswer(), 1_000);
    }

    @Test
    void adoptsItsObjectAfterAnAnswerThatCameTooLate() throws Exception {
        try (ObjectStore impatient = open(proxy.endpoint(), bucket, IMPATIENCE)) {
            adopts(impatient, new Fault.HoldAnswer(), 1_000);
        }
    }

    @Test
    void adoptsItsObjectInPartsAfterALostAnswer() throws Exception {
        adopts(store, new Fault.LoseAnswer(), multipartSize());
    }

    /** The server stores the object and says so to nobody: the put fails or finds it, a repeat finds it. */
    private void adopts(ObjectStore failing, Fault fault, int size) throws Exception {
        Path file = file(bytesOf(size, 33));
        StoredObject elsewhere =
                store.putIfAbsent("elsewhere", file, NO_METADATA).object();
        proxy.inject(this::publishes, Integer.MAX_VALUE, fault);

        PutOutcome outcome;
        try {
            outcome = failing.putIfAbsent("a", file, NO_METADATA);
        } catch (StorageException e) {
            assertThat(e.isRetryable()).as(e.getMessage()).isTrue();
            proxy.heal();
            outcome = store.putIfAbsent("a", file, NO_METADATA);
        }

        proxy.heal();
        assertThat(outcome).isEqualTo(new PutOutcome(false, new StoredObject("a", size, elsewhere.checksum())));
        assertThat(store.stat("a")).contains(outcome.object());
    }

    @Test
    void refusesBytesThatChangedOnTheWay() throws Exception {
        refusesChanged(1_000);
    }

    @Test
    void refusesBytesOfAPartThatChangedOnTheWay() throws Exception {
        refusesChanged(multipartSize());
    }

    private void refusesChanged(int size) throws Exception {
        Path file = file(bytesOf(size, 34));
        proxy.inject(this::carriesBytes, Integer.MAX_VALUE, new Fault.FlipRequestBit());

        assertRetryable(() -> store.putIfAbsent("a", file, NO_METADATA));
        proxy.heal();
        assertThat(store.stat("a")).isEmpty();

        assertThat(store.putIfAbsent("a", file, NO_METADATA).created()).isTrue();
        assertThat(read("a")).isEqualTo(bytesOf(size, 34));
    }

    @Test
    void readsABodyThatComesSlowly() throws Exception {
        byte[] bytes = bytesOf(50_000, 35);
        store.putIfAbsent("a", file(bytes), NO_METADATA);
        proxy.inject(new Fault.Trickle(10, Duration.ofMillis(150)));

        assertThat(read("a")).isEqualTo(bytes);
    }

    @Test
    void saysThatABodyBrokeOff() throws Exception {
        store.putIfAbsent("a", file(bytesOf(50_000, 36)), NO_METADATA);
        proxy.inject(new Fault.CutBody(20_000));

        assertRetryable(() -> read("a"));
    }

    @Test
    void doesNotWaitForEverForTheRestOfABody() throws Exception {
        store.putIfAbsent("a", file(bytesOf(50_000, 37)), NO_METADATA);
        proxy.inject(request -> request.method().equals("GET"), Integer.MAX_VALUE, new Fault.StallBody(20_000));

        try (ObjectStore impatient = open(proxy.endpoint(), bucket, IMPATIENCE)) {
            assertRetryable(() -> impatient.read("a", 0, Long.MAX_VALUE).readAllBytes());
        }
    }

    @Test
    void letsGoOfABodyThatIsNotReadToItsEnd() throws Exception {
        byte[] bytes = bytesOf(200_000, 38);
        store.putIfAbsent("a", file(bytes), NO_METADATA);

        for (int i = 0; i <= MAX_CONNECTIONS; i++) {
            try (InputStream in = store.read("a", 0, Long.MAX_VALUE)) {
                assertThat(in.read()).isEqualTo(bytes[0] & 0xff);
            }
        }
    }

    @Test
    void doesNotRetryWhatIsForbidden() throws Exception {
        Path file = file(bytesOf(1_000, 39));
        store.putIfAbsent("there", file, NO_METADATA);
        proxy.inject(forbidden());
        proxy.forgetRequests();

        assertRefusedForGood(() -> store.putIfAbsent("a", file, NO_METADATA));
        assertRefusedForGood(() -> store.stat("there"));
        assertRefusedForGood(() -> store.read("there", 0, 10).readAllBytes());
        assertRefusedForGood(() -> keysAndSizes(""));
        assertRefusedForGood(() -> store.delete("there"));

        assertThat(proxy.requests()).hasSize(requestsOfFiveRefusedCalls());
        assertRefusedForGood(() -> store.probe());
    }

    @Test
    void saysThatItsCredentialsAreWrong() {
        assertRefusedForGood(() -> {
            try (ObjectStore refused = openWithWrongCredentials(proxy.endpoint(), bucket)) {
                refused.probe();
            }
        });
    }

    @Test
    void saysThatItsBucketIsMissing() {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> {
                    try (ObjectStore lost = open(proxy.endpoint(), "no-such-bucket", PATIENCE)) {
                        lost.probe();
                    }
                })
                .withMessageContaining("no-such-bucket")
                .withMessageContaining("storage.bucket")
                .matches(e -> !e.isRetryable(), "is not retryable");
    }

    @Test
    void isRefusedByItsProbeWhenThePreconditionIsIgnored() throws Exception {
        try (ObjectStore overwriting = openWithoutPrecondition(proxy.endpoint(), bucket)) {
            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(overwriting::probe)
                    .withMessageContaining("precondition")
                    .withMessageContaining(bucket)
                    .matches(e -> !e.isRetryable(), "is not retryable");
        }
        assertThat(keysAndSizes("")).isEmpty();
        assertThat(keysAndSizes(ObjectKey.OWN_PREFIX)).isEmpty();
    }

    @Test
    void saysThatItsServerCannotBeReached() throws Exception {
        Path file = file(bytesOf(10, 40));
        proxy.close();

        assertRetryable(() -> store.putIfAbsent("a", file, NO_METADATA));
        assertRetryable(() -> store.stat("a"));
        assertRetryable(() -> keysAndSizes(""));
    }

    @Test
    void survivesConnectionsThatClose() throws Exception {
        Path file = file(bytesOf(10, 41));
        proxy.inject(new Fault.Refuse());
        assertRetryable(() -> store.putIfAbsent("a", file, NO_METADATA));

        proxy.heal();
        assertThat(store.putIfAbsent("a", file, NO_METADATA).created()).isTrue();
    }

    @Test
    void endsAnUploadThatIsInterrupted() throws Exception {
        Path file = file(bytesOf(multipartSize(), 42));
        proxy.inject(this::carriesBytes, Integer.MAX_VALUE, new Fault.HoldAnswer());
        ExecutorService writer = Executors.newSingleThreadExecutor();
        try {
            Future<?> put = writer.submit(() -> {
                assertRetryable(() -> store.putIfAbsent("a", file, NO_METADATA));
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
            });
            awaitRequest();
            writer.shutdownNow();
            put.get(10, TimeUnit.SECONDS);
        } finally {
            writer.shutdownNow();
        }
        proxy.heal();
        assertThat(store.stat("a")).isEmpty();
    }

    private void awaitRequest() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (proxy.requests().stream().noneMatch(this::carriesBytes)) {
            assertThat(System.nanoTime()).as("a request within 10 s").isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    /** Fails with a {@link StorageException}, bare or as the cause of what a stream may throw. */
    protected static StorageException failureOf(ThrowingCallable call) {
        try {
            call.call();
        } catch (StorageException e) {
            return e;
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof StorageException cause) {
                return cause;
            }
            throw new AssertionError("leaks out of the port: " + e, e);
        } catch (Throwable e) {
            throw new AssertionError("leaks out of the port: " + e, e);
        }
        throw new AssertionError("does not fail");
    }

    private void assertRetryable(ThrowingCallable call) {
        StorageException failure = failureOf(call);
        assertThat(failure.isRetryable()).as(failure.getMessage()).isTrue();
        assertThat(failure).hasMessageContaining(bucket);
    }

    private void assertRefusedForGood(ThrowingCallable call) {
        StorageException failure = failureOf(call);
        assertThat(failure.isRetryable()).as(failure.getMessage()).isFalse();
        assertThat(failure).hasMessageContaining(bucket);
    }
}
