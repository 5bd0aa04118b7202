package dev.alluvium.upload;

import dev.alluvium.storage.StoredObject;

/** What became of an upload. There is no failure: it is tried until it succeeds or is called off. */
public sealed interface UploadOutcome {
    /**
     * The object is in the store.
     *
     * @param adopted whether an earlier try had put it there
     */
    record Stored(StoredObject object, boolean adopted) implements UploadOutcome {}

    /** The key holds another file. */
    record KeyTaken(String key, String holder) implements UploadOutcome {}
}
