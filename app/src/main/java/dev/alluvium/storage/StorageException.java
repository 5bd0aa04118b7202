package dev.alluvium.storage;

import java.io.IOException;

/** The one exception of all stores. Its message names the object and what to do. */
public final class StorageException extends IOException {
    private static final long serialVersionUID = 1;

    private final boolean isRetryable;

    public StorageException(String message, Throwable cause, boolean isRetryable) {
        super(message, cause);
        this.isRetryable = isRetryable;
    }

    public StorageException(String message, boolean isRetryable) {
        super(message);
        this.isRetryable = isRetryable;
    }

    /** Whether the same call may succeed later without anybody changing a setting. */
    public boolean isRetryable() {
        return isRetryable;
    }
}
