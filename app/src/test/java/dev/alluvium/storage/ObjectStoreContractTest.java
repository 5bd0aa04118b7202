package dev.alluvium.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every object store must do; each adapter's test subclasses this. */
public abstract class ObjectStoreContractTest {
    private static final Map<String, String> NO_METADATA = Map.of();

    @TempDir
    protected Path files;

    protected ObjectStore store;

    /** A store with no object in it. Called once per test. */
    protected abstract ObjectStore openEmptyStore() throws Exception;

    /** How many objects the listing test writes: more than one page of the store. */
    protected int objectsOfAListing() {
        return 1_500;
    }

    /** Bytes of a file that the store sends in at least three parts, if it has parts. */
    protected int multipartSize() {
        return 20 << 20;
    }

    @BeforeEach
    void openStore() throws Exception {
        store = openEmptyStore();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Test
    void givesBackWhatWasPut() throws IOException {
        byte[] bytes = bytesOf(300_000, 1);

        PutOutcome put = store.putIfAbsent("deltas/a.parquet", file(bytes), NO_METADATA);

        assertThat(put.created()).isTrue();
        assertThat(put.object().key()).isEqualTo("deltas/a.parquet");
        assertThat(put.object().size()).isEqualTo(300_000);
        assertThat(put.object().checksum()).matches("[a-z0-9]+:[0-9a-f]+");
        assertThat(store.stat("deltas/a.parquet")).contains(put.object());
        assertThat(read("deltas/a.parquet")).isEqualTo(bytes);
        assertThat(keysAndSizes("")).containsExactly(new ListedObject("deltas/a.parquet", 300_000));
    }

    @Test
    void leavesTheCallersFileAsItIs() throws IOException {
        byte[] bytes = bytesOf(1_000, 2);
        Path file = file(bytes);

        store.putIfAbsent("a", file, NO_METADATA);
        assertThat(file).hasBinaryContent(bytes);

        Files.write(file, bytesOf(1_000, 3));
        assertThat(read("a")).isEqualTo(bytes);
    }

    @Test
    void leavesAnObjectThatIsThereAsItIs() throws IOException {
        byte[] bytes = bytesOf(100, 4);
        StoredObject first = store.putIfAbsent("a", file(bytes), NO_METADATA).object();

        PutOutcome second = store.putIfAbsent("a", file(bytesOf(200, 5)), NO_METADATA);

        assertThat(second).isEqualTo(new PutOutcome(false, first));
        assertThat(read("a")).isEqualTo(bytes);
    }

    @Test
    void tellsTheSameObjectWhenTheSamePutIsRepeated() throws IOException {
        Path file = file(bytesOf(100, 6));
        StoredObject first = store.putIfAbsent("a", file, NO_METADATA).object();

        assertThat(store.putIfAbsent("a", file, NO_METADATA)).isEqualTo(new PutOutcome(false, first));
    }

    @Test
    void tellsEqualBytesByEqualChecksums() throws IOException {
        StoredObject a =
                store.putIfAbsent("a", file(bytesOf(100, 7)), NO_METADATA).object();
        StoredObject b =
                store.putIfAbsent("b", file(bytesOf(100, 7)), NO_METADATA).object();
        StoredObject c =
                store.putIfAbsent("c", file(bytesOf(100, 8)), NO_METADATA).object();

        assertThat(a.checksum()).isEqualTo(b.checksum()).isNotEqualTo(c.checksum());
    }

    @Test
    void letsExactlyOneOfEightWritersWin() throws Exception {
        for (int round = 0; round < 10; round++) {
            String key = "race/" + round;
            List<byte[]> contents = new ArrayList<>();
            List<Path> sources = new ArrayList<>();
            for (int writer = 0; writer < 8; writer++) {
                byte[] bytes = bytesOf(50_000 + writer, writer);
                contents.add(bytes);
                sources.add(file(bytes));
            }

            List<PutOutcome> outcomes = race(key, sources);

            assertThat(outcomes).filteredOn(PutOutcome::created).hasSize(1);
            assertThat(outcomes)
                    .extracting(PutOutcome::object)
                    .containsOnly(outcomes.get(0).object());
            byte[] winner = contents.get(indexOfCreated(outcomes));
            assertThat(read(key)).isEqualTo(winner);
        }
        assertThat(keysAndSizes("")).hasSize(10);
    }

    @Test
    void readsRanges() throws IOException {
        byte[] bytes = bytesOf(10_000, 9);
        store.putIfAbsent("a", file(bytes), NO_METADATA);

        assertThat(read("a", 0, 10)).isEqualTo(Arrays.copyOfRange(bytes, 0, 10));
        assertThat(read("a", 1_234, 5_000)).isEqualTo(Arrays.copyOfRange(bytes, 1_234, 6_234));
        assertThat(read("a", 9_992, 8)).isEqualTo(Arrays.copyOfRange(bytes, 9_992, 10_000));
    }

    @Test
    void endsARangeWithTheObject() throws IOException {
        byte[] bytes = bytesOf(100, 10);
        store.putIfAbsent("a", file(bytes), NO_METADATA);

        assertThat(read("a", 90, 1_000)).isEqualTo(Arrays.copyOfRange(bytes, 90, 100));
        assertThat(read("a", 90, Long.MAX_VALUE)).isEqualTo(Arrays.copyOfRange(bytes, 90, 100));
        assertThat(read("a", 100, 10)).isEmpty();
        assertThat(read("a", 5_000, 10)).isEmpty();
        assertThat(read("a", 50, 0)).isEmpty();
    }

    @Test
    void refusesANegativeRange() throws IOException {
        store.putIfAbsent("a", file(bytesOf(10, 11)), NO_METADATA);

        assertThatThrownBy(() -> store.read("a", -1, 10)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.read("a", 0, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void storesAnEmptyFile() throws IOException {
        PutOutcome put = store.putIfAbsent("empty", file(new byte[0]), NO_METADATA);

        assertThat(put.object().size()).isZero();
        assertThat(store.stat("empty")).contains(put.object());
        assertThat(read("empty")).isEmpty();
        assertThat(store.putIfAbsent("empty", file(new byte[1]), NO_METADATA))
                .isEqualTo(new PutOutcome(false, put.object()));
    }

    @Test
    void storesALargeFile() throws IOException {
        int size = multipartSize();
        byte[] bytes = bytesOf(size, 12);

        PutOutcome put = store.putIfAbsent("large", file(bytes), NO_METADATA);

        assertThat(put.object().size()).isEqualTo(size);
        assertThat(store.stat("large")).contains(put.object());
        assertThat(Arrays.equals(read("large"), bytes)).isTrue();
        assertThat(read("large", size - 5, 3)).isEqualTo(Arrays.copyOfRange(bytes, size - 5, size - 2));
        assertThat(store.putIfAbsent("large", file(bytes), NO_METADATA)).isEqualTo(new PutOutcome(false, put.object()));
    }

    @Test
    void tellsOneByteOfALargeFileByItsChecksum() throws IOException {
        byte[] bytes = bytesOf(multipartSize(), 23);
        StoredObject first = store.putIfAbsent("a", file(bytes), NO_METADATA).object();
        bytes[bytes.length - 1] ^= 1;

        assertThat(store.putIfAbsent("b", file(bytes), NO_METADATA).object().checksum())
                .isNotEqualTo(first.checksum());
    }

    @Test
    void showsAnObjectWholeOrNotAtAll() throws Exception {
        int size = multipartSize();
        Path file = file(bytesOf(size, 22));
        ExecutorService writer = Executors.newSingleThreadExecutor();
        try {
            Set<Long> sizesSeen = new HashSet<>();
            Future<PutOutcome> put = writer.submit(() -> store.putIfAbsent("large", file, NO_METADATA));
            while (!put.isDone()) {
                sizesSeen.addAll(sizesOf("large"));
            }
            assertThat(put.get().created()).isTrue();
            sizesSeen.addAll(sizesOf("large"));

            assertThat(sizesSeen).containsExactly((long) size);
        } finally {
            writer.shutdownNow();
        }
    }

    /** Of the object of that very name: a server may show the temp files it works with under others. */
    private List<Long> sizesOf(String key) throws IOException {
        return keysAndSizes(key).stream()
                .filter(object -> object.key().equals(key))
                .map(ListedObject::size)
                .toList();
    }

    @Test
    void storesUnderADeepKey() throws IOException {
        store.putIfAbsent("deep/nested/dir/file.parquet", file(bytesOf(10, 13)), NO_METADATA);

        assertThat(read("deep/nested/dir/file.parquet")).isEqualTo(bytesOf(10, 13));
    }

    @Test
    void storesUnderAKeyOfUnusualCharacters() throws IOException {
        String key = "date=2026-02-06/a b+c%2F&d'e#f?g/~h..i.parquet";
        store.putIfAbsent(key, file(bytesOf(10, 14)), NO_METADATA);

        assertThat(read(key)).isEqualTo(bytesOf(10, 14));
        assertThat(keysAndSizes("date=2026-02-06/a b")).containsExactly(new ListedObject(key, 10));
    }

    @Test
    void acceptsMetadata() throws IOException {
        Map<String, String> metadata = Map.of("format", "parquet", "generator", "alluvium");

        assertThat(store.putIfAbsent("a", file(bytesOf(10, 15)), metadata).created())
                .isTrue();
    }

    @Test
    void listsManyObjectsByPrefix() throws Exception {
        int count = objectsOfAListing();
        Path file = file(bytesOf(10, 16));
        Set<ListedObject> written = IntStream.range(0, count)
                .mapToObj(i -> new ListedObject("list/" + (i % 3) + "/" + i, 10))
                .collect(Collectors.toSet());
        putInParallel(List.copyOf(written), file);
        store.putIfAbsent("list0", file, NO_METADATA);

        assertThat(keysAndSizes("")).hasSize(count + 1).containsAll(written);
        assertThat(keysAndSizes("list/")).containsExactlyInAnyOrderElementsOf(written);
        assertThat(keysAndSizes("list/1/")).containsExactlyInAnyOrderElementsOf(startingWith(written, "list/1/"));
        assertThat(keysAndSizes("list/1/1")).containsExactlyInAnyOrderElementsOf(startingWith(written, "list/1/1"));
        assertThat(keysAndSizes("li")).hasSize(count + 1);
        assertThat(keysAndSizes("list/1/1/")).isEmpty();
        assertThat(keysAndSizes("list/9/")).isEmpty();
        assertThat(keysAndSizes("none/at/all")).isEmpty();
    }

    @Test
    void deletesAnObjectOnce() throws IOException {
        store.putIfAbsent("dir/a", file(bytesOf(10, 17)), NO_METADATA);
        store.putIfAbsent("dir/b", file(bytesOf(10, 18)), NO_METADATA);

        assertThat(store.delete("dir/a")).isTrue();
        assertThat(store.delete("dir/a")).isFalse();

        assertThat(store.stat("dir/a")).isEmpty();
        assertThat(keysAndSizes("")).containsExactly(new ListedObject("dir/b", 10));
        assertThat(store.putIfAbsent("dir/a", file(bytesOf(20, 19)), NO_METADATA)
                        .created())
                .isTrue();
    }

    @Test
    void tellsThatAKeyHasNoObject() throws IOException {
        store.putIfAbsent("dir/a", file(bytesOf(10, 20)), NO_METADATA);

        assertThat(store.stat("dir")).isEmpty();
        assertThat(store.stat("dir/b")).isEmpty();
        assertThat(store.delete("dir")).isFalse();
        assertThat(store.delete("other/b")).isFalse();
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> store.read("dir/b", 0, 10))
                .withMessageContaining("dir/b")
                .matches(e -> !e.isRetryable());
    }

    @Test
    void saysThatTheFileToPutIsMissing() {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> store.putIfAbsent("a", files.resolve("missing"), NO_METADATA))
                .withMessageContaining("missing")
                .matches(e -> !e.isRetryable());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "../../../etc/passwd",
                "/etc/passwd",
                "./../../x",
                "..\\..\\windows\\system32",
                "a\\b",
                "a/../b",
                "a/..",
                "..",
                ".",
                "a/./b",
                "a//b",
                "a/",
                "nul\0byte",
                "line\nbreak",
                "lone\ud800surrogate",
                ".alluvium-tmp/x",
                ".alluvium-x"
            })
    void refusesAnUnsafeKey(String key) throws IOException {
        Path file = file(bytesOf(10, 21));

        assertRefused(() -> store.putIfAbsent(key, file, NO_METADATA));
        assertRefused(() -> store.stat(key));
        assertRefused(() -> store.read(key, 0, 1));
        assertRefused(() -> store.delete(key));
        assertThat(keysAndSizes("")).isEmpty();
    }

    @Test
    void refusesAKeyBeyondTheLimitOfStores() {
        String segment = "x".repeat(99) + "/";
        assertRefused(() -> store.stat(segment.repeat(10) + "x".repeat(25)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../", "/etc/", "a/../../b", "a//b", "a\\b/"})
    void refusesToListAnUnsafePrefix(String prefix) {
        assertRefused(() -> store.list(prefix));
    }

    @Test
    void passesItsProbeAndLeavesNothing() throws IOException {
        store.probe();
        store.probe();

        assertThat(keysAndSizes("")).isEmpty();
        assertThat(keysAndSizes(ObjectKey.OWN_PREFIX)).isEmpty();
    }

    @Test
    void passesProbesOfSeveralProcessesAtOnce() throws Exception {
        inParallel(IntStream.range(0, 8)
                .<Callable<Boolean>>mapToObj(i -> () -> {
                    store.probe();
                    return true;
                })
                .toList());

        assertThat(keysAndSizes("")).isEmpty();
    }

    @Test
    void describesItself() {
        assertThat(store.describe()).matches("[a-z0-9]+:.+");
    }

    /** A file with the bytes, for the test to put. */
    protected final Path file(byte[] bytes) throws IOException {
        return Files.write(Files.createTempFile(files, "source", ".bin"), bytes);
    }

    /** As many bytes, the same for the same seed. */
    protected static byte[] bytesOf(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** The whole object. */
    protected final byte[] read(String key) throws IOException {
        return read(key, 0, Long.MAX_VALUE);
    }

    /** The listing of a prefix, as a list so that an object told twice is seen. */
    protected final List<ListedObject> keysAndSizes(String prefix) throws IOException {
        try (Stream<ListedObject> objects = store.list(prefix)) {
            return objects.toList();
        }
    }

    /** Runs all tasks at the same moment and gives their results. */
    protected static <T> List<T> inParallel(List<Callable<T>> tasks) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
        try {
            CyclicBarrier start = new CyclicBarrier(tasks.size());
            List<Future<T>> futures = new ArrayList<>();
            for (Callable<T> task : tasks) {
                futures.add(threads.submit(() -> {
                    start.await();
                    return task.call();
                }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    private List<PutOutcome> race(String key, List<Path> sources) throws Exception {
        return inParallel(sources.stream()
                .<Callable<PutOutcome>>map(source -> () -> store.putIfAbsent(key, source, NO_METADATA))
                .toList());
    }

    /** By eight writers, which waits less for each object to become durable. */
    private void putInParallel(List<ListedObject> objects, Path file) throws Exception {
        inParallel(IntStream.range(0, 8)
                .<Callable<Boolean>>mapToObj(writer -> () -> {
                    for (int i = writer; i < objects.size(); i += 8) {
                        store.putIfAbsent(objects.get(i).key(), file, NO_METADATA);
                    }
                    return true;
                })
                .toList());
    }

    private static int indexOfCreated(List<PutOutcome> outcomes) {
        return IntStream.range(0, outcomes.size())
                .filter(i -> outcomes.get(i).created())
                .findFirst()
                .orElseThrow();
    }

    private static Set<ListedObject> startingWith(Set<ListedObject> objects, String prefix) {
        return objects.stream().filter(o -> o.key().startsWith(prefix)).collect(Collectors.toSet());
    }

    private byte[] read(String key, long position, long length) throws IOException {
        try (InputStream in = store.read(key, position, length)) {
            return in.readAllBytes();
        }
    }

    private static void assertRefused(Callable<?> call) {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(call::call)
                .withMessageMatching("(?s)unsafe object key.*")
                .matches(e -> !e.isRetryable(), "is not retryable");
    }

    /** Text as bytes. */
    protected static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
