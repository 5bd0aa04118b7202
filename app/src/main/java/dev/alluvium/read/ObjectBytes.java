package dev.alluvium.read;

import dev.alluvium.parquet.ByteSource;
import dev.alluvium.storage.ObjectStore;
import dev.alluvium.storage.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** The bytes of an object, fetched as they are asked for, a request each time. The store stays open. */
public final class ObjectBytes implements ByteSource {
    private final ObjectStore store;
    private final String key;
    private final long size;

    /** @param size of the object in bytes; objects never change */
    public ObjectBytes(ObjectStore store, String key, long size) {
        this.store = store;
        this.key = key;
        this.size = size;
    }

    @Override
    public long length() {
        return size;
    }

    @Override
    public int read(long position, ByteBuffer target) throws IOException {
        try (InputStream in = store.read(key, position, target.remaining())) {
            byte[] bytes = in.readNBytes(target.remaining());
            target.put(bytes);
            return bytes.length == 0 ? -1 : bytes.length;
        } catch (StorageException e) {
            throw e;
        } catch (IOException e) {
            throw new StorageException("reading " + key + " broke off: " + e.getMessage(), e, true);
        }
    }

    @Override
    public void close() {}
}
