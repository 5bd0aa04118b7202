package dev.alluvium.schema;

/** Two schemas cannot be read as one: the message names the field and both definitions. */
public final class IncompatibleSchemaException extends Exception {
    private static final long serialVersionUID = 1;

    IncompatibleSchemaException(String message) {
        super(message);
    }
}
