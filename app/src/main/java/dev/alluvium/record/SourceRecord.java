package dev.alluvium.record;

import org.jspecify.annotations.Nullable;

/**
 * A record as it was fetched from a partition. Its arrays are borrowed: whoever keeps them longer than the call copies
 * them, and nobody changes them.
 *
 * @param offset position in its partition
 * @param timestampMs the record's time, epoch milliseconds
 * @param key the key bytes, or null
 * @param value the value bytes, or null for a tombstone
 */
@SuppressWarnings("ArrayRecordComponent") // borrowed bytes of a hot path; never compared
public record SourceRecord(long offset, long timestampMs, byte @Nullable [] key, byte @Nullable [] value) {}
