package dev.alluvium.config;

import dev.alluvium.batch.LateSettings;
import dev.alluvium.batch.MetadataColumns;
import dev.alluvium.topology.DataSettings;
import java.util.Optional;
import java.util.Set;

/**
 * What the kind of data means for the rest of its pipeline.
 *
 * @param defaultKey the key template of files where none is written
 * @param placeholders what the groups of this kind of data determine; empty with invalid settings
 * @param metadata what rows have of their records besides
 * @param late when slices of time are complete, if ever
 */
record DataPart(
        Bound<DataSettings> settings,
        String defaultKey,
        Set<String> placeholders,
        Bound<MetadataColumns> metadata,
        Bound<Optional<LateSettings>> late) {
    DataPart {
        placeholders = Set.copyOf(placeholders);
    }

    DataPart(Bound<DataSettings> settings, String defaultKey, Set<String> placeholders) {
        this(settings, defaultKey, placeholders, Bound.of(MetadataColumns.NONE), Bound.of(Optional.empty()));
    }

    DataPart withMetadata(Bound<MetadataColumns> columns) {
        return new DataPart(settings, defaultKey, placeholders, columns, late);
    }

    DataPart withLate(Bound<Optional<LateSettings>> slices) {
        return new DataPart(settings, defaultKey, placeholders, metadata, slices);
    }
}
