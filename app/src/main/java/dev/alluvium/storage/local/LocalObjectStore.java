package dev.alluvium.storage.local;

import dev.alluvium.storage.ListedObject;
import dev.alluvium.storage.ObjectKey;
import dev.alluvium.storage.ObjectStore;
import dev.alluvium.storage.PutOutcome;
import dev.alluvium.storage.StorageException;
import dev.alluvium.storage.StoreProbe;
import dev.alluvium.storage.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Objects as files below a base directory. A put copies to a temp file, fsyncs it, publishes it by a hard link, which the
 * kernel refuses if the name is taken, and fsyncs the directories: so an object is whole, durable and never replaced, also
 * among several processes. Metadata is not kept. Checksums are CRC-32C, computed from the bytes on disk at every stat.
 *
 * <p>No part of a key may be a symbolic link, or differ from the name on disk (case, on file systems that ignore it).
 * Unlike in a cloud store, {@code a} and {@code a/b} cannot both be objects, and a segment has at most 255 bytes.
 */
public final class LocalObjectStore implements ObjectStore {
    private static final Logger LOG = LoggerFactory.getLogger(LocalObjectStore.class);
    private static final String TEMP_DIRECTORY = ObjectKey.OWN_PREFIX + "tmp";
    private static final String TEMP_SUFFIX = ".tmp";
    // createTempFile's own default is 0600, which would hide the objects from every other reader.
    private static final Set<PosixFilePermission> FILE_MODE = PosixFilePermissions.fromString("rw-rw-rw-");
    private static final int MAX_SEGMENT_BYTES = 255;
    private static final int BUFFER_BYTES = 256 << 10;

    private final Path base;
    private final Path temp;
    private final Failures failures;

    private LocalObjectStore(Path base, Failures failures) {
        this.base = base;
        this.temp = base.resolve(TEMP_DIRECTORY);
        this.failures = failures;
    }

    /**
     * Opens the store, creates its directory if missing, and removes temp files of dead writers.
     *
     * @param clock tells how old a left-over temp file is, against the file system's own time stamps
     */
    public static LocalObjectStore open(LocalStoreSettings settings, Clock clock) throws StorageException {
        Path directory = settings.directory().toAbsolutePath().normalize();
        Failures failures = new Failures(directory);
        try {
            Directories.create(directory);
            // Everything below is compared with real paths, so the base itself may be reached through a link.
            Path base = directory.toRealPath();
            LocalObjectStore store = new LocalObjectStore(base, new Failures(base));
            Directories.create(store.temp);
            store.requireReal(store.temp, TEMP_DIRECTORY);
            Instant deadline = clock.instant().minus(settings.leftoverAge());
            store.removeOlder(store.temp, "*" + TEMP_SUFFIX, deadline);
            store.removeOlder(base, ObjectKey.PROBE_PREFIX + "*", deadline);
            return store;
        } catch (IOException e) {
            throw failures.of("open the store", e);
        }
    }

    @Override
    public PutOutcome putIfAbsent(String key, Path file, Map<String, String> metadata) throws StorageException {
        Path target = locate(key);
        try {
            Optional<StoredObject> present = stat(key, target);
            if (present.isPresent()) {
                // Whoever published it may have died before the entry was durable.
                Directories.syncUpTo(base, parentOf(target));
                return new PutOutcome(false, present.get());
            }
            Path copy = Files.createTempFile(temp, "", TEMP_SUFFIX, Directories.attributes(temp, FILE_MODE));
            try {
                StoredObject written = copyDurably(key, file, copy);
                Directories.create(parentOf(target));
                requireReal(parentOf(target), key);
                boolean isCreated = link(key, target, copy);
                Directories.syncUpTo(base, parentOf(target));
                return isCreated ? new PutOutcome(true, written) : new PutOutcome(false, takenBy(key, target));
            } finally {
                discard(copy);
            }
        } catch (IOException e) {
            throw failures.of("write " + key, e);
        }
    }

    @Override
    public Optional<StoredObject> stat(String key) throws StorageException {
        Path path = locate(key);
        try {
            return stat(key, path);
        } catch (IOException e) {
            throw failures.of("read " + key, e);
        }
    }

