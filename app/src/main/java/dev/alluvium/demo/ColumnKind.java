package dev.alluvium.demo;

/** What a column holds, how DuckDB names its type, and the text that both sides make of a value before hashing it. */
enum ColumnKind {
    TEXT("VARCHAR", "VARCHAR", "%s"),
    JSON("JSON", "VARCHAR", "%s::VARCHAR"),
    /** The bits of the double as an unsigned number: no rule of printing is involved. */
    DOUBLE("DOUBLE", "DOUBLE", "(%s::BIT)::UBIGINT::VARCHAR"),
    BOOLEAN("BOOLEAN", "BOOLEAN", "%s::VARCHAR"),
    INT32("INTEGER", "INTEGER", "%s::VARCHAR"),
    INT64("BIGINT", "BIGINT", "%s::VARCHAR"),
    /** Microseconds since the epoch. */
    TIME("TIMESTAMP WITH TIME ZONE", "TIMESTAMP WITH TIME ZONE", "epoch_us(%s)::VARCHAR"),
    /** Identifiers in order, with commas between. */
    NAMES("VARCHAR[]", "VARCHAR[]", "array_to_string(%s, ',')"),
    /** {@code name=JSON} in order, with commas between. */
    EXTRA(
            "MAP(VARCHAR, JSON)",
            "MAP(VARCHAR, VARCHAR)",
            "CASE WHEN %1$s IS NOT NULL THEN"
                    + " array_to_string([e.key || '=' || e.value::VARCHAR for e in map_entries(%1$s)], ',') END");

    private final String type;
    private final String otherType;
    private final String text;

    ColumnKind(String type, String otherType, String text) {
        this.type = type;
        this.otherType = otherType;
        this.text = text;
    }

    /** Whether a column of that DuckDB type holds this kind of value. */
    boolean isOfType(String duckDbType) {
        return type.equals(duckDbType) || otherType.equals(duckDbType);
    }

    /** The DuckDB type that is expected, for messages. */
    String typeName() {
        return type;
    }

    /** An SQL expression for the text of a column's value; null for null. */
    String textOf(String quotedColumn) {
        return String.format(text, quotedColumn);
    }

    /** The text of a double. */
    static String textOf(double value) {
        return Long.toUnsignedString(Double.doubleToRawLongBits(value));
    }
}
