package dev.alluvium.decode;

import com.google.protobuf.Descriptors.Descriptor;
import dev.alluvium.schema.ProtobufMapping;
import dev.alluvium.schema.ProtobufSchema;
import dev.alluvium.schema.TableSchema;
import org.jspecify.annotations.Nullable;

/**
 * How records of one message type become rows.
 *
 * @param message the type of every record's value
 * @param partitioning what shares a file
 * @param coordinates whether the Kafka coordinates follow the message's columns
 * @param mapping what is chosen of the way to columns; one that gives the message too many is refused
 * @param tombstones what becomes of a record without a value
 */
public record ProtobufSettings(
        Descriptor message,
        Partitioning partitioning,
        boolean coordinates,
        ProtobufMapping mapping,
        Tombstones tombstones) {

    /** What becomes of a record without a value. */
    public enum Tombstones {
        /** A row without values whose {@link ProtobufDecoder#TOMBSTONE} is true; every column of the message is nullable. */
        ROW,
        /** It is rejected, and columns are as the message has them. */
        REJECT
    }

    public ProtobufSettings {
        // Too many columns and fields that divide nothing are told here, where the settings are made.
        ProtobufSchema.of(message, mapping);
        partitioning = partitioning.of(message);
    }

    /** Settings under which the columns are those of the message alone. */
    public ProtobufSettings(
            Descriptor message, Partitioning partitioning, boolean coordinates, ProtobufMapping mapping) {
        this(message, partitioning, coordinates, mapping, Tombstones.REJECT);
    }

    /** As above, with the default mapping. */
    public ProtobufSettings(Descriptor message, Partitioning partitioning, boolean coordinates) {
        this(message, partitioning, coordinates, ProtobufMapping.DEFAULT);
    }

    /** How the least and greatest range values of a file are written into its key; null if there are none. */
    public @Nullable KeyRange keyRange() {
        return new Partitions(partitioning, message).keyRange();
    }

    /** The columns of the message. */
    public TableSchema schema() {
        return ProtobufSchema.of(message, mapping);
    }
}
