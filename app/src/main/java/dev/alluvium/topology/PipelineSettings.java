package dev.alluvium.topology;

import dev.alluvium.batch.LateSettings;
import dev.alluvium.batch.MetadataColumns;
import dev.alluvium.batch.RotationSettings;
import dev.alluvium.parquet.WriterSettings;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One pipeline: its source, what the records are, and how they become files. Two pipelines share nothing but the
 * process.
 *
 * @param name part of the Kafka application id, so it never changes in the life of an archive
 * @param enabled a disabled pipeline keeps its state and does nothing
 * @param kafka properties that differ from the application's
 * @param keyTemplate object key with placeholders in braces
 * @param maxOpenGroups open batches per partition; beyond it the oldest is cut
 * @param deadLetterTopic where records that cannot become rows go
 * @param manifestTopic one record per finished file goes there
 * @param threads stream threads
 * @param cutOnShutdown whether a shutdown cuts the open batches into files, or leaves them to be read again
 * @param metadata what each row has of its record, besides what its decoder gives it
 * @param late when slices of time are complete; null if never
 */
public record PipelineSettings(
        String name,
        boolean enabled,
        Map<String, String> kafka,
        SourceSettings source,
        DataSettings data,
        String keyTemplate,
        WriterSettings writer,
        RotationSettings rotation,
        int maxOpenGroups,
        String deadLetterTopic,
        String manifestTopic,
        int threads,
        boolean cutOnShutdown,
        MetadataColumns metadata,
        @Nullable LateSettings late) {
    public PipelineSettings {
        kafka = Map.copyOf(kafka);
    }

    /** Without what may hold secrets. */
    @Override
    public String toString() {
        return "pipeline[" + name + "]";
    }
}
