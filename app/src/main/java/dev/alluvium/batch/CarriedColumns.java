package dev.alluvium.batch;

import dev.alluvium.schema.Column;
import dev.alluvium.schema.TableSchema;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The columns that data brought to the files of each group, so that the next file opens with them: who discovers them
 * again cuts again. Lost with its incarnation, which costs one file; bounded, the group used least recently goes first.
 * Owned by one stream thread.
 */
public final class CarriedColumns {
    /** Some 100 bytes each. */
    static final int MAX_COLUMNS = 10_000;

    private final Map<String, List<Column>> groups = new LinkedHashMap<>(16, 0.75f, true);
    private int columnCount;

    /** Columns that the next batch of a group opens with beyond its schema, in the order of the last one. */
    public List<Column> of(String group, TableSchema schema) {
        List<Column> known = groups.get(group);
        return known == null
                ? List.of()
                : known.stream()
                        .filter(column -> schema.indexOf(column.name()) < 0)
                        .toList();
    }

    /** Keeps what the batch had that the group closes now. */
    public void keep(String group, List<Column> discovered) {
        forget(group);
        if (discovered.isEmpty() || discovered.size() > MAX_COLUMNS) {
            return;
        }
        groups.put(group, List.copyOf(discovered));
        columnCount += discovered.size();
        Iterator<List<Column>> oldest = groups.values().iterator();
        while (columnCount > MAX_COLUMNS) {
            columnCount -= oldest.next().size();
            oldest.remove();
        }
    }

    /** Forgets a group that is complete. */
    public void forget(String group) {
        List<Column> gone = groups.remove(group);
        columnCount -= gone == null ? 0 : gone.size();
    }
}
