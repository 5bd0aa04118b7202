package dev.alluvium.storage;

import java.nio.file.Path;

/** Which object store the files go to. */
public sealed interface StorageSettings {
    /**
     * A folder of the local file system.
     *
     * @param directory made if it is missing
     */
    record Local(Path directory) implements StorageSettings {}
}
