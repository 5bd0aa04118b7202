package dev.alluvium.topology;

import dev.alluvium.decode.DeltaSettings;
import dev.alluvium.decode.ProtobufSettings;
import dev.alluvium.decode.TelemetrySettings;
import org.jspecify.annotations.Nullable;

/** What the records of a pipeline are, and how they become rows. */
public sealed interface DataSettings {
    /**
     * LakeSync row deltas.
     *
     * @param tablesTopic compacted topic that brings versions of tables; null if tables stay as the settings have them
     */
    record Deltas(DeltaSettings settings, @Nullable String tablesTopic) implements DataSettings {
        /** With the tables of the settings only. */
        public Deltas(DeltaSettings settings) {
            this(settings, null);
        }
    }

    /** Telemetry of sessions. */
    record Telemetry(TelemetrySettings settings) implements DataSettings {}

    /** Any protobuf message. */
    record Protobuf(ProtobufSettings settings) implements DataSettings {}
}
