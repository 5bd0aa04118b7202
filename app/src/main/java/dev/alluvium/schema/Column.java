package dev.alluvium.schema;

/**
 * A named column or struct field.
 *
 * @param name in the data set's own spelling
 * @param nullable whether a row may have no value
 */
public record Column(String name, ColumnType type, boolean nullable) {
    public Column {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a column needs a name");
        }
    }

    public static Column required(String name, ColumnType type) {
        return new Column(name, type, false);
    }

    public static Column optional(String name, ColumnType type) {
        return new Column(name, type, true);
    }
}
