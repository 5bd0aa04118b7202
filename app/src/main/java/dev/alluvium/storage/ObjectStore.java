package dev.alluvium.storage;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where data files go. Objects appear whole or not at all, and are never overwritten. Keys follow {@link ObjectKey}: an
 * unsafe one is a {@link StorageException} that is not retryable. All methods may be called from several threads at
 * once; all errors of the store come as {@link StorageException}.
 */
public interface ObjectStore extends AutoCloseable {
    /**
     * Publishes a file under a key that has no object yet. If it has one, that object is left as it is, whatever it
     * holds. When this returns, the object is as durable as the store can make it, also if another call put it there.
     * After an exception the object may exist all the same (a lost answer): repeat the call.
     *
     * @param file read from begin to end and left as it is; it must not change during the call
     * @param metadata small user metadata, kept where the store can
     * @return what the store holds under the key now, and whether this call put it there
     */
    PutOutcome putIfAbsent(String key, Path file, Map<String, String> metadata) throws StorageException;

    /** The object under the key, if there is one. May read the whole object to tell its checksum. */
    Optional<StoredObject> stat(String key) throws StorageException;

    /**
     * Bytes of an object from {@code position}, at most {@code length}; fewer only at its end, none from its end on. The
     * caller closes the stream, whose own errors are {@link StorageException} too. A key without an object is a
     * {@link StorageException} that is not retryable.
     *
     * @throws IllegalArgumentException if position or length is negative
     */
    InputStream read(String key, long position, long length) throws StorageException;

    /**
     * All objects whose key starts with the prefix (any string, not only a directory; empty for all), in no order, over
     * all pages, without the store's own objects. The caller closes the stream. Errors met while it is consumed come as
     * {@link java.io.UncheckedIOException} with a {@link StorageException} as cause.
     */
    Stream<ListedObject> list(String prefix) throws StorageException;

    /** Removes an object; false if there was none. */
    boolean delete(String key) throws StorageException;

    /**
     * Writes a probe twice, expects the second to be refused, reads it and deletes it: proof that the store can be relied
     * on. Several processes may probe one store at once. See {@link StoreProbe}.
     */
    void probe() throws StorageException;

    /** For logs and messages: {@code file:/data/archive}, {@code s3://bucket/prefix}. Holds no secrets. */
    String describe();

    @Override
    void close();
}
