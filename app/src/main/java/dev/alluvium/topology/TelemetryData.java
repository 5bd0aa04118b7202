package dev.alluvium.topology;

import dev.alluvium.decode.RecordDecoder;
import dev.alluvium.decode.TelemetryDecoder;
import dev.alluvium.decode.TelemetrySettings;
import dev.alluvium.proto.telemetry.v1.TelemetryLap;
import dev.alluvium.proto.telemetry.v1.TelemetryRecord;
import dev.alluvium.proto.telemetry.v1.TelemetrySample;
import dev.alluvium.schema.MessageTypes;
import dev.alluvium.schema.TableSchema;
import java.util.Map;
import java.util.Set;

/** Telemetry of sessions. */
final class TelemetryData implements DataSet {
    private final TelemetrySettings settings;
    private final String descriptorSet;

    TelemetryData(TelemetrySettings settings) {
        this.settings = settings;
        this.descriptorSet = MessageTypes.descriptorSetText(
                switch (settings.form()) {
                    case ENVELOPE -> TelemetryRecord.getDescriptor();
                    case SAMPLE -> TelemetrySample.getDescriptor();
                    case LAP -> TelemetryLap.getDescriptor();
                });
    }

    @Override
    public RecordDecoder decoder(int partition) {
        return new TelemetryDecoder(settings, partition);
    }

    @Override
    public String identity() {
        return "telemetry " + settings.form() + " coordinates=" + settings.coordinates();
    }

    @Override
    public Set<String> ownPlaceholders() {
        return Set.of("session");
    }

    @Override
    public String descriptorSet() {
        return descriptorSet;
    }

    @Override
    public Map<String, String> columnFacts(TableSchema schema) {
        return TelemetryDecoder.columnFacts(schema);
    }
}
