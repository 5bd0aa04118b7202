package dev.alluvium.topology;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alluvium.batch.Cut;
import dev.alluvium.batch.GroupEntry;
import dev.alluvium.batch.PartitionEntry;
import dev.alluvium.batch.SchemaEpoch;
import dev.alluvium.proto.ledger.v1.LedgerKey;
import org.apache.kafka.common.TopicPartition;

/** The ledger's entries as the bytes of its changelog; proto/alluvium/ledger/v1 is the format. */
final class LedgerCodec {
    static final int FORMAT_VERSION = 1;

    private LedgerCodec() {}

    /** A partition's entry with what the stream knows of it beyond the protocol. */
    record Partition(PartitionEntry entry, String topicId, String fingerprint) {}

    static byte[] key(TopicPartition partition) {
        return LedgerKey.newBuilder()
                .setTopic(partition.topic())
                .setPartition(partition.partition())
                .build()
                .toByteArray();
    }

    static byte[] key(TopicPartition partition, String group) {
        return LedgerKey.newBuilder()
                .setTopic(partition.topic())
                .setPartition(partition.partition())
                .setGroup(group)
                .build()
                .toByteArray();
    }

    static LedgerKey key(byte[] bytes) {
        try {
            return LedgerKey.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw unreadable(e);
        }
    }

    static byte[] value(Partition partition) {
        var entry = dev.alluvium.proto.ledger.v1.PartitionEntry.newBuilder()
                .setFormatVersion(FORMAT_VERSION)
                .setTopicId(partition.topicId())
                .setFloor(partition.entry().floor())
                .setSideOutputsUpTo(partition.entry().sideOutputsUpTo())
                .setFingerprint(partition.fingerprint());
        for (SchemaEpoch epoch : partition.entry().epochs()) {
            entry.addEpochs(dev.alluvium.proto.ledger.v1.SchemaEpoch.newBuilder()
                    .setFrom(epoch.from())
                    .setState(epoch.state()));
        }
        return entry.build().toByteArray();
    }

    static Partition partition(byte[] bytes) {
        try {
            var read = dev.alluvium.proto.ledger.v1.PartitionEntry.parseFrom(bytes);
            if (read.getFormatVersion() != FORMAT_VERSION) {
                throw new ArchiveStoppedException("the ledger has format version " + read.getFormatVersion()
                        + "; this program knows version " + FORMAT_VERSION + ": run a newer one");
            }
            return new Partition(
                    new PartitionEntry(
                            read.getFloor(),
                            read.getSideOutputsUpTo(),
                            read.getEpochsList().stream()
                                    .map(epoch -> new SchemaEpoch(epoch.getFrom(), epoch.getState()))
                                    .toList()),
                    read.getTopicId(),
                    read.getFingerprint());
        } catch (InvalidProtocolBufferException e) {
            throw unreadable(e);
        }
    }

    static byte[] value(GroupEntry group) {
        var entry = dev.alluvium.proto.ledger.v1.GroupEntry.newBuilder().setStart(group.start());
        for (Cut cut : group.cuts()) {
            entry.addCuts(dev.alluvium.proto.ledger.v1.Cut.newBuilder()
                    .setFirstOffset(cut.firstOffset())
                    .setEndOffset(cut.endOffset())
                    .setKey(cut.key())
                    .setRecords(cut.records())
                    .setRows(cut.rows())
                    .setLayoutVersion(cut.layoutVersion())
                    .addAllDiscoveredColumns(cut.discoveredColumns())
                    .setReason(cut.reason())
                    .setQualified(cut.isQualified()));
        }
        return entry.build().toByteArray();
    }

    static GroupEntry group(byte[] bytes) {
        try {
            var read = dev.alluvium.proto.ledger.v1.GroupEntry.parseFrom(bytes);
            return new GroupEntry(
                    read.getStart(),
                    read.getCutsList().stream().map(LedgerCodec::cut).toList());
        } catch (InvalidProtocolBufferException e) {
            throw unreadable(e);
        }
    }

    private static Cut cut(dev.alluvium.proto.ledger.v1.Cut cut) {
        return new Cut(
                cut.getFirstOffset(),
                cut.getEndOffset(),
                cut.getKey(),
                cut.getRecords(),
                cut.getRows(),
                cut.getLayoutVersion(),
                cut.getDiscoveredColumnsList(),
                cut.getReason(),
                cut.getQualified());
    }

    private static ArchiveStoppedException unreadable(InvalidProtocolBufferException e) {
        return new ArchiveStoppedException("the ledger's changelog holds an entry that cannot be read", e);
    }
}
