package dev.alluvium.cli;

import dev.alluvium.storage.ObjectStore;
import dev.alluvium.storage.StorageException;
import dev.alluvium.storage.StorageSettings;
import dev.alluvium.storage.gcs.GcsObjectStore;
import dev.alluvium.storage.local.LocalObjectStore;
import dev.alluvium.storage.local.LocalStoreSettings;
import dev.alluvium.storage.s3.S3ObjectStore;
import java.time.Clock;

/** The adapter that a configuration names. */
final class Stores {
    private Stores() {}

    static ObjectStore open(StorageSettings settings, Clock clock) throws StorageException {
        if (settings instanceof StorageSettings.Local local) {
            return LocalObjectStore.open(new LocalStoreSettings(local.directory()), clock);
        }
        if (settings instanceof StorageSettings.S3 s3) {
            return S3ObjectStore.open(s3, clock);
        }
        if (settings instanceof StorageSettings.Gcs gcs) {
            return GcsObjectStore.open(gcs);
        }
        throw new IllegalArgumentException("no adapter for " + settings);
    }
}
