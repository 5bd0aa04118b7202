package dev.alluvium.topology;

import dev.alluvium.batch.KeyTemplate;
import dev.alluvium.batch.RowFile;
import dev.alluvium.decode.KeyRange;
import dev.alluvium.decode.RecordDecoder;
import dev.alluvium.parquet.WriterSettings;
import dev.alluvium.parquet.WriterSettings.Format;
import dev.alluvium.schema.Fingerprint;
import dev.alluvium.schema.TableSchema;
import dev.alluvium.schema.TableVersions;
import java.time.Clock;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A kind of records: who decodes them, what keys may be made of, and what decides a row's place and fate. */
interface DataSet {
    /**
     * The data set of a pipeline.
     *
     * @param clock measures how long what is asked for was missing
     */
    static DataSet of(PipelineSettings pipeline, Clock clock) {
        DataSettings data = pipeline.data();
        if (data instanceof DataSettings.Deltas deltas) {
            return new DeltaData(deltas);
        } else if (data instanceof DataSettings.Telemetry telemetry) {
            return new TelemetryData(telemetry.settings());
        } else if (data instanceof DataSettings.Protobuf protobuf) {
            return new ProtobufData(protobuf.settings());
        } else if (data instanceof DataSettings.Registry registry) {
            return new RegistryData(registry, pipeline, clock);
        }
        throw new IllegalArgumentException("unknown data set " + data);
    }

    /** A decoder for one task; not thread safe. */
    RecordDecoder decoder(int partition);

    /** All of the data's settings that decides a row's place or fate. */
    String identity();

    /** What its groups determine for a key, besides what every cut does. */
    Set<String> ownPlaceholders();

    /** Base64 of the message's FileDescriptorSet; empty where groups have one each. */
    String descriptorSet();

    /** What a file's columns tell of it; what its records said comes before it. */
    default Map<String, String> columnFacts(TableSchema schema) {
        return Map.of();
    }

    /**
     * Makes data files of the format that the settings say.
     *
     * @param parquet makes those of Parquet
     * @throws IllegalArgumentException if this data has no such files
     */
    default RowFile.Maker files(WriterSettings settings, RowFile.Maker parquet) {
        if (settings.format() != Format.PARQUET) {
            throw new IllegalArgumentException("only deltas have flush envelopes");
        }
        return parquet;
    }

    /** What its decoders learn from while they run; null if they learn nothing of tables. */
    default @Nullable TableVersions tables() {
        return null;
    }

    /**
     * Returns if what decoders need besides records can be had now.
     *
     * @throws dev.alluvium.schema.SchemaSourceException if it cannot
     */
    default void check() {}

    /** How the least and greatest range values of a file are written into its key; null if there are none. */
    default @Nullable KeyRange keyRange() {
        return null;
    }

    /** What a key template may use. */
    default Set<String> placeholders() {
        Set<String> all = new HashSet<>(KeyTemplate.OF_EVERY_CUT);
        all.addAll(ownPlaceholders());
        return Set.copyOf(all);
    }

    /** Of all that decides a row's place or fate; rotation, codec and memory are no part of it. */
    default String fingerprint(PipelineSettings pipeline) {
        boolean isParquet = pipeline.writer().format() == Format.PARQUET;
        return Fingerprint.of(identity() + "\n" + pipeline.metadata().parts() + "\n" + pipeline.keyTemplate()
                + (isParquet ? "" : "\nJSON"));
    }
}
