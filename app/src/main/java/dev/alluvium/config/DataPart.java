package dev.alluvium.config;

import dev.alluvium.topology.DataSettings;
import java.util.Set;

/**
 * What the kind of data means for the rest of its pipeline.
 *
 * @param defaultKey the key template of files where none is written
 * @param placeholders what the groups of this kind of data determine; empty with invalid settings
 */
record DataPart(Bound<DataSettings> settings, String defaultKey, Set<String> placeholders) {
    DataPart {
        placeholders = Set.copyOf(placeholders);
    }
}
