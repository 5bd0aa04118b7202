package dev.alluvium.topology;

import java.nio.file.Path;
import java.time.Instant;

/** Where a pipeline begins in a partition that it has never read. Later starts go on where the ledger says. */
public sealed interface StartPosition {
    /** The first record there is. */
    record Earliest() implements StartPosition {}

    /** Only what comes after the first start. */
    record Latest() implements StartPosition {}

    /** The first record at or after a point in time. */
    record At(Instant time) implements StartPosition {}

    /** Lines of {@code topic,partition,offset}; a partition that is not in the file stops the start. */
    record Offsets(Path file) implements StartPosition {}

    /**
     * Where another consumer group has stopped: what archived before. A partition that the group has no offset for stops
     * the start, as does a member that still works for it.
     */
    record Group(String id) implements StartPosition {}
}
