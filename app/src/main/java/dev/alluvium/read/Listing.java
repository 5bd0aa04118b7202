package dev.alluvium.read;

import dev.alluvium.storage.ListedObject;
import java.util.List;

/**
 * What lies under a prefix.
 *
 * @param files all that end in {@code .parquet}, by their keys; whether one is a data file is known when it is opened
 * @param others how many end otherwise
 */
public record Listing(List<ListedObject> files, int others) {
    /** How the keys of data files end. */
    public static final String SUFFIX = ".parquet";

    public Listing {
        files = List.copyOf(files);
    }
}
