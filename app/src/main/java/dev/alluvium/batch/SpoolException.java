package dev.alluvium.batch;

import java.io.IOException;
import java.io.UncheckedIOException;

/** The spool does not take what it is given. Nothing is lost: what was read is read again. Its message is one line. */
public final class SpoolException extends UncheckedIOException {
    private static final long serialVersionUID = 1;

    SpoolException(String message, IOException cause) {
        super(message, cause);
    }
}
