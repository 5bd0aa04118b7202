package dev.alluvium.schema;

import java.util.List;
import java.util.Optional;

/**
 * A table as it is declared from a version on, and the rules by which LakeSync lets it change: a version adds columns at
 * the end, which are nullable as all of them are, and nothing else.
 *
 * @param version 1 for a table's first
 */
public record TableVersion(DeltaTable table, long version) {
    public static final long FIRST = 1;

    public TableVersion {
        if (version < FIRST) {
            throw new IllegalArgumentException(
                    "table " + table.table() + " has version " + version + ", but versions begin at " + FIRST);
        }
    }

    /** Why a version may not follow this one; empty if it may. */
    public Optional<String> refusal(TableVersion next) {
        if (!next.table.table().equals(table.table())) {
            return Optional.of("it is another table, " + next.table.table());
        }
        if (next.version != version + 1) {
            return Optional.of("version " + next.version + " does not follow version " + version);
        }
        return refusal(table.columns(), next.table.columns());
    }

    private static Optional<String> refusal(List<DeltaColumn> columns, List<DeltaColumn> next) {
        for (int i = 0; i < columns.size(); i++) {
            DeltaColumn column = columns.get(i);
            if (i < next.size() && next.get(i).equals(column)) {
                continue;
            }
            return Optional.of("column " + column.name() + " " + change(columns, next, i));
        }
        return Optional.empty();
    }

    private static String change(List<DeltaColumn> columns, List<DeltaColumn> next, int position) {
        DeltaColumn column = columns.get(position);
        Optional<DeltaColumn> sameName = next.stream()
                .filter(other -> other.name().equals(column.name()))
                .findFirst();
        if (sameName.isPresent()) {
            DeltaColumn.Type type = sameName.get().type();
            return type == column.type()
                    ? "is at another position; new columns come at the end"
                    : "is " + type.text() + ", not " + column.type().text() + "; types do not change";
        }
        boolean isRenamed = position < next.size()
                && next.get(position).type() == column.type()
                && columns.stream()
                        .noneMatch(
                                other -> other.name().equals(next.get(position).name()));
        return isRenamed
                ? "is named " + next.get(position).name() + "; names do not change"
                : "is gone; columns are not removed";
    }

    /** Whether this version, or an earlier one of the same table, is what the other begins with. */
    boolean isKnownTo(TableVersion later) {
        List<DeltaColumn> all = later.table.columns();
        int count = table.columns().size();
        return version <= later.version
                && count <= all.size()
                && all.subList(0, count).equals(table.columns());
    }
}
