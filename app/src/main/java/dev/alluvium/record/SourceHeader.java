package dev.alluvium.record;

import org.jspecify.annotations.Nullable;

/**
 * A header of a record, which may have several of one key. Its array is borrowed, as a {@link SourceRecord}'s are.
 *
 * @param value null where the producer sent none
 */
@SuppressWarnings("ArrayRecordComponent") // borrowed bytes of a hot path; never compared
public record SourceHeader(String key, byte @Nullable [] value) {}
