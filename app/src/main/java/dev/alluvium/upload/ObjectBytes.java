package dev.alluvium.upload;

import dev.alluvium.parquet.ByteSource;
import dev.alluvium.storage.ObjectStore;
import dev.alluvium.storage.StorageException;
import dev.alluvium.storage.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** The bytes of an object, fetched as they are asked for. Enough for a footer. */
final class ObjectBytes implements ByteSource {
    private final ObjectStore store;
    private final StoredObject object;

    ObjectBytes(ObjectStore store, StoredObject object) {
        this.store = store;
        this.object = object;
    }

    @Override
    public long length() {
        return object.size();
    }

    @Override
    public int read(long position, ByteBuffer target) throws IOException {
        try (InputStream in = store.read(object.key(), position, target.remaining())) {
            byte[] bytes = in.readNBytes(target.remaining());
            target.put(bytes);
            return bytes.length == 0 ? -1 : bytes.length;
        } catch (StorageException e) {
            throw e;
        } catch (IOException e) {
            throw new StorageException("reading " + object.key() + " broke off: " + e.getMessage(), e, true);
        }
    }

    @Override
    public void close() {}
}
