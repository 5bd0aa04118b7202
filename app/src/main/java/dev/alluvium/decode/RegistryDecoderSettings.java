package dev.alluvium.decode;

import com.google.protobuf.Descriptors.Descriptor;
import dev.alluvium.schema.ProtobufMapping;
import java.util.Optional;

/**
 * How records become rows whose schema is in a registry.
 *
 * @param message full name of the only message that is archived; empty for all
 * @param partitioning what of one message shares a file; slices of record time, which every message has
 * @param coordinates whether the Kafka coordinates and the schema's id follow the message's columns
 * @param mapping what is chosen of the way to columns
 * @param onUnknown what becomes of records whose schema the registry does not have
 * @param onIncompatible what becomes of records whose schema cannot be read together with those before
 */
public record RegistryDecoderSettings(
        Optional<String> message,
        Partitioning partitioning,
        boolean coordinates,
        ProtobufMapping mapping,
        Policy onUnknown,
        Policy onIncompatible) {

    /** What becomes of records that cannot be read. */
    public enum Policy {
        /** The pipeline stops until somebody has decided. */
        STOP,
        /** They go to the dead-letter topic, and so do all later ones of the same schema. */
        REJECT
    }

    ProtobufSettings of(Descriptor type) {
        return new ProtobufSettings(type, partitioning, coordinates, mapping);
    }
}
