package dev.alluvium.upload;

import dev.alluvium.storage.StorageException;
import java.time.Duration;

/** Hears of the ways of an upload, on the upload's thread. */
public interface UploadListener {
    /** A put is about to be sent. */
    default void started(String key) {}

    /** The store did not do as it was asked; the upload is tried again after a pause. */
    default void failed(String key, StorageException error, int attempts) {}

    /** The store answered. */
    default void finished(String key, UploadOutcome outcome, Duration took) {}
}
