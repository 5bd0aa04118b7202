package dev.alluvium.config;

import dev.alluvium.batch.KeyTemplate;
import dev.alluvium.batch.MetadataColumns;
import dev.alluvium.batch.MetadataColumns.Part;
import dev.alluvium.decode.DeltaSettings;
import dev.alluvium.decode.DeltaSettings.ClockDrift;
import dev.alluvium.decode.TelemetrySettings;
import dev.alluvium.proto.telemetry.v1.TelemetryLap;
import dev.alluvium.proto.telemetry.v1.TelemetrySample;
import dev.alluvium.schema.DeltaColumn;
import dev.alluvium.schema.DeltaTable;
import dev.alluvium.topology.DataSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the records of a pipeline are. */
final class DataBinder {
    private static final Set<String> DELTA_PLACEHOLDERS = KeyTemplate.ofOneDay("table", "gateway", "minHlc", "maxHlc");
    private static final String DELTA_KEY =
            "deltas/{date}/{gateway}/{table}-{minHlc}-{maxHlc}-{partition}-{firstOffset}.parquet";
    private static final String TELEMETRY_KEY = "telemetry/{session}.parquet";

    private DataBinder() {}

    static DataPart bind(Section section) {
        Bound<DataKeys.Kind> kind = section.get(DataKeys.TYPE);
        if (kind.value().isEmpty()) {
            // Without the type nobody can say which other keys are right.
            return new DataPart(Bound.invalid(), "", Set.of());
        }
        Bound<List<Part>> metadata = section.list(DataKeys.METADATA);
        DataPart data = bind(kind.get(), section);
        return data.withMetadata(section.construct(
                DataKeys.METADATA.name(), () -> beside(data.settings().value(), MetadataColumns.of(metadata.get()))));
    }

    private static DataPart bind(DataKeys.Kind kind, Section section) {
        return switch (kind) {
            case DELTA -> new DataPart(delta(section), DELTA_KEY, DELTA_PLACEHOLDERS);
            case TELEMETRY -> new DataPart(telemetry(section), TELEMETRY_KEY, Set.of("session"));
            case PROTOBUF -> ProtobufBinder.bind(section);
        };
    }

    /** The columns, if the data has no others of their names. */
    private static MetadataColumns beside(Optional<DataSettings> data, MetadataColumns metadata) {
        boolean hasCoordinates = data.isPresent() && data.get().coordinates();
        for (Part part : metadata.parts()) {
            String name = part.column().name();
            if (hasCoordinates && part.compareTo(Part.TIMESTAMP) <= 0) {
                throw new IllegalArgumentException(name + " is one of the coordinates: set coordinates: false");
            }
            if (data.isPresent()
                    && data.get() instanceof DataSettings.Protobuf protobuf
                    && protobuf.settings().schema().indexOf(name) >= 0) {
                throw new IllegalArgumentException("the message has a field named " + name + " itself");
            }
        }
        return metadata;
    }

    private static Bound<DataSettings> delta(Section section) {
        Bound<String> gateway = section.get(DataKeys.GATEWAY);
        Bound<DeltaSettings.Form> form = section.get(DataKeys.DELTA_MESSAGE);
        Bound<Boolean> strict = section.get(DataKeys.UNDECLARED);
        Bound<ClockDrift> clockDrift = section.get(DataKeys.CLOCK_DRIFT);
        Bound<Boolean> stopsAtMismatch = section.get(DataKeys.ON_MISMATCH);
        Bound<Boolean> coordinates = section.get(DataKeys.COORDINATES);
        Bound<List<DeltaTable>> tables = tables(section.section(DataKeys.TABLES));
        Bound<Optional<String>> tablesTopic = section.find(DataKeys.TABLES_TOPIC);
        return section.build(() -> new DataSettings.Deltas(
                new DeltaSettings(
                        gateway.get(), tables.get(), strict.get(), coordinates.get(), clockDrift.get(), form.get()),
                tablesTopic.get().orElse(null),
                stopsAtMismatch.get()));
    }

    private static Bound<List<DeltaTable>> tables(Section section) {
        List<Bound<DeltaTable>> tables = new ArrayList<>();
        section.sections().forEach((name, table) -> tables.add(table(name, table)));
        return Bound.all(tables);
    }

    private static Bound<DeltaTable> table(String name, Section section) {
        Bound<Map<String, DeltaColumn.Type>> types = section.map(new ColumnTypeSyntax());
        List<Bound<DeltaColumn>> columns = new ArrayList<>();
        types.value()
                .ifPresent(all -> all.forEach(
                        (column, type) -> columns.add(section.construct(column, () -> column(column, type)))));
        return section.construct(() -> {
            types.get();
            return new DeltaTable(name, Bound.all(columns).get());
        });
    }

    private static DeltaColumn column(String name, DeltaColumn.Type type) {
        if (DeltaTable.isReserved(name)) {
            throw new IllegalArgumentException("every delta file has a column of this name already; left undeclared,"
                    + " its values are kept in " + DeltaTable.EXTRA);
        }
        return new DeltaColumn(name, type);
    }

    private static Bound<DataSettings> telemetry(Section section) {
        Bound<String> message = section.get(DataKeys.TELEMETRY_MESSAGE_NAME);
        Bound<TelemetrySettings.Form> form = section.construct("message", () -> form(message.get()));
        Bound<Boolean> coordinates = section.get(DataKeys.COORDINATES);
        return section.build(() -> new DataSettings.Telemetry(new TelemetrySettings(form.get(), coordinates.get())));
    }

    private static TelemetrySettings.Form form(String message) {
        String sample = TelemetrySample.getDescriptor().getFullName();
        String lap = TelemetryLap.getDescriptor().getFullName();
        if (message.equals(DataKeys.TELEMETRY_MESSAGE)) {
            return TelemetrySettings.Form.ENVELOPE;
        } else if (message.equals(sample)) {
            return TelemetrySettings.Form.SAMPLE;
        } else if (message.equals(lap)) {
            return TelemetrySettings.Form.LAP;
        }
        throw new IllegalArgumentException("telemetry is " + DataKeys.TELEMETRY_MESSAGE + ", " + sample + " or " + lap
                + "; archive any other message with type: protobuf");
    }
}
