package dev.alluvium.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Timestamp;
import dev.alluvium.decode.Rejection.Reason;
import dev.alluvium.proto.cdp.v1.AssetDetails;
import dev.alluvium.proto.queries.v1.OptimizationSummary;
import dev.alluvium.record.SourceRecord;
import dev.alluvium.registry.Schemas;
import dev.alluvium.schema.ProtobufMapping;
import dev.alluvium.schema.ProtobufMapping.Form;
import dev.alluvium.schema.ProtobufMapping.Times;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProtobufFormsDecoderTest {
    private static final ProtobufMapping FORMS = new ProtobufMapping(
            3,
            Times.MICROS,
            Map.of("timestamp", Form.LOCAL_TIMESTAMP, "metadata", Form.JSON, "date_partition", Form.DATE),
            Set.of());

    private static final OptimizationSummary SUMMARY = OptimizationSummary.newBuilder()
            .setTimestamp(Timestamp.newBuilder().setSeconds(1_761_624_000).setNanos(123_456_789))
            .setEventType("vacuum")
            .setMetadata("{\"pages\": 1e400}")
            .setDatePartition((int) LocalDate.of(2025, 10, 28).toEpochDay())
            .build();

    @TempDir
    Path folder;

    @Test
    void showsAColumnInItsForm() {
        try (ProtobufArchive archive = new ProtobufArchive(OptimizationSummary.getDescriptor(), FORMS)) {
            assertThat(archive.with(SUMMARY.toByteArray()).row())
                    .containsEntry("timestamp", LocalDateTime.parse("2025-10-28T04:00:00.123456"))
                    .containsEntry("metadata", "{\"pages\": 1e400}")
                    .containsEntry("date_partition", LocalDate.parse("2025-10-28"));
        }
    }

    @Test
    void givesTheMessageBackWhateverTheFormOfItsColumns() throws Exception {
        OptimizationSummary early = SUMMARY.toBuilder()
                .setTimestamp(Timestamp.newBuilder().setSeconds(-5))
                .clearMetadata()
                .setDatePartition(-1)
                .build();
        try (ProtobufArchive archive = new ProtobufArchive(OptimizationSummary.getDescriptor(), FORMS)) {
            archive.with(SUMMARY.toByteArray()).with(early.toByteArray()).with(new byte[0]);

            assertThat(archive.messagesOf(folder.resolve("a.parquet")).stream().map(message -> message.toByteString()))
                    .containsExactly(
                            SUMMARY.toByteString(),
                            early.toByteString(),
                            OptimizationSummary.getDefaultInstance().toByteString());
        }
    }

    @Test
    void rejectsTextThatIsNoJson() {
        try (ProtobufArchive archive = new ProtobufArchive(OptimizationSummary.getDescriptor(), FORMS)) {
            byte[] bad = SUMMARY.toBuilder().setMetadata("{").build().toByteArray();

            assertThat(archive.add(bad))
                    .extracting(
                            Rejection::reason, rejection -> rejection.detail().replaceAll(", at byte.*", ""))
                    .containsExactly(
                            Reason.BAD_JSON, "field alluvium.queries.v1.OptimizationSummary.metadata is not JSON");
        }
    }

    @Test
    void rejectsARecordWithoutARequiredFieldHoweverManyHadItBefore() {
        ProtobufMapping mapping = new ProtobufMapping(3, Times.MICROS, Map.of(), Set.of("timestamp"));
        ProtobufDecoder decoder = new ProtobufDecoder(
                new ProtobufSettings(AssetDetails.getDescriptor(), Partitioning.NONE, false, mapping), 0);
        byte[] good = AssetDetails.newBuilder()
                .setTimestamp(Timestamp.getDefaultInstance())
                .build()
                .toByteArray();

        assertThat(decoder.read(record(good))).isNull();
        assertThat(decoder.read(record(new byte[0])))
                .extracting(Rejection::reason)
                .isEqualTo(Reason.MISSING_FIELD);
        assertThat(decoder.read(record(good))).isNull();
    }

    @Test
    void rejectsARequiredClosedEnumOfWhichOnlyOtherNumbersCame() {
        Descriptor type = Schemas.of(
                        1,
                        "syntax = \"proto2\"; package shop; message A { optional Kind kind = 1; }"
                                + " enum Kind { NONE = 0; SOME = 1; }")
                .file()
                .getMessageTypes()
                .get(0);
        ProtobufMapping mapping = new ProtobufMapping(3, Times.MICROS, Map.of(), Set.of("kind"));
        ProtobufDecoder decoder = new ProtobufDecoder(new ProtobufSettings(type, Partitioning.NONE, false, mapping), 0);
        byte kind = 1 << 3;

        assertThat(decoder.read(record(new byte[] {kind, 7})))
                .extracting(Rejection::reason)
                .isEqualTo(Reason.MISSING_FIELD);
        assertThat(decoder.read(record(new byte[] {kind, 1, kind, 7})))
                .as("another number after one of its own")
                .isNull();
        assertThat(decoder.read(record(new byte[] {kind, 7, kind, 0}))).isNull();
    }

    private static SourceRecord record(byte[] value) {
        return new SourceRecord(0, 0, null, value);
    }
}
