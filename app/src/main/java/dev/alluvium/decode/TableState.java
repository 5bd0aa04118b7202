package dev.alluvium.decode;

import dev.alluvium.schema.DeltaColumn;
import dev.alluvium.schema.DeltaTable;
import dev.alluvium.schema.TableVersion;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Declared tables as a short text, {@code todos:2:1a2b3c4d,users:3:5e6f7a8b}: name, number of columns and a checksum over
 * them, by name. A table's versions only add columns at the end, so any later one has all that is needed to go back.
 */
final class TableState {
    private TableState() {}

    static String write(List<DeltaTable> tables) {
        return tables.stream()
                .sorted(Comparator.comparing(DeltaTable::table))
                .map(table -> table.table() + ":" + table.columns().size() + ":" + checksum(table.columns()))
                .collect(Collectors.joining(","));
    }

    /**
     * The tables behind a text.
     *
     * @param inForce by name, what the tables have become
     * @throws LostSchemaException if a table is gone or begins with other columns
     */
    static List<DeltaTable> read(String state, Map<String, TableVersion> inForce) {
        List<DeltaTable> tables = new ArrayList<>();
        for (String text : state.isEmpty() ? new String[0] : state.split(",", -1)) {
            String[] parts = text.split(":", -1);
            int count = Integer.parseInt(parts[1]);
            TableVersion now = inForce.get(parts[0]);
            List<DeltaColumn> all = now == null ? List.of() : now.table().columns();
            if (now == null
                    || all.size() < count
                    || !checksum(all.subList(0, count)).equals(parts[2])) {
                throw new LostSchemaException("table " + parts[0] + " had " + count + " columns when the partition was"
                        + " read before, and "
                        + (now == null ? "is declared no more" : "no version that begins with them is in force")
                        + ": make their topic hold such a version again, then start");
            }
            tables.add(new DeltaTable(parts[0], all.subList(0, count)));
        }
        return tables;
    }

    private static String checksum(List<DeltaColumn> columns) {
        int hash = columns.stream()
                .map(column -> column.name() + " " + column.type().text())
                .collect(Collectors.joining(","))
                .hashCode(); // which Java specifies
        return String.format("%08x", hash);
    }
}
