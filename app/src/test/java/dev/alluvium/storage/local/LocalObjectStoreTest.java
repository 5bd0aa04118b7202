package dev.alluvium.storage.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.alluvium.storage.ListedObject;
import dev.alluvium.storage.ObjectStore;
import dev.alluvium.storage.ObjectStoreContractTest;
import dev.alluvium.storage.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalObjectStoreTest extends ObjectStoreContractTest {
    private static final Instant NOW = Instant.parse("2026-02-06T12:00:00Z");

    @TempDir
    Path directory;

    @SuppressWarnings("NullAway.Init") // set by openEmptyStore, before each test
    private Path base;

    @Override
    protected ObjectStore openEmptyStore() throws StorageException {
        base = directory.resolve("new/archive");
        return open();
    }

    private ObjectStore open() throws StorageException {
        LocalStoreSettings settings = new LocalStoreSettings(base, Duration.ofHours(24));
        return LocalObjectStore.open(settings, Clock.fixed(NOW, ZoneOffset.UTC));
    }

    @Test
    void createsItsDirectoriesForOthersToRead() throws IOException {
        store.putIfAbsent("2026/a", file(utf8("a")), Map.of());

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(base)))
                .startsWith("rwx");
        assertThat(modeOf(base)).isEqualTo(modeOf(base.resolve("2026")));
        assertThat(modeOf(base.resolve("2026/a"))).isEqualTo(modeOf(Files.createFile(directory.resolve("plain"))));
    }

    @Test
    void keepsAnObjectAsAFileOfItsKey() throws IOException {
        store.putIfAbsent("deltas/2026-02-06/a.parquet", file(utf8("rows")), Map.of());

        assertThat(base.resolve("deltas/2026-02-06/a.parquet")).hasContent("rows");
    }

    @Test
    void tellsThatNothingIsBelowAnObject() throws IOException {
        store.putIfAbsent("dir/a", file(utf8("a")), Map.of());

        assertThat(store.stat("dir/a/b")).isEmpty();
        assertThat(store.delete("dir/a/b")).isFalse();
    }

    @Test
    void leavesNoTempFileBehind() throws IOException {
        store.putIfAbsent("a", file(utf8("first")), Map.of());
        store.putIfAbsent("a", file(utf8("second")), Map.of());
        store.probe();

        assertThat(allFilesBelow(base)).containsExactly(base.resolve("a"));
    }

    @Test
    void leavesNoTempFileBehindAPutThatFails() throws IOException {
        store.putIfAbsent("dir/a", file(utf8("a")), Map.of());

        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> store.putIfAbsent("dir", file(utf8("b")), Map.of()))
                .withMessageContaining("directory")
                .matches(e -> !e.isRetryable());
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> store.putIfAbsent("dir/a/b/c", file(utf8("b")), Map.of()))
                .withMessageContaining("in the way")
                .matches(e -> !e.isRetryable());

        assertThat(allFilesBelow(base)).containsExactly(base.resolve("dir/a"));
    }

    @Test
    void tellsTheChecksumOfWhatIsOnDiskNow() throws IOException {
        // The check value of CRC-32C for "123456789".
        assertThat(store.putIfAbsent("a", file(utf8("123456789")), Map.of())
                        .object()
                        .checksum())
                .isEqualTo("crc32c:e3069283");

        Files.write(base.resolve("a"), utf8("bit rot"));

        assertThat(store.stat("a").orElseThrow().checksum()).isNotEqualTo("crc32c:e3069283");
    }

    @Test
    void keepsItsObjectsWhenOpenedAgain() throws IOException {
        store.putIfAbsent("a", file(utf8("a")), Map.of());

        try (ObjectStore again = open()) {
            assertThat(again.stat("a")).isEqualTo(store.stat("a")).isPresent();
        }
    }

    @Test
    void removesOnlyOldLeftOversOfItsOwn() throws IOException {
        Path old = leftOver(".alluvium-tmp/1.tmp", NOW.minus(Duration.ofHours(25)));
        Path oldProbe = leftOver(".alluvium-probe-1.tmp", NOW.minus(Duration.ofHours(25)));
        Path young = leftOver(".alluvium-tmp/2.tmp", NOW.minus(Duration.ofHours(23)));
        Path foreign = leftOver(".alluvium-tmp/readme", NOW.minus(Duration.ofHours(25)));
        Path object = leftOver("a.tmp", NOW.minus(Duration.ofHours(25)));

        open().close();

        assertThat(old).doesNotExist();
        assertThat(oldProbe).doesNotExist();
        assertThat(Set.of(young, foreign, object))
                .allSatisfy(path -> assertThat(path).exists());
    }

    @Test
    void showsNoTempFilesInListings() throws IOException {
        leftOver(".alluvium-tmp/1.tmp", NOW);
        leftOver(".alluvium-probe-1.tmp", NOW);
        store.putIfAbsent("a", file(utf8("a")), Map.of());

        assertThat(keysAndSizes("")).containsExactly(new ListedObject("a", 1));
        assertThat(keysAndSizes(".")).isEmpty();
    }

    @Test
    void refusesAKeyThroughALinkThatLeadsOut() throws IOException {
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Files.write(outside.resolve("secret"), utf8("secret"));
        Files.createSymbolicLink(base.resolve("link"), outside);
        Files.createSymbolicLink(base.resolve("file"), outside.resolve("secret"));
        Files.createSymbolicLink(base.resolve("dangling"), outside.resolve("new"));

        for (String key : Set.of("link/secret", "link/x/y", "file", "dangling", "dangling/x", "link")) {
            assertLinkRefused(() -> store.putIfAbsent(key, file(utf8("x")), Map.of()), key);
            assertLinkRefused(() -> store.stat(key), key);
            assertLinkRefused(() -> store.read(key, 0, 1), key);
            assertLinkRefused(() -> store.delete(key), key);
        }
        assertLinkRefused(() -> store.list("link/"), "link");
        assertThat(keysAndSizes("")).isEmpty();
        assertThat(allFilesBelow(outside)).containsExactly(outside.resolve("secret"));
        assertThat(outside.resolve("secret")).hasContent("secret");
    }

    @Test
    void refusesATempDirectoryThatIsALink() throws IOException {
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Files.delete(base.resolve(".alluvium-tmp"));
        Files.createSymbolicLink(base.resolve(".alluvium-tmp"), outside);

        assertThatExceptionOfType(StorageException.class).isThrownBy(this::open).withMessageContaining("symbolic link");
    }

    @Test
    void mayBeReachedThroughALink() throws IOException {
        Path real = base;
        base = Files.createSymbolicLink(directory.resolve("alias"), real);

        try (ObjectStore aliased = open()) {
            aliased.putIfAbsent("a", file(utf8("a")), Map.of());
        }

        assertThat(real.resolve("a")).hasContent("a");
    }

    @Test
    void refusesASegmentLongerThanFileNamesMayBe() throws IOException {
        Path file = file(utf8("a"));

        assertThat(store.putIfAbsent("x".repeat(255), file, Map.of()).created()).isTrue();
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> store.putIfAbsent("x".repeat(256), file, Map.of()))
                .withMessageContaining("255")
                .matches(e -> !e.isRetryable());
    }

    @Test
    void saysThatItsDirectoryIsGone() throws IOException {
        Files.move(base, directory.resolve("unmounted"));
        Path file = file(utf8("a"));

        assertGone(() -> store.putIfAbsent("a/b", file, Map.of()));
        assertGone(() -> store.stat("a"));
        assertGone(() -> store.delete("a"));
        assertGone(() -> store.probe());
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> keysAndSizes(""))
                .havingCause()
                .isInstanceOf(StorageException.class)
                .withMessageContaining("mounted");
        assertThat(base).doesNotExist();
    }

    @Test
    void saysThatItsDirectoryIsAFile() throws IOException {
        base = Files.write(directory.resolve("file"), utf8("a"));

        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(this::open)
                .withMessageContaining(base.toString())
                .matches(e -> !e.isRetryable());
    }

    @Test
    void saysThatItMayNotWrite() throws IOException {
        assertThat(base.toFile().setWritable(false)
                        && base.resolve(".alluvium-tmp").toFile().setWritable(false))
                .isTrue();
        if ("root".equals(System.getProperty("user.name"))) {
            store.probe(); // permissions do not bind root
            return;
        }

        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> store.probe())
                .withMessageContaining("writable")
                .matches(e -> !e.isRetryable());
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> store.putIfAbsent("a", file(utf8("a")), Map.of()))
                .withMessageContaining("no permission")
                .matches(e -> !e.isRetryable());

        assertThat(base.toFile().setWritable(true)
                        && base.resolve(".alluvium-tmp").toFile().setWritable(true))
                .isTrue();
    }

    private Path leftOver(String name, Instant lastWritten) throws IOException {
        Path path = Files.write(base.resolve(name), utf8("half a f"));
        return Files.setLastModifiedTime(path, FileTime.from(lastWritten));
    }

    private static String modeOf(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static Stream<Path> allFilesBelow(Path path) throws IOException {
        try (Stream<Path> all = Files.walk(path)) {
            return all.filter(p -> !Files.isDirectory(p)).toList().stream();
        }
    }

    private static void assertLinkRefused(ThrowingCallable call, String key) {
        assertThatExceptionOfType(StorageException.class)
                .as(key)
                .isThrownBy(call)
                .withMessageContaining("symbolic link")
                .matches(e -> !e.isRetryable());
    }

    private static void assertGone(ThrowingCallable call) {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(call)
                .withMessageContaining(" is gone")
                .matches(e -> !e.isRetryable());
    }
}
