package dev.alluvium.topology;

import dev.alluvium.decode.DeltaSettings;
import dev.alluvium.decode.ProtobufSettings;

/** What the records of a pipeline are, and how they become rows. */
public sealed interface DataSettings {
    /** LakeSync row deltas. */
    record Deltas(DeltaSettings settings) implements DataSettings {}

    /**
     * Telemetry of sessions.
     *
     * @param message full name of the message in the topic, one that is compiled in
     * @param coordinates whether each row says its partition, offset and timestamp
     */
    record Telemetry(String message, boolean coordinates) implements DataSettings {}

    /** Any protobuf message. */
    record Protobuf(ProtobufSettings settings) implements DataSettings {}
}
