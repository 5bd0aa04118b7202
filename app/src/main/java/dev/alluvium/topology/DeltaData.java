package dev.alluvium.topology;

import dev.alluvium.batch.EnvelopeFile;
import dev.alluvium.batch.KeyTemplate;
import dev.alluvium.batch.RowFile;
import dev.alluvium.decode.DeltaDecoder;
import dev.alluvium.decode.DeltaSettings;
import dev.alluvium.decode.Group;
import dev.alluvium.decode.KeyRange;
import dev.alluvium.decode.RecordDecoder;
import dev.alluvium.decode.SyncDecoder;
import dev.alluvium.parquet.WriterSettings;
import dev.alluvium.parquet.WriterSettings.Format;
import dev.alluvium.schema.DeltaTable;
import dev.alluvium.schema.MessageTypes;
import dev.alluvium.schema.TableVersion;
import dev.alluvium.schema.TableVersions;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Row deltas, alone or in batches. */
final class DeltaData implements DataSet {
    private final DeltaSettings settings;
    private final @Nullable String tablesTopic;
    private final @Nullable TableVersions versions;
    private final String descriptorSet;

    DeltaData(DataSettings.Deltas data) {
        this.settings = data.settings();
        this.tablesTopic = data.tablesTopic();
        this.versions = tablesTopic == null ? null : new TableVersions(settings.tables());
        this.descriptorSet = MessageTypes.descriptorSetText(settings.form().message());
    }

    @Override
    public RecordDecoder decoder(int partition) {
        return settings.form() == DeltaSettings.Form.DELTA
                ? new DeltaDecoder(settings, versions, partition)
                : new SyncDecoder(settings, versions, partition);
    }

    /** The tables that a topic brings are no part of it, which stays when they grow; the ledger has those. */
    @Override
    public String identity() {
        String tables = settings.tables().stream()
                .sorted(Comparator.comparing(DeltaTable::table))
                .map(DeltaTable::toString)
                .collect(Collectors.joining(","));
        return "delta gateway=" + settings.gateway() + " strict=" + settings.strict() + " drift="
                + settings.clockDrift() + " coordinates=" + settings.coordinates() + " " + settings.form() + " "
                + tables + (tablesTopic == null ? "" : " tablesTopic=" + tablesTopic);
    }

    @Override
    public Set<String> ownPlaceholders() {
        return KeyTemplate.ofOneDay("table", "gateway", "minHlc", "maxHlc");
    }

    @Override
    public String descriptorSet() {
        return descriptorSet;
    }

    @Override
    public RowFile.Maker files(WriterSettings writer, RowFile.Maker parquet) {
        return writer.format() == Format.PARQUET ? parquet : EnvelopeFile.of(settings.gateway(), this::table);
    }

    /** What a table of a file is by now: a version only adds columns, and those that a file lacks do not matter. */
    private DeltaTable table(Group group) {
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

    @Override
    public @Nullable TableVersions tables() {
        return versions;
    }

    @Override
    public KeyRange keyRange() {
        return KeyRange.HLC;
    }
}
