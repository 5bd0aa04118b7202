package dev.alluvium.topology;

import com.google.protobuf.Descriptors.Descriptor;
import dev.alluvium.batch.EnvelopeFile;
import dev.alluvium.batch.KeyTemplate;
import dev.alluvium.batch.RowFile;
import dev.alluvium.decode.DeltaDecoder;
import dev.alluvium.decode.DeltaSettings;
import dev.alluvium.decode.Group;
import dev.alluvium.decode.KeyRange;
import dev.alluvium.decode.ProtobufDecoder;
import dev.alluvium.decode.ProtobufSettings;
import dev.alluvium.decode.RecordDecoder;
import dev.alluvium.decode.RegistryDecoder;
import dev.alluvium.decode.RegistryDecoderSettings;
import dev.alluvium.decode.SyncDecoder;
import dev.alluvium.decode.TelemetryDecoder;
import dev.alluvium.decode.TelemetrySettings;
import dev.alluvium.parquet.WriterSettings;
import dev.alluvium.parquet.WriterSettings.Format;
import dev.alluvium.proto.telemetry.v1.TelemetryLap;
import dev.alluvium.proto.telemetry.v1.TelemetryRecord;
import dev.alluvium.proto.telemetry.v1.TelemetrySample;
import dev.alluvium.registry.RegistryClient;
import dev.alluvium.schema.DeltaTable;
import dev.alluvium.schema.MessageTypes;
import dev.alluvium.schema.ProtobufMapping.Times;
import dev.alluvium.schema.TableSchema;
import dev.alluvium.schema.TableVersion;
import dev.alluvium.schema.TableVersions;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A kind of records: who decodes them, what keys may be made of, and what decides a row's place and fate. */
final class DataSet {
    private static final RowFile.Maker NO_ENVELOPES = (file, group, columns) -> {
        throw new IllegalArgumentException("only deltas have flush envelopes");
    };

    private final IntFunction<RecordDecoder> decoders;
    private final String descriptorSet;
    private final Runnable check;
    private final Set<String> placeholders;
    private final @Nullable KeyRange keyRange;
    private final String identity;
    private final @Nullable TableVersions tables;
    private final Function<TableSchema, Map<String, String>> columnFacts;
    private final RowFile.Maker envelopes;

    private DataSet(
            IntFunction<RecordDecoder> decoders,
            Descriptor message,
            Set<String> placeholders,
            @Nullable KeyRange keyRange,
            String identity,
            @Nullable TableVersions tables,
            Function<TableSchema, Map<String, String>> columnFacts,
            RowFile.Maker envelopes) {
        this(
                decoders,
                Base64.getEncoder().encodeToString(MessageTypes.descriptorSet(message)),
                () -> {},
                placeholders,
                keyRange,
                identity,
                tables,
                columnFacts,
                envelopes);
    }

    private DataSet(
            IntFunction<RecordDecoder> decoders,
            String descriptorSet,
            Runnable check,
            Set<String> placeholders,
            @Nullable KeyRange keyRange,
            String identity,
            @Nullable TableVersions tables,
            Function<TableSchema, Map<String, String>> columnFacts,
            RowFile.Maker envelopes) {
        this.decoders = decoders;
        this.descriptorSet = descriptorSet;
        this.check = check;
        this.placeholders = placeholders;
        this.keyRange = keyRange;
        this.identity = identity;
        this.tables = tables;
        this.columnFacts = columnFacts;
        this.envelopes = envelopes;
    }

    /** The data set of a pipeline. */
    static DataSet of(DataSettings settings, String pipeline) {
        if (settings instanceof DataSettings.Deltas deltas) {
            return deltas(deltas.settings(), deltas.tablesTopic());
        } else if (settings instanceof DataSettings.Telemetry telemetry) {
            return telemetry(telemetry.settings());
        } else if (settings instanceof DataSettings.Protobuf protobuf) {
            return protobuf(protobuf.settings());
        } else if (settings instanceof DataSettings.Registry registry) {
            return registry(
                    registry.settings(),
                    new RegistryClient(registry.registry(), "pipelines[" + pipeline + "].data.registry"));
        }
        throw new IllegalArgumentException("unknown data set " + settings);
    }

