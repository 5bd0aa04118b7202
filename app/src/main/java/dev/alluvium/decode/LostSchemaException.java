package dev.alluvium.decode;

/**
 * A decoder cannot take up the schemas that an earlier one knew. They may be there in a moment, where it was faster than
 * what brings them; if they stay away, somebody must decide.
 */
public final class LostSchemaException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** The message says what is lost and what to do. */
    public LostSchemaException(String message) {
        super(message);
    }
}
