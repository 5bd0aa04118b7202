package dev.alluvium.decode;

/** A decoder cannot take up the schemas that an earlier one knew: they are not to be had any more. Somebody must decide. */
public final class LostSchemaException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** The message says what is lost and what to do. */
    public LostSchemaException(String message) {
        super(message);
    }
}
