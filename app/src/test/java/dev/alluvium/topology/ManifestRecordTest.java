package dev.alluvium.topology;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.alluvium.proto.manifest.v1.DataFile;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The bytes of a manifest record, put together by hand from the protobuf encoding. They never change. */
class ManifestRecordTest {
    private static final byte[] BYTES = HexFormat.of()
            .parseHex("0801120b612f622e706172717565741a07636c7573746572220664656c7461732a0374696430033a017042"
                    + "10746f646f732f323032362d30322d3036486450b20158b401603c683d708020791032547698badcfe82010f6372633332"
                    + "633a3061306230633064880180b0fe81c3339001e7b7fe81c3339a01083030313132323333a20104726f7773");

    private static final DataFile RECORD = DataFile.newBuilder()
            .setFormatVersion(1)
            .setKey("a/b.parquet")
            .setClusterId("cluster")
            .setTopic("deltas")
            .setTopicId("tid")
            .setPartition(3)
            .setPipeline("p")
            .setGroup("todos/2026-02-06")
            .setFirstOffset(100)
            .setLastOffset(178)
            .setEndOffset(180)
            .setRecords(60)
            .setRows(61)
            .setBytes(4096)
            .setSourceChecksum(0xfedcba9876543210L)
            .setObjectChecksum("crc32c:0a0b0c0d")
            .setMinTimestampMs(1_770_336_000_000L)
            .setMaxTimestampMs(1_770_336_000_999L)
            .setSchemaFingerprint("00112233")
            .setRotationReason("rows")
            .build();

    @Test
    void isWrittenAsEver() {
        assertThat(RECORD.toByteArray()).containsExactly(BYTES);
    }

    @Test
    void isReadAsEver() throws Exception {
        assertThat(DataFile.parseFrom(BYTES)).isEqualTo(RECORD);
    }

    /** A field that is added must come into the bytes above. */
    @Test
    void hasNoFieldThatIsNotGuardedHere() {
        assertThat(RECORD.getAllFields().keySet())
                .extracting(FieldDescriptor::getName)
                .containsExactlyInAnyOrderElementsOf(DataFile.getDescriptor().getFields().stream()
                        .map(FieldDescriptor::getName)
                        .toList());
    }
}
