package dev.alluvium.topology;

/** The pipeline must not go on until somebody decided: its message says what was found and which ways there are. */
public final class ArchiveStoppedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ArchiveStoppedException(String message) {
        super(message);
    }

    public ArchiveStoppedException(String message, Throwable cause) {
        super(message, cause);
    }
}
