package dev.alluvium.topology;

import dev.alluvium.decode.DeltaSettings;
import dev.alluvium.decode.ProtobufSettings;
import dev.alluvium.decode.TelemetrySettings;

/** What the records of a pipeline are, and how they become rows. */
public sealed interface DataSettings {
    /** LakeSync row deltas. */
    record Deltas(DeltaSettings settings) implements DataSettings {}

    /** Telemetry of sessions. */
    record Telemetry(TelemetrySettings settings) implements DataSettings {}

    /** Any protobuf message. */
    record Protobuf(ProtobufSettings settings) implements DataSettings {}
}
