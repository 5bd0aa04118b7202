package dev.alluvium.storage;

import java.nio.charset.StandardCharsets;

/**
 * What a key may be in any store: relative, segments separated by {@code /}, at most 1,024 bytes of UTF-8 (the limit of
 * S3 and GCS), and no way to climb out of the store. Keys that start with {@link #OWN_PREFIX} are the store's own.
 */
public final class ObjectKey {
    /** Keys that start so are never data: they are refused, and listings leave them out. */
    public static final String OWN_PREFIX = ".alluvium-";

    /** The only keys of the store's own that go through the port: those of {@link StoreProbe}. */
    public static final String PROBE_PREFIX = OWN_PREFIX + "probe-";

    private static final int MAX_BYTES = 1024;

    private ObjectKey() {}

    /**
     * The key itself, if it is safe.
     *
     * @throws StorageException not retryable, naming the key and what is wrong with it
     */
    public static String requireSafe(String key) throws StorageException {
        requireSafeSegments(key, key);
        if (key.startsWith(OWN_PREFIX) && !key.startsWith(PROBE_PREFIX)) {
            throw refused(key, "names that start with " + OWN_PREFIX + " belong to the store");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(key)) {
            throw refused(key, "it is not valid Unicode");
        }
        if (key.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            throw refused(key, "it is longer than " + MAX_BYTES + " bytes");
        }
        return key;
    }

    /**
     * The directories of a listing's prefix, up to and without its last {@code /}; empty if it has none.
     *
     * @throws StorageException not retryable, if the prefix climbs out of the store
     */
    public static String directoryOf(String prefix) throws StorageException {
        int slash = prefix.lastIndexOf('/');
        if (slash < 0) {
            return "";
        }
        String directory = prefix.substring(0, slash);
        requireSafeSegments(prefix, directory);
        return directory;
    }

    private static void requireSafeSegments(String key, String path) throws StorageException {
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '\\' || Character.isISOControl(c)) {
                throw refused(key, "it holds a back-slash or a control character");
            }
        }
        for (String segment : path.split("/", -1)) {
            if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
                throw refused(key, "a segment is empty, . or ..");
            }
        }
    }

    private static StorageException refused(String key, String why) {
        return new StorageException(
                "unsafe object key '" + printable(key) + "': " + why + "; correct the key template", false);
    }

    private static String printable(String key) {
        StringBuilder text = new StringBuilder(key.length());
        key.chars().forEach(c -> text.append(Character.isISOControl(c) ? '?' : (char) c));
        return text.toString();
    }
}
