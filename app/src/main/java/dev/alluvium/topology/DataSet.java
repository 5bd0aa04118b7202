package dev.alluvium.topology;

import com.google.protobuf.Descriptors.Descriptor;
import dev.alluvium.batch.KeyTemplate;
import dev.alluvium.decode.DeltaDecoder;
import dev.alluvium.decode.DeltaSettings;
import dev.alluvium.decode.KeyRange;
import dev.alluvium.decode.ProtobufDecoder;
import dev.alluvium.decode.ProtobufSettings;
import dev.alluvium.decode.RecordDecoder;
import dev.alluvium.decode.RegistryDecoder;
import dev.alluvium.decode.RegistryDecoderSettings;
import dev.alluvium.decode.TelemetryDecoder;
import dev.alluvium.decode.TelemetrySettings;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import dev.alluvium.proto.telemetry.v1.TelemetryRecord;
import dev.alluvium.proto.telemetry.v1.TelemetrySample;
import dev.alluvium.registry.RegistryClient;
import dev.alluvium.schema.DeltaTable;
import dev.alluvium.schema.MessageTypes;
import dev.alluvium.schema.ProtobufMapping.Times;
import dev.alluvium.schema.TableVersions;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A kind of records: who decodes them, what keys may be made of, and what decides a row's place and fate. */
final class DataSet {
    private final IntFunction<RecordDecoder> decoders;
    private final String descriptorSet;
    private final Runnable check;
    private final Set<String> placeholders;
    private final @Nullable KeyRange keyRange;
    private final String identity;
    private final @Nullable TableVersions tables;

    private DataSet(
            IntFunction<RecordDecoder> decoders,
            Descriptor message,
            Set<String> placeholders,
            @Nullable KeyRange keyRange,
            String identity,
            @Nullable TableVersions tables) {
        this(
                decoders,
                Base64.getEncoder().encodeToString(MessageTypes.descriptorSet(message)),
                () -> {},
                placeholders,
                keyRange,
                identity,
                tables);
    }

    private DataSet(
            IntFunction<RecordDecoder> decoders,
            String descriptorSet,
            Runnable check,
            Set<String> placeholders,
            @Nullable KeyRange keyRange,
            String identity,
            @Nullable TableVersions tables) {
        this.decoders = decoders;
        this.descriptorSet = descriptorSet;
        this.check = check;
        this.placeholders = placeholders;
        this.keyRange = keyRange;
        this.identity = identity;
        this.tables = tables;
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
                partition -> new DeltaDecoder(settings, versions, partition),
                RowDelta.getDescriptor(),
                KeyTemplate.ofOneDay("table", "gateway", "minHlc", "maxHlc"),
                KeyRange.HLC,
                "delta strict=" + settings.strict() + " drift=" + settings.clockDrift() + " coordinates="
                        + settings.coordinates() + " " + tables
                        + (tablesTopic == null ? "" : " tablesTopic=" + tablesTopic),
                versions);
    }

    private static DataSet telemetry(TelemetrySettings settings) {
        return new DataSet(
                partition -> new TelemetryDecoder(settings, partition),
                switch (settings.form()) {
                    case ENVELOPE -> TelemetryRecord.getDescriptor();
                    case SAMPLE -> TelemetrySample.getDescriptor();
                },
                Set.of("session"),
                null,
                "telemetry " + settings.form() + " coordinates=" + settings.coordinates(),
                null);
    }

    private static DataSet protobuf(ProtobufSettings settings) {
        return new DataSet(
                partition -> new ProtobufDecoder(settings, partition),
                settings.message(),
                settings.partitioning().placeholders(),
                settings.keyRange(),
                "protobuf " + settings.partitioning() + " coordinates=" + settings.coordinates() + " "
                        + settings.schema().fingerprint()
                        + times(settings.mapping().times()),
                null);
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
                null);
    }

    /** A duration is the same column in every unit. */
    private static String times(Times times) {
        return times == Times.MICROS ? "" : " times=" + times;
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
        String text = identity + "\n" + pipeline.keyTemplate();
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
