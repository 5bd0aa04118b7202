package dev.alluvium.storage;

/**
 * What a put-if-absent came to.
 *
 * @param created whether this call published the object; false if the key was taken, by whomever
 * @param object what the store holds under the key now
 */
public record PutOutcome(boolean created, StoredObject object) {}
