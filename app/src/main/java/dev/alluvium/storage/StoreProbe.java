package dev.alluvium.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * Proves that a store keeps the one promise exactly-once rests on: a second put under a key is refused and changes
 * nothing. Every adapter's {@link ObjectStore#probe()} is this. A process that is killed meanwhile leaves its probe
 * behind, a few bytes that no listing shows; the port tells no ages, so that a store removes old ones by itself or not.
 */
public final class StoreProbe {
    private static final byte[] FIRST = "first probe".getBytes(StandardCharsets.UTF_8);
    private static final byte[] SECOND = "second probe, to be refused".getBytes(StandardCharsets.UTF_8);

    private final ObjectStore store;
    private final Path file;
    private final String key;

    private StoreProbe(ObjectStore store, Path file) {
        this.store = store;
        this.file = file;
        // The random name of the file keeps the probes of processes that start together apart.
        this.key = ObjectKey.PROBE_PREFIX + file.getFileName();
    }

    /**
     * Writes, writes again, reads and deletes an object of a name of its own.
     *
     * @param scratchDirectory an existing local directory for a file of a few bytes, removed again
     * @throws StorageException the store's own error, or one that is not retryable if the store broke its promise
     */
    public static void run(ObjectStore store, Path scratchDirectory) throws StorageException {
        try {
            Path file = Files.createTempFile(scratchDirectory, "", ".tmp");
            try {
                new StoreProbe(store, file).run();
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (StorageException e) {
            throw e;
        } catch (IOException e) {
            throw new StorageException(
                    "cannot write a probe file to " + scratchDirectory + ": " + e + "; make it writable", e, false);
        }
    }

    private void run() throws IOException {
        try {
            writeTwiceAndRead();
        } catch (IOException | RuntimeException e) {
            try {
                store.delete(key);
            } catch (StorageException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
        expect(store.delete(key), "cannot delete an object it has");
        expect(store.stat(key).isEmpty(), "still has an object that was deleted");
    }

    private void writeTwiceAndRead() throws IOException {
        Files.write(file, FIRST);
        PutOutcome first = store.putIfAbsent(key, file, Map.of());
        // A put that the store's client repeated after a lost answer finds its own object, for nobody else has the key.
        expect(first.created() || isFirst(first.object()), "claims to hold an object that was never written");
        Files.write(file, SECOND);
        PutOutcome second = store.putIfAbsent(key, file, Map.of());
        expect(!second.created(), "overwrites objects: it ignores the precondition of a put");
        expect(second.object().equals(first.object()), "does not tell the object it holds");
        expect(isFirst(second.object()), "does not give back what was written");
    }

    private boolean isFirst(StoredObject object) throws IOException {
        try (InputStream in = store.read(key, 0, Long.MAX_VALUE)) {
            return object.size() == FIRST.length && Arrays.equals(in.readAllBytes(), FIRST);
        }
    }

    private void expect(boolean isKept, String complaint) throws StorageException {
        if (!isKept) {
            throw new StorageException(
                    store.describe() + " " + complaint + "; exactly-once is impossible on it, use another store",
                    false);
        }
    }
}