    /** The tables that a topic brings are no part of the identity, which stays when they grow; the ledger has those. */
    private static DataSet deltas(DeltaSettings settings, @Nullable String tablesTopic) {
        TableVersions versions = tablesTopic == null ? null : new TableVersions(settings.tables());
        String tables = settings.tables().stream()
                .sorted(Comparator.comparing(DeltaTable::table))
                .map(DeltaTable::toString)
                .collect(Collectors.joining(","));
        return new DataSet(
                partition -> settings.form() == DeltaSettings.Form.DELTA
                        ? new DeltaDecoder(settings, versions, partition)
                        : new SyncDecoder(settings, versions, partition),
                settings.form().message(),
                KeyTemplate.ofOneDay("table", "gateway", "minHlc", "maxHlc"),
                KeyRange.HLC,
                "delta strict=" + settings.strict() + " drift=" + settings.clockDrift() + " coordinates="
                        + settings.coordinates() + " " + settings.form() + " " + tables
                        + (tablesTopic == null ? "" : " tablesTopic=" + tablesTopic),
                versions,
                schema -> Map.of(),
                EnvelopeFile.of(settings.gateway(), group -> table(settings, versions, group)));
    }

    /** What a table of a file is by now: a version only adds columns, and those that a file lacks do not matter. */
    private static DeltaTable table(DeltaSettings settings, @Nullable TableVersions versions, Group group) {
        String name = group.schema().name();
        TableVersion latest = versions == null ? null : versions.inForce().get(name);
        if (latest != null) {
            return latest.table();
        }
        return settings.tables().stream()
                .filter(table -> table.table().equals(name))
                .findFirst()
                .orElseGet(() -> DeltaTable.undeclared(name));
    }

    private static DataSet telemetry(TelemetrySettings settings) {
        return new DataSet(
                partition -> new TelemetryDecoder(settings, partition),
                switch (settings.form()) {
                    case ENVELOPE -> TelemetryRecord.getDescriptor();
                    case SAMPLE -> TelemetrySample.getDescriptor();
                    case LAP -> TelemetryLap.getDescriptor();
                },
                Set.of("session"),
                null,
                "telemetry " + settings.form() + " coordinates=" + settings.coordinates(),
                null,
                TelemetryDecoder::columnFacts,
                NO_ENVELOPES);
    }

    private static DataSet protobuf(ProtobufSettings settings) {
        return new DataSet(
                partition -> new ProtobufDecoder(settings, partition),
                settings.message(),
                settings.partitioning().placeholders(),
                settings.keyRange(),
                "protobuf " + settings.partitioning() + " coordinates=" + settings.coordinates() + " tombstones="
                        + settings.tombstones() + " "
                        + settings.schema().fingerprint()
                        + times(settings.mapping().times()),
                null,
                schema -> Map.of(),
                NO_ENVELOPES);
    }

    /** Which schemas there are, and what of them is rejected, the ledger keeps. */
    private static DataSet registry(RegistryDecoderSettings settings, RegistryClient registry) {
        return new DataSet(
                partition -> new RegistryDecoder(settings, registry, partition),
                "",
                registry::check,
                settings.partitioning().placeholders(),
                null,
                "registry " + settings.message().orElse("*") + " " + settings.partitioning() + " coordinates="
                        + settings.coordinates() + " depth="
                        + settings.mapping().depth()
                        + times(settings.mapping().times()),
                null,
                schema -> Map.of(),
                NO_ENVELOPES);
    }

    /** A duration is the same column in every unit. */
    private static String times(Times times) {
        return times == Times.MICROS ? "" : " times=" + times;
    }

    /** What a file's columns tell of it; what its records said comes before it. */
    Map<String, String> columnFacts(TableSchema schema) {
        return columnFacts.apply(schema);
    }

    /** Makes data files of the format that the settings say. */
    RowFile.Maker files(WriterSettings settings) {
        return settings.format() == Format.PARQUET ? RowFile.parquet(settings) : envelopes;
    }

    /** A decoder for one task; not thread safe. */
    RecordDecoder decoder(int partition) {
        return decoders.apply(partition);
    }

    /** What its decoders learn from while they run; null if they learn nothing of tables. */
    @Nullable
    TableVersions tables() {
        return tables;
    }

    /**
     * Returns if what decoders need besides records can be had now.
     *
     * @throws dev.alluvium.schema.SchemaSourceException if it cannot
     */
    void check() {
        check.run();
    }

    /** Base64 of the message's FileDescriptorSet; empty where groups have one each. */
    String descriptorSet() {
        return descriptorSet;
    }

    /** How the least and greatest range values of a file are written into its key; null if there are none. */
    @Nullable
    KeyRange keyRange() {
        return keyRange;
    }

    /** What a key template may use. */
    Set<String> placeholders() {
        Set<String> all = new HashSet<>(KeyTemplate.OF_EVERY_CUT);
        all.addAll(placeholders);
        return Set.copyOf(all);
    }

    /** Of all that decides a row's place or fate; rotation, codec and memory are no part of it. */
    String fingerprint(PipelineSettings pipeline) {
        boolean isParquet = pipeline.writer().format() == Format.PARQUET;
        String text = identity + "\n" + pipeline.metadata().parts() + "\n" + pipeline.keyTemplate()
                + (isParquet ? "" : "\nJSON");
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
