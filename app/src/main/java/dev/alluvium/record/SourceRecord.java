package dev.alluvium.record;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record as it was fetched from a partition. Its arrays are borrowed: whoever keeps them longer than the call copies
 * them, and nobody changes them.
 *
 * @param offset position in its partition
 * @param timestampMs the record's time, epoch milliseconds
 * @param key the key bytes, or null
 * @param value the value bytes, or null for a tombstone
 * @param headers in the order of the record; empty unless somebody asked for them
 */
@SuppressWarnings("ArrayRecordComponent") // borrowed bytes of a hot path; never compared
public record SourceRecord(
        long offset, long timestampMs, byte @Nullable [] key, byte @Nullable [] value, List<SourceHeader> headers) {

    /** A record whose headers nobody asked for. */
    public SourceRecord(long offset, long timestampMs, byte @Nullable [] key, byte @Nullable [] value) {
        this(offset, timestampMs, key, value, List.of());
    }
}
