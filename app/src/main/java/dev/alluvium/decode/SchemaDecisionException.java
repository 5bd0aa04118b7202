package dev.alluvium.decode;

/** Records have a schema that they cannot be read with, and somebody must decide what becomes of them. */
public final class SchemaDecisionException extends RuntimeException {
    private static final long serialVersionUID = 1;

    SchemaDecisionException(String message) {
        super(message);
    }
}
