package dev.alluvium.storage;

import java.util.List;

/**
 * Something that whoever runs Alluvium must be allowed to do in its store.
 *
 * @param action as the store's own access rules spell it
 * @param resource what it is done to
 * @param purpose what it is needed for
 */
public record StoragePermission(String action, String resource, String purpose) {
    /** All that a store asks for, and nothing else. */
    public static List<StoragePermission> of(StorageSettings settings) {
        if (settings instanceof StorageSettings.Local local) {
            String directory = local.directory().toString();
            return List.of(
                    new StoragePermission("read, write, execute", directory, "to publish, read and list files"),
                    new StoragePermission(
                            "write, execute", "the directory above " + directory, "to make it if it is missing"));
        }
        throw new IllegalArgumentException("no permissions are known of " + settings);
    }
}
