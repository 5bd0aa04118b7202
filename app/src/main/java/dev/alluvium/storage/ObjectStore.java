package dev.alluvium.storage;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where data files go. Objects appear whole or not at all, and are never overwritten. Keys are relative, separated by
 * {@code /}, and may not climb out of the store. All methods may be called from several threads at once; all errors
 * come as {@link StorageException}.
 */
public interface ObjectStore extends AutoCloseable {
    /**
     * Publishes a file under a key that has no object yet. If it has one, that object is left as it is.
     *
     * @param metadata small user metadata, kept where the store can
     * @return what the store holds under the key now, and whether this call put it there
     */
    PutOutcome putIfAbsent(String key, Path file, Map<String, String> metadata) throws StorageException;

    /** The object under the key, if there is one. */
    Optional<StoredObject> stat(String key) throws StorageException;

    /**
     * Bytes of an object from {@code position}, at most {@code length}; fewer only at its end. The caller closes the
     * stream. A key without an object is a {@link StorageException} that is not retryable.
     */
    InputStream read(String key, long position, long length) throws StorageException;

    /** All objects whose key starts with the prefix, in no order, over all pages. The caller closes the stream. */
    Stream<StoredObject> list(String prefix) throws StorageException;

    /** Removes an object; false if there was none. */
    boolean delete(String key) throws StorageException;

    /** Writes a probe twice, expects the second to be refused, and deletes it: proof that the store can be relied on. */
    void probe() throws StorageException;

    /** For logs and messages: {@code file:/data/archive}, {@code s3://bucket/prefix}. Holds no secrets. */
    String describe();

    @Override
    void close();
}
