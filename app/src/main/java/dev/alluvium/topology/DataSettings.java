package dev.alluvium.topology;

/** What the records of a pipeline are, and how they become rows. */
public sealed interface DataSettings {
    /** LakeSync row deltas. */
    record Deltas() implements DataSettings {}

    /** Telemetry of sessions. */
    record Telemetry() implements DataSettings {}

    /** Any protobuf message. */
    record Protobuf() implements DataSettings {}
}
