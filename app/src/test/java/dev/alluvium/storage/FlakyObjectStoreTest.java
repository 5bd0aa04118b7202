package dev.alluvium.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.alluvium.storage.local.LocalObjectStore;
import dev.alluvium.storage.local.LocalStoreSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlakyObjectStoreTest {
    @TempDir
    Path directory;

    private ObjectStore healthy;
    private FlakyObjectStore store;
    private Path file;

    @BeforeEach
    void openStores() throws IOException {
        healthy = LocalObjectStore.open(new LocalStoreSettings(directory.resolve("store")), Clock.systemUTC());
        store = new FlakyObjectStore(healthy, 42);
        file = Files.writeString(directory.resolve("file"), "rows");
    }

    @Test
    void isTheStoreItWrapsUntilAskedToFail() throws IOException {
        store.probe();

        assertThat(put("a").created()).isTrue();
        assertThat(store.stat("a")).isEqualTo(healthy.stat("a")).isPresent();
    }

    @Test
    void failsBeforeItDoesAnything() throws IOException {
        store.failNext(1);

        assertFails(() -> put("a"), "failed put a");

        assertThat(healthy.stat("a")).isEmpty();
        assertThat(put("a").created()).isTrue();
        assertThat(store.failedBefore()).isEqualTo(1);
    }

    @Test
    void losesTheAnswerOfAPutThatIsDone() throws IOException {
        store.loseNextAnswers(1);

        assertFails(() -> put("a"), "lost the answer of put a");

        assertThat(healthy.stat("a")).isPresent();
        assertThat(put("a").created()).isFalse();
        assertThat(store.lostAnswers()).isEqualTo(1);
    }

    @Test
    void failsEveryCallDuringAnOutage() throws IOException {
        store.beginOutage();
        for (int i = 0; i < 3; i++) {
            assertFails(() -> put("a"), "put a");
        }
        assertFails(() -> store.stat("a"), "stat a");
        assertFails(() -> store.probe(), "probe");
        store.endOutage();

        assertThat(put("a").created()).isTrue();
    }

    @Test
    void hangsAPutUntilItIsReleased() throws Exception {
        store.hangPuts();
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try {
            Future<PutOutcome> late = threads.submit(() -> put("a"));
            assertThat(store.awaitHangingPuts(1, Duration.ofSeconds(10))).isTrue();
            assertThat(healthy.stat("a")).isEmpty();
            assertThat(late.isDone()).isFalse();

            store.releasePuts();

            assertThat(late.get().created()).isTrue();
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void abortsHangingPutsAndNoLaterOnes() throws Exception {
        store.hangPuts();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<PutOutcome>> hanging = new ArrayList<>();
            hanging.add(threads.submit(() -> put("a")));
            hanging.add(threads.submit(() -> put("b")));
            assertThat(store.awaitHangingPuts(2, Duration.ofSeconds(10))).isTrue();

            store.abortPuts();

            for (Future<PutOutcome> put : hanging) {
                assertThat(put)
                        .failsWithin(Duration.ofSeconds(10))
                        .withThrowableThat()
                        .withMessageContaining("aborted");
            }
            assertThat(healthy.stat("a")).isEmpty();
            assertThat(put("a").created()).isTrue();
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void takesItsTimeAndAnswersAllTheSame() throws IOException {
        store.delayUpTo(Duration.ofMillis(2));

        assertThat(put("a").created()).isTrue();
        assertThat(store.stat("a")).isPresent();
    }

    @Test
    void repeatsItsFaultsWithItsSeed() {
        assertThat(faultsOf(7)).isEqualTo(faultsOf(7)).contains(true, false);
        assertThat(faultsOf(8)).isNotEqualTo(faultsOf(7));
    }

    private List<Boolean> faultsOf(long seed) {
        FlakyObjectStore flaky = new FlakyObjectStore(healthy, seed);
        flaky.failAtRandom(0.3, 0.3);
        List<Boolean> faults = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            boolean isFault = false;
            try {
                flaky.delete("none");
            } catch (StorageException e) {
                isFault = true;
            }
            faults.add(isFault);
        }
        assertThat(flaky.failedBefore()).isPositive();
        assertThat(flaky.lostAnswers()).isPositive();
        return faults;
    }

    private PutOutcome put(String key) throws StorageException {
        return store.putIfAbsent(key, file, Map.of());
    }

    private static void assertFails(ThrowingCallable call, String message) {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(call)
                .withMessageContaining("seed 42")
                .withMessageContaining(message)
                .matches(StorageException::isRetryable);
    }
}
