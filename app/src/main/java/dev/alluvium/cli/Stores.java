package dev.alluvium.cli;

import dev.alluvium.storage.ObjectStore;
import dev.alluvium.storage.StorageException;
import dev.alluvium.storage.StorageSettings;
import dev.alluvium.storage.local.LocalObjectStore;
import dev.alluvium.storage.local.LocalStoreSettings;
import java.time.Clock;

/** The adapter that a configuration names. */
final class Stores {
    private Stores() {}

    static ObjectStore open(StorageSettings settings, Clock clock) throws StorageException {
        if (settings instanceof StorageSettings.Local local) {
            return LocalObjectStore.open(new LocalStoreSettings(local.directory()), clock);
        }
        throw new IllegalArgumentException("no adapter for " + settings);
    }
}
