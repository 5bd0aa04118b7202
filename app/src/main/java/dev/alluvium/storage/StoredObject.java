package dev.alluvium.storage;

/**
 * An object as its store describes it.
 *
 * @param size in bytes
 * @param checksum of the bytes the store holds, as algorithm, colon, lower-case hex digits ({@code crc32c:1a2b3c4d}); the
 *     same bytes have the same one within a store
 */
public record StoredObject(String key, long size, String checksum) {}
