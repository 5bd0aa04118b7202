package dev.alluvium.storage;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class PackedObjectStoreTest extends ObjectStoreContractTest {
    @TempDir
    Path directory;

    @Override
    protected ObjectStore openEmptyStore() throws IOException {
        return new PackedObjectStore(directory);
    }
}
