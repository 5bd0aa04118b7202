package dev.alluvium.batch;

import java.util.List;

/**
 * What the ledger holds of a live group.
 *
 * @param start records of the group below it are in finished files
 * @param cuts decided, unfinished files in order
 */
public record GroupEntry(long start, List<Cut> cuts) {
    public GroupEntry {
        cuts = List.copyOf(cuts);
    }
}
