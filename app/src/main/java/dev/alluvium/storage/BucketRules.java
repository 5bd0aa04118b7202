package dev.alluvium.storage;

import java.nio.charset.StandardCharsets;

/** What the settings of a bucket must be, whoever keeps it. */
final class BucketRules {
    /** Leaves a key half of the 1,024 bytes that a store takes. */
    private static final int MAX_PREFIX = 512;

    private BucketRules() {}

    static void requirePrefix(String prefix) {
        int bytes = prefix.getBytes(StandardCharsets.UTF_8).length;
        require(bytes <= MAX_PREFIX, "prefix is longer than " + MAX_PREFIX + " bytes");
        try {
            if (!prefix.isEmpty()) {
                ObjectKey.requireSafe(prefix);
            }
        } catch (StorageException e) {
            throw new IllegalArgumentException("prefix must be segments between slashes, without one at either end", e);
        }
    }

    /** Throws an IllegalArgumentException with the complaint unless it is so. */
    static void require(boolean isSo, String complaint) {
        if (!isSo) {
            throw new IllegalArgumentException(complaint);
        }
    }
}
