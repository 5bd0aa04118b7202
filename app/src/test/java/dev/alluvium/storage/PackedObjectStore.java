package dev.alluvium.storage;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * A store for tests with a hundred thousand objects: all of them lie in one file that only grows, neither on the heap nor
 * as files of their own, and nothing survives its close. Thread safe.
 */
public final class PackedObjectStore implements ObjectStore {
    private final Path directory;
    private final Path pack;
    private final FileChannel channel;
    private final ConcurrentMap<String, Packed> objects = new ConcurrentHashMap<>();
    private long end;

    private record Packed(long position, StoredObject object) {}

    /** Opens an empty store whose file lies in a directory, which must exist. */
    public PackedObjectStore(Path directory) throws IOException {
        this.directory = directory;
        this.pack = Files.createTempFile(directory, "objects", ".pack");
        this.channel = FileChannel.open(pack, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /** Objects it holds. */
    public int size() {
        return objects.size();
    }

    @Override
    public PutOutcome putIfAbsent(String key, Path file, Map<String, String> metadata) throws StorageException {
        ObjectKey.requireSafe(key);
        Packed held = objects.get(key);
        if (held != null) {
            return new PutOutcome(false, held.object());
        }
        try {
            Packed written = append(key, Files.readAllBytes(file));
            Packed former = objects.putIfAbsent(key, written);
            return former == null ? new PutOutcome(true, written.object()) : new PutOutcome(false, former.object());
        } catch (IOException e) {
            throw new StorageException("cannot put " + file + " as " + key + ": " + e, e, false);
        }
    }

    private Packed append(String key, byte[] bytes) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        long position = reserve(bytes.length);
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer, position + buffer.position());
        }
        String checksum = "crc32:" + String.format("%08x", crc.getValue());
        return new Packed(position, new StoredObject(key, bytes.length, checksum));
    }

    private synchronized long reserve(int bytes) {
        long position = end;
        end += bytes;
        return position;
    }

    @Override
    public Optional<StoredObject> stat(String key) throws StorageException {
        ObjectKey.requireSafe(key);
        return Optional.ofNullable(objects.get(key)).map(Packed::object);
    }

    @Override
    public InputStream read(String key, long position, long length) throws StorageException {
        ObjectKey.requireSafe(key);
        if (position < 0 || length < 0) {
            throw new IllegalArgumentException("range " + position + "+" + length);
        }
        Packed packed = objects.get(key);
        if (packed == null) {
            throw new StorageException("there is no object " + key, false);
        }
        long left = Math.max(0, packed.object().size() - position);
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(left, length));
        try {
            while (bytes.hasRemaining()) {
                channel.read(bytes, packed.position() + position + bytes.position());
            }
        } catch (IOException e) {
            throw new StorageException("cannot read " + key + ": " + e, e, false);
        }
        return new ByteArrayInputStream(bytes.array());
    }

    @Override
    public Stream<ListedObject> list(String prefix) throws StorageException {
        ObjectKey.directoryOf(prefix);
        return objects.values().stream()
                .map(Packed::object)
                .filter(object ->
                        object.key().startsWith(prefix) && !object.key().startsWith(ObjectKey.OWN_PREFIX))
                .map(object -> new ListedObject(object.key(), object.size()));
    }

    @Override
    public boolean delete(String key) throws StorageException {
        ObjectKey.requireSafe(key);
        return objects.remove(key) != null;
    }

    @Override
    public void probe() throws StorageException {
        StoreProbe.run(this, directory);
    }

    @Override
    public String describe() {
        return "packed:" + pack.getFileName();
    }

    @Override
    public void close() {
        try {
            channel.close();
            Files.deleteIfExists(pack);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
