package dev.alluvium.schema;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The columns of a data file, in order, and the order of its rows.
 *
 * @param name of the table or message
 * @param sortedBy the columns, all of scalar types, by which the rows of each row group are sorted, the first one
 *     deciding before the others; empty where rows stay in the order they come in
 */
public record TableSchema(String name, List<Column> columns, List<String> sortedBy) {
    public TableSchema {
        columns = List.copyOf(columns);
        sortedBy = List.copyOf(sortedBy);
        Set<String> names = new HashSet<>();
        for (Column column : columns) {
            if (!names.add(column.name())) {
                throw new IllegalArgumentException("table " + name + " has two columns named " + column.name());
            }
        }
        for (String key : sortedBy) {
            if (columns.stream()
                    .noneMatch(column -> column.name().equals(key) && column.type() instanceof ColumnType.Scalar)) {
                throw new IllegalArgumentException(
                        "table " + name + " cannot be sorted by " + key + ": no column, or no scalar one");
            }
        }
    }

    /** Columns whose rows stay in the order they come in. */
    public TableSchema(String name, List<Column> columns) {
        this(name, columns, List.of());
    }

    /** Position of a column, or -1. */
    public int indexOf(String column) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(column)) {
                return i;
            }
        }
        return -1;
    }

    /** This schema with further columns at its end. */
    public TableSchema with(List<Column> more) {
        return new TableSchema(
                name, Stream.concat(columns.stream(), more.stream()).toList(), sortedBy);
    }

    /**
     * Equal for equal columns, whatever the order of rows, and stable over versions: a {@link Fingerprint}.
     */
    public String fingerprint() {
        return Fingerprint.of(canonical());
    }

    private String canonical() {
        StringBuilder text = new StringBuilder(name);
        columns.forEach(column -> describe(text.append('\n'), column));
        return text.toString();
    }

    private static void describe(StringBuilder text, Column column) {
        text.append(column.name()).append(column.nullable() ? "? " : " ");
        describe(text, column.type());
    }

    private static void describe(StringBuilder text, ColumnType type) {
        if (type instanceof ColumnType.Scalar scalar) {
            text.append(scalar.name());
        } else if (type instanceof ColumnType.Struct struct) {
            text.append("struct(");
            struct.fields().forEach(field -> describe(text.append(','), field));
            text.append(')');
        } else if (type instanceof ColumnType.ListOf list) {
            text.append(list.elementNullable() ? "list?(" : "list(");
            describe(text, list.element());
            text.append(')');
        } else if (type instanceof ColumnType.MapOf map) {
            text.append(map.valueNullable() ? "map?(" : "map(").append(map.key().name());
            describe(text.append(','), map.value());
            text.append(')');
        }
    }
}
