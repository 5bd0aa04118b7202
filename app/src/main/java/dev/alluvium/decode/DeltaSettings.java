package dev.alluvium.decode;

import dev.alluvium.schema.DeltaTable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How row deltas become rows.
 *
 * @param gateway who wrote the deltas, for object keys; not empty and without a slash
 * @param tables what is declared
 * @param strict whether a table or column that is not declared makes a record bad; otherwise its values are kept as
 *     JSON text
 * @param coordinates whether each row says its partition, offset and timestamp
 * @param clockDrift what becomes of a delta whose clock is too far ahead of its record's timestamp
 */
public record DeltaSettings(
        String gateway, List<DeltaTable> tables, boolean strict, boolean coordinates, ClockDrift clockDrift) {

    /** How far a delta's clock may be ahead of its record's timestamp: LakeSync's own bound, in milliseconds. */
    public static final long MAX_DRIFT_MS = 5_000;

    /** What becomes of a delta whose clock is more than {@link #MAX_DRIFT_MS} ahead. */
    public enum ClockDrift {
        /** It is counted and kept. */
        COUNT,
        /** It is counted and rejected. */
        REJECT
    }

    public DeltaSettings {
        tables = List.copyOf(tables);
        if (gateway.isEmpty() || gateway.indexOf('/') >= 0) {
            throw new IllegalArgumentException("\"" + gateway + "\" is no gateway: it names a folder");
        }
        Set<String> names = new HashSet<>();
        for (DeltaTable table : tables) {
            if (!names.add(table.table())) {
                throw new IllegalArgumentException("the table " + table.table() + " is declared twice");
            }
        }
    }
}
