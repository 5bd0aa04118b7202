package dev.alluvium.topology;

import dev.alluvium.decode.KeyRange;
import dev.alluvium.decode.ProtobufDecoder;
import dev.alluvium.decode.ProtobufSettings;
import dev.alluvium.decode.RecordDecoder;
import dev.alluvium.schema.MessageFingerprint;
import dev.alluvium.schema.MessageTypes;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Messages of one type. */
final class ProtobufData implements DataSet {
    private final ProtobufSettings settings;
    private final String descriptorSet;
    private final @Nullable KeyRange keyRange;

    ProtobufData(ProtobufSettings settings) {
        this.settings = settings;
        this.descriptorSet = MessageTypes.descriptorSetText(settings.message());
        this.keyRange = settings.keyRange();
    }

    @Override
    public RecordDecoder decoder(int partition) {
        return new ProtobufDecoder(settings, partition);
    }

    /**
     * Columns alone do not say how bytes are read: an int32 and a sint32 have the same one. Any change of the message
     * counts, an added field too, since a decided file promises its columns.
     */
    @Override
    public String identity() {
        return "protobuf " + settings.partitioning() + " coordinates=" + settings.coordinates() + " tombstones="
                + settings.tombstones() + " " + settings.mapping() + " "
                + settings.schema().fingerprint() + " " + MessageFingerprint.of(settings.message());
    }

    @Override
    public Set<String> ownPlaceholders() {
        return settings.partitioning().placeholders();
    }

    @Override
    public String descriptorSet() {
        return descriptorSet;
    }

    @Override
    public @Nullable KeyRange keyRange() {
        return keyRange;
    }
}
