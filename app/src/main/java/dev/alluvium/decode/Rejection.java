package dev.alluvium.decode;

/**
 * Why a record cannot become rows. A value, not an exception: bad data is ordinary.
 *
 * @param reason a short stable name, used as header and metric tag
 * @param detail for a person: what was found, and where in the record
 */
public record Rejection(Reason reason, String detail) {

    /** The closed list of reasons; their lower-case names are public. */
    public enum Reason {
        UNDECODABLE,
        NULL_VALUE,
        UNSPECIFIED_OP,
        BAD_IDENTIFIER,
        BAD_HLC,
        CLOCK_DRIFT,
        EMPTY_VALUE,
        BAD_JSON,
        TYPE_MISMATCH,
        UNEVEN_ARRAYS,
        UNDECLARED_COLUMN,
        UNDECLARED_TABLE,
        NO_SESSION,
        BAD_UTF8,
        MISSING_FIELD,
        NO_SCHEMA_ID,
        UNKNOWN_SCHEMA,
        INCOMPATIBLE_SCHEMA,
        NO_COLUMNS,
        UNKNOWN_MESSAGE
    }
}
