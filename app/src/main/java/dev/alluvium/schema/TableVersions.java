package dev.alluvium.schema;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The versions of tables that are in force. They only grow. Thread safe. */
public final class TableVersions {
    private volatile Map<String, TableVersion> inForce;

    /** Begins with the first versions of these tables, each of another name. */
    public TableVersions(List<DeltaTable> tables) {
        Map<String, TableVersion> first = new LinkedHashMap<>();
        tables.forEach(table -> first.put(table.table(), new TableVersion(table, TableVersion.FIRST)));
        inForce = Map.copyOf(first);
    }

    /**
     * Puts a version in force: the first one of its table that comes, or one that follows by the rules of {@link
     * TableVersion#refusal}. Versions in between may be missing: whoever keeps the last one of a table only has lost them.
     *
     * @return why it is refused; empty also if it is known already
     */
    public synchronized Optional<String> offer(TableVersion next) {
        TableVersion known = inForce.get(next.table().table());
        if (known != null) {
            if (next.isKnownTo(known)) {
                return Optional.empty();
            }
            boolean isLater = next.version() > known.version();
            TableVersion before = isLater ? new TableVersion(known.table(), next.version() - 1) : known;
            Optional<String> refusal = before.refusal(next);
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        Map<String, TableVersion> all = new LinkedHashMap<>(inForce);
        all.put(next.table().table(), next);
        inForce = Map.copyOf(all);
        return Optional.empty();
    }

    /** The tables by name; the same instance until one changes. Costs a volatile read. */
    public Map<String, TableVersion> inForce() {
        return inForce;
    }
}
