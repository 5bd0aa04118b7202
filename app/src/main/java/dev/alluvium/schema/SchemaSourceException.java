package dev.alluvium.schema;

/** A source of schemas cannot be asked now; it is tried again. The message says in one line which setting to look at. */
public final class SchemaSourceException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public SchemaSourceException(String message) {
        super(message);
    }
}
