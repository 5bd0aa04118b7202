package dev.alluvium.topology;

import dev.alluvium.decode.RecordDecoder;
import dev.alluvium.decode.RegistryDecoder;
import dev.alluvium.decode.RegistryDecoderSettings;
import dev.alluvium.registry.RegistryClient;
import dev.alluvium.schema.Column;
import java.time.Clock;
import java.util.List;
import java.util.Set;

/** Messages whose schemas are in a registry. */
final class RegistryData implements DataSet {
    private final RegistryDecoderSettings settings;
    private final RegistryClient registry;
    private final List<Column> metadata;

    RegistryData(DataSettings.Registry data, PipelineSettings pipeline, Clock clock) {
        this.settings = data.settings();
        this.registry = new RegistryClient(data.registry(), "pipelines[" + pipeline.name() + "].data.registry", clock);
        this.metadata = pipeline.metadata().columns();
    }

    @Override
    public RecordDecoder decoder(int partition) {
        return new RegistryDecoder(settings, metadata, registry, partition);
    }

    /** Which schemas there are, and what of them is rejected, the ledger keeps. */
    @Override
    public String identity() {
        return "registry " + settings.message().orElse("*") + " " + settings.partitioning() + " coordinates="
                + settings.coordinates() + " " + settings.mapping();
    }

    @Override
    public Set<String> ownPlaceholders() {
        return settings.partitioning().placeholders();
    }

    @Override
    public String descriptorSet() {
        return "";
    }

    @Override
    public void check() {
        registry.check();
    }
}
