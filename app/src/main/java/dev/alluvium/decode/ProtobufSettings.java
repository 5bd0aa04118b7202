package dev.alluvium.decode;

import com.google.protobuf.Descriptors.Descriptor;
import dev.alluvium.schema.ProtobufMapping;
import dev.alluvium.schema.ProtobufSchema;
import dev.alluvium.schema.TableSchema;

/**
 * How records of one message type become rows.
 *
 * @param message the type of every record's value
 * @param grouping what shares a file
 * @param coordinates whether the Kafka coordinates follow the message's columns
 * @param mapping what is chosen of the way to columns; one that gives the message too many is refused
 */
public record ProtobufSettings(Descriptor message, Grouping grouping, boolean coordinates, ProtobufMapping mapping) {

    /** Which records share a group. */
    public enum Grouping {
        /** All of them. */
        NONE,
        /** Those whose record time is on the same UTC day. */
        DAY
    }

    public ProtobufSettings {
        // Too many columns are told here, where the settings are made.
        ProtobufSchema.of(message, mapping);
    }

    /** Settings with the default mapping. */
    public ProtobufSettings(Descriptor message, Grouping grouping, boolean coordinates) {
        this(message, grouping, coordinates, ProtobufMapping.DEFAULT);
    }

    /** The columns of the message. */
    public TableSchema schema() {
        return ProtobufSchema.of(message, mapping);
    }
}
