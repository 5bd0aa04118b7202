package dev.alluvium.storage;

/**
 * An object as a listing tells it: no checksum, because most stores would have to read every object for it.
 *
 * @param size in bytes
 */
public record ListedObject(String key, long size) {}
