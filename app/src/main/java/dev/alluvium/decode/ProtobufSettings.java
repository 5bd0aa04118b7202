package dev.alluvium.decode;

import com.google.protobuf.Descriptors.Descriptor;
import dev.alluvium.schema.ProtobufSchema;

/**
 * How records of one message type become rows.
 *
 * @param message the type of every record's value
 * @param grouping what shares a file
 * @param coordinates whether the Kafka coordinates follow the message's columns
 * @param depth how far recursive messages are unrolled, see {@link ProtobufSchema#of(Descriptor, int)}
 */
public record ProtobufSettings(Descriptor message, Grouping grouping, boolean coordinates, int depth) {

    /** Which records share a group. */
    public enum Grouping {
        /** All of them. */
        NONE,
        /** Those whose record time is on the same UTC day. */
        DAY
    }

    /** Settings that unroll recursive messages to the default depth. */
    public ProtobufSettings(Descriptor message, Grouping grouping, boolean coordinates) {
        this(message, grouping, coordinates, ProtobufSchema.DEFAULT_DEPTH);
    }
}
