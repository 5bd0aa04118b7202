package dev.alluvium.topology;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.TextFormat;
import dev.alluvium.decode.Partitioning;
import dev.alluvium.decode.RegistryDecoderSettings;
import dev.alluvium.decode.RegistryDecoderSettings.Policy;
import dev.alluvium.registry.RegistrySettings;
import dev.alluvium.schema.ProtobufMapping;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Records as a registry's serializer writes them, and the settings of who reads them. */
final class RegistryRecords {
    static final String KEY = "{message}/{partition}-{firstOffset}.parquet";

    private RegistryRecords() {}

    static DataSettings settings(RegistrySettings registry, Policy policy) {
        return new DataSettings.Registry(
                new RegistryDecoderSettings(
                        Optional.empty(), Partitioning.NONE, true, ProtobufMapping.DEFAULT, policy, policy),
                registry);
    }

    /** The first message of a schema's file, in text format, behind its header. */
    static byte[] record(int id, Descriptor type, String text) {
        DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
        try {
            TextFormat.merge(text, message);
        } catch (TextFormat.ParseException e) {
            throw new AssertionError(text, e);
        }
        byte[] bytes = message.build().toByteArray();
        return ByteBuffer.allocate(6 + bytes.length)
                .put((byte) 0)
                .putInt(id)
                .put((byte) 0)
                .put(bytes)
                .array();
    }
}
