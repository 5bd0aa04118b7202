package dev.alluvium.read;

import dev.alluvium.storage.ListedObject;
import dev.alluvium.storage.ObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Data files, wherever they lie. Only reads. May be used by several threads, the files it opens by one each. */
public interface DataFiles {
    /** Those of a store, which stays open as long as this is used. */
    static DataFiles of(ObjectStore store) {
        return new StoreFiles(store);
    }

    /** Those below a folder, with their paths from there as keys. Unlike a store it makes and removes nothing. */
    static DataFiles of(Path folder) {
        return new FolderFiles(folder);
    }

    /** All whose key starts with the prefix, over all pages: any string, not only a folder; empty for all. */
    Listing list(String prefix) throws IOException;

    /** The one with this key, whatever its ending. */
    Optional<ListedObject> find(String key) throws IOException;

    /**
     * Opens a file, with one request for most.
     *
     * @throws IOException naming the file, if it is none or damaged
     */
    DataFile open(ListedObject file) throws IOException;

    /** For messages: {@code s3://bucket/prefix}. */
    String describe();
}
