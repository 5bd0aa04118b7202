package dev.alluvium.storage.gcs;

import dev.alluvium.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * A local file on its way to an object: what it held when it was first read.
 *
 * @param key the object's, for messages
 * @param size in bytes
 */
record SourceFile(String key, Path path, long size, Crc crc) {
    private static final int BUFFER_BYTES = 256 << 10;

    /** Reads the whole file. */
    static SourceFile of(String key, Path path) throws StorageException {
        CRC32C crc = new CRC32C();
        long size = 0;
        try (FileChannel in = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
            while (in.read(buffer) >= 0) {
                buffer.flip();
                size += buffer.remaining();
                crc.update(buffer);
                buffer.clear();
            }
        } catch (IOException e) {
            throw unreadable(key, path, e);
        }
        return new SourceFile(key, path, size, new Crc((int) crc.getValue()));
    }

    /** The bytes, for files that are small. */
    byte[] bytes() throws StorageException {
        try {
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw unreadable(key, path, e);
        }
    }

    /** Copies the bytes; the target's own errors come as they are. */
    void copyTo(WritableByteChannel target) throws IOException {
        try (FileChannel in = open()) {
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
            while (read(in, buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    target.write(buffer);
                }
                buffer.clear();
            }
        }
    }

    private FileChannel open() throws StorageException {
        try {
            return FileChannel.open(path, StandardOpenOption.READ);
        } catch (IOException e) {
            throw unreadable(key, path, e);
        }
    }

    private int read(FileChannel in, ByteBuffer buffer) throws StorageException {
        try {
            return in.read(buffer);
        } catch (IOException e) {
            throw unreadable(key, path, e);
        }
    }

    private static StorageException unreadable(String key, Path path, IOException e) {
        boolean isInterrupted = e instanceof ClosedByInterruptException;
        return new StorageException("cannot read " + path + ", to be stored as " + key + ": " + e, e, isInterrupted);
    }
}
