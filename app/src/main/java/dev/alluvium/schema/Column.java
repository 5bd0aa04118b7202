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

    /**
     * The text by which the ledger knows a column that the data brought: type, space, name. The type is a scalar or a
     * map from a scalar to a scalar that is never null, {@code MAP<UTF8,BINARY>}.
     *
     * @throws IllegalArgumentException if the column is of another type, or not nullable
     */
    public String discoveredText() {
        if (nullable && type instanceof ColumnType.Scalar) {
            return type + " " + name;
        }
        if (nullable
                && type instanceof ColumnType.MapOf map
                && map.value() instanceof ColumnType.Scalar
                && !map.valueNullable()) {
            return "MAP<" + map.key() + "," + map.value() + "> " + name;
        }
        throw new IllegalArgumentException("data does not bring a column such as " + this);
    }

    /** The nullable column behind {@link #discoveredText}. */
    public static Column ofDiscoveredText(String text) {
        int space = text.indexOf(' ');
        String type = text.substring(0, space);
        String name = text.substring(space + 1);
        if (!type.startsWith("MAP<")) {
            return optional(name, ColumnType.Scalar.valueOf(type));
        }
        int comma = type.indexOf(',');
        ColumnType.Scalar key = ColumnType.Scalar.valueOf(type.substring("MAP<".length(), comma));
        ColumnType.Scalar value = ColumnType.Scalar.valueOf(type.substring(comma + 1, type.length() - 1));
        return optional(name, new ColumnType.MapOf(key, value, false));
    }
}