    @Override
    @SuppressWarnings("resource") // the stream closes the channel
    public InputStream read(String key, long position, long length) throws StorageException {
        if (position < 0 || length < 0) {
            throw new IllegalArgumentException("not a range: " + length + " bytes from " + position);
        }
        Path path = locate(key);
        try {
            if (attributesOf(path) == null) {
                throw new StorageException("no object " + key + " in " + describe(), false);
            }
            return new RangeStream(openForReading(path), key, position, length, failures);
        } catch (IOException e) {
            throw failures.of("read " + key, e);
        }
    }

    @Override
    public Stream<ListedObject> list(String prefix) throws StorageException {
        String directory = ObjectKey.directoryOf(prefix);
        Path start = directory.isEmpty() ? base : locate(directory);
        if (!Files.isDirectory(start) && !start.equals(base)) {
            return Stream.empty();
        }
        ObjectWalk walk = new ObjectWalk(base, start, prefix, failures);
        int unordered = Spliterator.NONNULL | Spliterator.DISTINCT;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(walk, unordered), false);
    }

    @Override
    public boolean delete(String key) throws StorageException {
        Path path = locate(key);
        try {
            if (attributesOf(path) == null) {
                return false;
            }
            boolean isDeleted = Files.deleteIfExists(path);
            Directories.sync(parentOf(path));
            return isDeleted;
        } catch (IOException e) {
            throw failures.of("delete " + key, e);
        }
    }

    @Override
    public void probe() throws StorageException {
        requireReal(temp, TEMP_DIRECTORY);
        requireWritable();
        StoreProbe.run(this, temp);
    }

    /** The probe's own file lies in the store too; here it is known what its failure means. */
    private void requireWritable() throws StorageException {
        try {
            Path file = Files.createTempFile(temp, "", TEMP_SUFFIX);
            try {
                Files.write(file, new byte[BUFFER_BYTES]);
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw failures.of("write a probe", e);
        }
    }

    @Override
    public String describe() {
        return "file:" + base;
    }

    /** Does nothing: the store holds nothing open. */
    @Override
    public void close() {}

    /** The path of a key, after proof that it lies below the base and that no link or other spelling leads to it. */
    private Path locate(String key) throws StorageException {
        for (String segment : ObjectKey.requireSafe(key).split("/", -1)) {
            if (segment.getBytes(StandardCharsets.UTF_8).length > MAX_SEGMENT_BYTES) {
                throw new StorageException(
                        "object key '" + key + "' has a segment longer than " + MAX_SEGMENT_BYTES
                                + " bytes, the limit of file systems; correct the key template",
                        false);
            }
        }
        Path path;
        try {
            path = base.resolve(key);
        } catch (InvalidPathException e) {
            throw new StorageException(
                    "object key '" + key + "' is no file name here (" + e.getReason()
                            + "); run with a UTF-8 locale, LC_ALL=C.UTF-8",
                    e,
                    false);
        }
        requireReal(path, key);
        return path;
    }

    /** Refuses a path whose existing part is not its own real path. */
    private void requireReal(Path path, String key) throws StorageException {
        for (Path p = path; p.startsWith(base); p = parentOf(p)) {
            if (!Files.exists(p, LinkOption.NOFOLLOW_LINKS)) {
                continue;
            }
            if (Files.isSymbolicLink(p) || !isReal(p, key)) {
                throw new StorageException(
                        "unsafe object key '" + key + "': " + p + " is a symbolic link or has another name on disk;"
                                + " remove it or change the key",
                        false);
            }
            return;
        }
        throw new StorageException(
                "cannot reach " + key + ": the directory " + base + " is gone; is the file system mounted?", false);
    }

    private boolean isReal(Path path, String key) throws StorageException {
        try {
            return path.toRealPath().equals(path);
        } catch (NoSuchFileException e) {
            return true; // deleted since it was seen: nothing there that leads anywhere
        } catch (IOException e) {
            throw failures.of("reach " + key, e);
        }
    }

    private Optional<StoredObject> stat(String key, Path path) throws IOException {
        if (attributesOf(path) == null) {
            return Optional.empty();
        }
        CRC32C crc = new CRC32C();
        try (FileChannel in = openForReading(path)) {
            long size = drain(in, crc, null);
            return Optional.of(new StoredObject(key, size, format(crc)));
        } catch (NoSuchFileException e) {
            return Optional.empty(); // deleted since its attributes were read
        }
    }

    /** The attributes of an object; null if there is none, also if the name is a directory's. */
    private @Nullable BasicFileAttributes attributesOf(Path path) throws IOException {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return attributes.isRegularFile() ? attributes : null;
        } catch (NoSuchFileException e) {
            return null;
        } catch (FileSystemException e) {
            // Below an object: not found, though the kernel calls it "not a directory".
            for (Path p = parentOf(path); p.startsWith(base); p = parentOf(p)) {
                if (Files.isRegularFile(p, LinkOption.NOFOLLOW_LINKS)) {
                    return null;
                }
            }
            throw e;
        }
    }

    private static FileChannel openForReading(Path path) throws IOException {
        return FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    }

    private StoredObject copyDurably(String key, Path file, Path copy) throws IOException {
        CRC32C crc = new CRC32C();
        try (FileChannel in = openSource(key, file);
                FileChannel out = FileChannel.open(copy, StandardOpenOption.WRITE)) {
            long size = drain(in, crc, out);
            out.force(true);
            return new StoredObject(key, size, format(crc));
        }
    }

    private static FileChannel openSource(String key, Path file) throws StorageException {
        try {
            return FileChannel.open(file, StandardOpenOption.READ);
        } catch (IOException e) {
            throw new StorageException("cannot read " + file + ", to be stored as " + key + ": " + e, e, false);
        }
    }

    /** Reads a channel to its end, into the checksum and, if there is one, the other channel; returns the bytes read. */
    private static long drain(FileChannel in, CRC32C crc, @Nullable FileChannel out) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        long size = 0;
        while (in.read(buffer) >= 0) {
            buffer.flip();
            size += buffer.remaining();
            crc.update(buffer.array(), 0, buffer.limit());
            while (out != null && buffer.hasRemaining()) {
                out.write(buffer);
            }
            buffer.clear();
        }
        return size;
    }

    private static String format(CRC32C crc) {
        return String.format("crc32c:%08x", crc.getValue());
    }

    /** Whether the name was free and is now the copy's. */
    private boolean link(String key, Path target, Path copy) throws StorageException {
        try {
            Files.createLink(target, copy);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (UnsupportedOperationException e) {
            throw failures.noLinks(key, e);
        } catch (NoSuchFileException e) {
            String message = "cannot publish " + key + " in " + describe() + ": its temp file " + copy
                    + " or its directory was removed meanwhile; it is tried again";
            throw new StorageException(message, e, true);
        } catch (FileSystemException e) {
            throw failures.ofLink(key, e);
        } catch (IOException e) {
            throw failures.of("publish " + key, e);
        }
    }

    private StoredObject takenBy(String key, Path target) throws IOException {
        Optional<StoredObject> object = stat(key, target);
        if (object.isPresent()) {
            return object.get();
        }
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new StorageException(
                    "cannot write " + key + " in " + describe() + ": the name is a directory's; change the key", false);
        }
        throw new StorageException(key + " in " + describe() + " was deleted while it was put; try again", true);
    }

    private static void discard(Path copy) {
        try {
            Files.deleteIfExists(copy);
        } catch (IOException e) {
            // The outcome of the put stands; open() removes the file when it is old enough.
            LOG.atWarn().addKeyValue("file", copy).setCause(e).log("temp file stays behind");
        }
    }

    private void removeOlder(Path directory, String glob, Instant deadline) throws IOException {
        int removed = 0;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, glob)) {
            for (Path entry : entries) {
                removed += removeIfOlder(entry, deadline) ? 1 : 0;
            }
        } catch (DirectoryIteratorException e) {
            throw Objects.requireNonNull(e.getCause());
        }
        if (removed > 0) {
            LOG.atInfo()
                    .addKeyValue("directory", directory)
                    .addKeyValue("files", removed)
                    .log("removed left-over files");
        }
    }

    private boolean removeIfOlder(Path entry, Instant deadline) throws IOException {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            boolean isOld = attributes.lastModifiedTime().toInstant().isBefore(deadline);
            return attributes.isRegularFile() && isOld && Files.deleteIfExists(entry);
        } catch (NoSuchFileException e) {
            return false; // its writer finished meanwhile
        }
    }

    private static Path parentOf(Path path) {
        Path parent = path.getParent();
        if (parent == null) {
            throw new IllegalArgumentException("no parent: " + path);
        }
        return parent;
    }
}
