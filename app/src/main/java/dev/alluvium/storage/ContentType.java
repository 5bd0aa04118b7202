package dev.alluvium.storage;

/** The headers that readers of a network store see, the same whichever store it is. */
public final class ContentType {
    /** Of every object: what a proxy keeps could outlive a deletion. */
    public static final String CACHE_CONTROL = "no-cache, max-age=0";

    private ContentType() {}

    /** The media type of an object, from the extension of its key. */
    public static String of(String key) {
        if (key.endsWith(".parquet")) {
            return "application/vnd.apache.parquet";
        }
        return key.endsWith(".json") ? "application/json" : "application/octet-stream";
    }
}
