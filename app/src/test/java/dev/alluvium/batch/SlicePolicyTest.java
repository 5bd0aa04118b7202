package dev.alluvium.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alluvium.decode.TelemetryDecoder;
import dev.alluvium.decode.TelemetrySettings;
import dev.alluvium.parquet.WriterSettings;
import dev.alluvium.record.SourceHeader;
import dev.alluvium.record.SourceRecord;
import dev.alluvium.schema.Column;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Slices that end at 10,000 ms of data, of batches that opened at 1,000,000 ms of the wall clock. */
class SlicePolicyTest {
    private static final long OPENED = 1_000_000;
    private static final long END = 10_000;
    private final SlicePolicy policy =
            new SlicePolicy(new LateSettings(Duration.ofMillis(500), Duration.ofMillis(3_000)));

    @TempDir
    Path folder;

    private final TelemetryDecoder decoder =
            new TelemetryDecoder(new TelemetrySettings(TelemetrySettings.Form.SAMPLE, false), 0);
    private final MemoryBudget budget = new MemoryBudget(64 << 20);
    private Spool spool;
    private DataBatch batch;

    @BeforeEach
    void openBatch() throws IOException {
        spool = Spool.open(folder, 64 << 20);
        batch = batch(MetadataColumns.NONE);
    }

    private DataBatch batch(MetadataColumns metadata) {
        assertThat(decoder.read(new SourceRecord(0, 0, null, new byte[0]))).isNull();
        return new DataBatch(decoder.group(), List.of(), metadata, 7, WriterSettings.DEFAULT, budget, spool, 0, OPENED);
    }

    @AfterEach
    void closeAll() throws IOException {
        batch.close();
        budget.close();
        spool.close();
    }

    @Test
    void cutsASliceThatIsCompleteForLongEnough() {
        batch.setSlice(END, false);

        policy.read(END + 499, OPENED);
        assertThat(policy.onClock(batch, OPENED + 1_000_000)).isNull();
        policy.read(END + 500, OPENED);
        policy.read(END - 1, OPENED);
        assertThat(policy.onClock(batch, OPENED)).isEqualTo(RotationReason.SLICE_END);
    }

    @Test
    void keepsLateRecordsForATimeOfTheWallClock() {
        batch.setSlice(END, true);
        policy.read(OPENED, OPENED);

        assertThat(policy.onClock(batch, OPENED + 2_999)).isNull();
        assertThat(policy.onClock(batch, OPENED + 3_000)).isEqualTo(RotationReason.LATE);
    }

    @Test
    void noRecordIsLateForOneFromTheFarFuture() {
        policy.read(Long.MAX_VALUE, END + 499);

        assertThat(policy.isComplete(END)).isFalse();

        policy.read(END - 300, END + 600);
        assertThat(policy.isComplete(END)).isFalse();

        policy.read(END + 600, END + 600);
        assertThat(policy.isComplete(END)).isTrue();
    }

    @Test
    void cutsNothingThatIsNoSliceAndNothingWithoutSettings() {
        assertThat(policy.isComplete(END)).isFalse();
        policy.read(Long.MAX_VALUE, Long.MAX_VALUE);
        assertThat(policy.onClock(batch, Long.MAX_VALUE)).isNull();
        batch.setSlice(END, false);
        SlicePolicy never = new SlicePolicy(null);
        never.read(Long.MAX_VALUE, Long.MAX_VALUE);
        assertThat(never.onClock(batch, OPENED)).isNull();
        assertThatThrownBy(() -> new LateSettings(Duration.ofMillis(-1), Duration.ZERO))
                .hasMessageContaining("not a time to wait");
    }

    @Test
    void rowsSayWhatIsAskedOfTheirRecord() {
        MetadataColumns all = MetadataColumns.of(List.of(
                MetadataColumns.Part.HEADERS,
                MetadataColumns.Part.KEY,
                MetadataColumns.Part.TIMESTAMP,
                MetadataColumns.Part.OFFSET,
                MetadataColumns.Part.PARTITION));
        assertThat(all.columns())
                .extracting(Column::name)
                .containsExactly("_partition", "_offset", "_timestamp", "_key", "_headers");
        assertThat(all.needsHeaders()).isTrue();
        assertThat(MetadataColumns.of(List.of(MetadataColumns.Part.KEY)).needsHeaders())
                .isFalse();
        try (DataBatch described = batch(all)) {
            byte[] key = "k".getBytes(StandardCharsets.UTF_8);
            List<SourceHeader> headers = List.of(new SourceHeader("h", key), new SourceHeader("h", null));
            append(described, new SourceRecord(5, Long.MAX_VALUE, key, new byte[0], headers));
            append(described, new SourceRecord(6, 2, null, new byte[0]));
            assertThat(described.schema().columns()).hasSize(13 + 5);
            assertThat(described.discoveredColumns()).isEmpty();
        }
    }

    private void append(DataBatch described, SourceRecord record) {
        assertThat(decoder.read(record)).isNull();
        assertThat(described.append(decoder, record, OPENED)).isEqualTo(1);
    }
}
