package dev.alluvium.schema;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A column that the deltas of a table may set.
 *
 * @param name an identifier, see {@link DeltaTable#isIdentifier}
 * @param type what its values are
 */
public record DeltaColumn(String name, Type type) {

    /** LakeSync's closed list of column types. */
    public enum Type {
        STRING("string", ColumnType.Scalar.UTF8),
        NUMBER("number", ColumnType.Scalar.FLOAT64),
        BOOLEAN("boolean", ColumnType.Scalar.BOOL),
        /** Any value, kept as the producer's own JSON text. */
        JSON("json", ColumnType.Scalar.JSON),
        /** A column of which only null is known; whatever comes is kept as JSON text. */
        NULL("null", ColumnType.Scalar.UTF8);

        private final String text;
        private final ColumnType.Scalar column;

        Type(String text, ColumnType.Scalar column) {
            this.text = text;
            this.column = column;
        }

        /** The type's name in LakeSync's schemas: {@code number}. */
        public String text() {
            return text;
        }

        /** What the values are in a data file. */
        public ColumnType.Scalar column() {
            return column;
        }

        /** The type of that LakeSync name; throws an {@link IllegalArgumentException} that lists the names there are. */
        public static Type of(String text) {
            for (Type type : values()) {
                if (type.text.equals(text)) {
                    return type;
                }
            }
            throw new IllegalArgumentException("no column type \"" + text + "\"; there are "
                    + Arrays.stream(values()).map(Type::text).collect(Collectors.joining(", ")));
        }
    }

    public DeltaColumn {
        if (!DeltaTable.isIdentifier(name)) {
            throw new IllegalArgumentException(
                    "\"" + name + "\" is no column name: a letter or _, then at most 63 letters, digits or _");
        }
    }
}
