package dev.alluvium.record;

import net.openhft.hashing.LongHashFunction;

/**
 * An order-independent checksum over source records: the sum, modulo 2^64, of one XXH64 hash per record over its
 * offset, time, key and value. Equal sets of records have equal sums; sums of disjoint sets add up. Not thread safe.
 */
public final class SourceChecksum {
    private static final LongHashFunction XX = LongHashFunction.xx();
    private static final long NULL = 0x9E3779B97F4A7C15L;

    private long sum;

    /** The hash of one record. */
    public static long of(SourceRecord record) {
        long key = record.key() == null ? NULL : XX.hashBytes(record.key());
        long value = record.value() == null ? NULL : XX.hashBytes(record.value());
        long hash = mix(record.offset(), record.timestampMs());
        return mix(mix(hash, key), value);
    }

    private static long mix(long hash, long value) {
        long h = (hash ^ Long.rotateLeft(value, 31)) * 0x9FB21C651E98DF25L;
        return h ^ (h >>> 32);
    }

    public void add(SourceRecord record) {
        sum += of(record);
    }

    public long value() {
        return sum;
    }
}
