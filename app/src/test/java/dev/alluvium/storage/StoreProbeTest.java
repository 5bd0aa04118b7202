package dev.alluvium.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.alluvium.storage.local.LocalObjectStore;
import dev.alluvium.storage.local.LocalStoreSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreProbeTest {
    @TempDir
    Path directory;

    @TempDir
    Path scratch;

    private ObjectStore sound;

    /** What a broken store does instead of a call of the port. */
    private interface Defect {
        Object call(ObjectStore sound, Object... arguments) throws Exception;
    }

    @BeforeEach
    void openStore() throws IOException {
        sound = LocalObjectStore.open(new LocalStoreSettings(directory), Clock.systemUTC());
    }

    @Test
    void passesASoundStore() throws IOException {
        StoreProbe.run(sound, scratch);

        assertThat(filesIn(directory)).isEmpty();
        assertThat(filesIn(scratch)).isEmpty();
    }

    @Test
    void refusesAStoreThatOverwrites() throws IOException {
        ObjectStore overwriting = broken("putIfAbsent", (store, arguments) -> {
            store.delete((String) arguments[0]);
            return store.putIfAbsent((String) arguments[0], (Path) arguments[1], Map.of());
        });

        assertRefused(overwriting, "overwrites objects");
    }

    @Test
    void refusesAStoreThatOverwritesAndDeniesIt() throws IOException {
        ObjectStore lying = broken("putIfAbsent", (store, arguments) -> {
            boolean isThere = store.delete((String) arguments[0]);
            PutOutcome put = store.putIfAbsent((String) arguments[0], (Path) arguments[1], Map.of());
            return new PutOutcome(!isThere, put.object());
        });

        assertRefused(lying, "does not tell the object it holds");
    }

    @Test
    void refusesAStoreThatGivesBackOtherBytes() throws IOException {
        ObjectStore garbling = broken("read", (store, arguments) -> new ByteArrayInputStream(new byte[11]));

        assertRefused(garbling, "does not give back what was written");
    }

    @Test
    void refusesAStoreThatDoesNotDelete() throws IOException {
        ObjectStore keeping = broken("delete", (store, arguments) -> false);

        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> StoreProbe.run(keeping, scratch))
                .withMessageContaining("cannot delete");
    }

    @Test
    void passesOnTheStoresOwnErrorAndCleansUp() throws IOException {
        FlakyObjectStore flaky = new FlakyObjectStore(sound, 1);
        flaky.loseNextAnswers(1);

        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> StoreProbe.run(flaky, scratch))
                .withMessageContaining("injected")
                .matches(StorageException::isRetryable);

        assertThat(filesIn(directory)).isEmpty();
        assertThat(filesIn(scratch)).isEmpty();
    }

    @Test
    void passesAStoreWhoseClientRepeatedAPutAfterALostAnswer() throws IOException {
        AtomicInteger puts = new AtomicInteger();
        ObjectStore repeating = broken("putIfAbsent", (store, arguments) -> {
            PutOutcome put = store.putIfAbsent((String) arguments[0], (Path) arguments[1], Map.of());
            return new PutOutcome(puts.incrementAndGet() > 1 && put.created(), put.object());
        });

        StoreProbe.run(repeating, scratch);

        assertThat(puts).hasValue(2);
        assertThat(filesIn(directory)).isEmpty();
    }

    @Test
    void refusesAStoreThatHoldsAnotherObjectFromTheBeginning(@TempDir Path elsewhere) throws IOException {
        Path other = Files.writeString(elsewhere.resolve("other"), "other bytes");
        ObjectStore holding = broken("putIfAbsent", (store, arguments) -> {
            store.putIfAbsent((String) arguments[0], other, Map.of());
            return store.putIfAbsent((String) arguments[0], (Path) arguments[1], Map.of());
        });

        assertRefused(holding, "claims to hold an object that was never written");
    }

    private void assertRefused(ObjectStore store, String complaint) throws IOException {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> StoreProbe.run(store, scratch))
                .withMessageContaining(sound.describe())
                .withMessageContaining(complaint)
                .matches(e -> !e.isRetryable());
        assertThat(filesIn(directory)).isEmpty();
        assertThat(filesIn(scratch)).isEmpty();
    }

    private ObjectStore broken(String method, Defect defect) {
        return (ObjectStore) Proxy.newProxyInstance(
                ObjectStore.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, (proxy, called, arguments) -> {
                    if (called.getName().equals(method)) {
                        return defect.call(sound, arguments);
                    }
                    try {
                        return called.invoke(sound, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static Stream<Path> filesIn(Path path) throws IOException {
        try (Stream<Path> all = Files.walk(path)) {
            return all.filter(Files::isRegularFile).toList().stream();
        }
    }
}
