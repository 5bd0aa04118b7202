package dev.alluvium.topology;

import dev.alluvium.decode.DeltaSettings;
import dev.alluvium.decode.ProtobufSettings;
import dev.alluvium.decode.RegistryDecoderSettings;
import dev.alluvium.decode.RegistryDecoderSettings.Policy;
import dev.alluvium.decode.Rejection;
import dev.alluvium.decode.TelemetrySettings;
import dev.alluvium.registry.RegistrySettings;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the records of a pipeline are, and how they become rows. */
public sealed interface DataSettings {
    /** Whether each row says its partition, offset and timestamp. */
    boolean coordinates();

    /**
     * Whether a record that is bad for this reason stops the pipeline, and is not skipped: the key below {@code data} that
     * says so. A decision about all records of a schema is not among these: the decoder makes it once.
     */
    default Optional<String> stopsAt(Rejection.Reason reason) {
        return Optional.empty();
    }

    /**
     * LakeSync row deltas.
     *
     * @param tablesTopic compacted topic that brings versions of tables; null if tables stay as the settings have them
     * @param stopsAtMismatch whether a value that contradicts its column's type stops the pipeline; otherwise it makes its
     *     record a bad one
     */
    record Deltas(DeltaSettings settings, @Nullable String tablesTopic, boolean stopsAtMismatch)
            implements DataSettings {
        /** With the tables of the settings only; stops at nothing. */
        public Deltas(DeltaSettings settings) {
            this(settings, null, false);
        }

        @Override
        public boolean coordinates() {
            return settings.coordinates();
        }

        @Override
        public Optional<String> stopsAt(Rejection.Reason reason) {
            return stopsAtMismatch && reason == Rejection.Reason.TYPE_MISMATCH
                    ? Optional.of("onMismatch")
                    : Optional.empty();
        }
    }

    /** Telemetry of sessions. */
    record Telemetry(TelemetrySettings settings) implements DataSettings {
        @Override
        public boolean coordinates() {
            return settings.coordinates();
        }
    }

    /** Any protobuf message. */
    record Protobuf(ProtobufSettings settings) implements DataSettings {
        @Override
        public boolean coordinates() {
            return settings.coordinates();
        }
    }

    /** Protobuf messages that name their schema, and the registry that has it. */
    record Registry(RegistryDecoderSettings settings, RegistrySettings registry) implements DataSettings {
        @Override
        public boolean coordinates() {
            return settings.coordinates();
        }

        @Override
        public Optional<String> stopsAt(Rejection.Reason reason) {
            return settings.onIncompatible() == Policy.STOP && reason == Rejection.Reason.NO_COLUMNS
                    ? Optional.of("registry.onIncompatible")
                    : Optional.empty();
        }
    }
}
