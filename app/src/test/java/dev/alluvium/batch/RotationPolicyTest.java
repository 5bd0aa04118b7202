package dev.alluvium.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.decode.TelemetryDecoder;
import dev.alluvium.decode.TelemetrySettings;
import dev.alluvium.parquet.WriterSettings;
import dev.alluvium.proto.telemetry.v1.TelemetrySample;
import dev.alluvium.record.SourceRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each limit alone, on a batch of real rows that opened at 1,000,000 ms of the wall clock. */
class RotationPolicyTest {
    private static final long OPENED = 1_000_000;
    private static final long RECORD_TIME = 5_000;

    @TempDir
    Path folder;

    private final TelemetryDecoder decoder =
            new TelemetryDecoder(new TelemetrySettings(TelemetrySettings.Form.SAMPLE, false), 0);
    private final MemoryBudget budget = new MemoryBudget(64 << 20);
    private final Random random = new Random(1);
    private Spool spool;
    private DataBatch batch;
    private long rows;

    @BeforeEach
    void openBatch() throws IOException {
        spool = Spool.open(folder, 64 << 20);
        add(RECORD_TIME, OPENED);
    }

    @AfterEach
    void closeAll() throws IOException {
        batch.close();
        budget.close();
        spool.close();
    }

    /** Adds a sample of noise. */
    private void add(long timestamp, long now) {
        SourceRecord record = new SourceRecord(
                rows,
                timestamp,
                null,
                TelemetrySample.newBuilder()
                        .setTime(random.nextDouble())
                        .setSpeed(random.nextDouble())
                        .build()
                        .toByteArray());
        assertThat(decoder.read(record)).isNull();
        if (batch == null) {
            batch = new DataBatch(
                    decoder.group(), List.of(), MetadataColumns.NONE, 0, WriterSettings.DEFAULT, budget, spool, 0, now);
        }
        rows += batch.append(decoder, record, now);
    }

    private @Nullable RotationReason afterRecord(RotationSettings limits, long streamTime) {
        return new RotationPolicy(limits).afterRecord(batch, rows, streamTime);
    }

    private @Nullable RotationReason onClock(RotationSettings limits, long streamTime, long now) {
        return new RotationPolicy(limits).onClock(batch, streamTime, now);
    }

    @Test
    void rotatesAtTheLastAllowedRow() {
        RotationSettings limits = new RotationSettings(3L, null, null, null, null);
        add(RECORD_TIME, OPENED);
        assertThat(afterRecord(limits, RECORD_TIME)).isNull();

        add(RECORD_TIME, OPENED);

        assertThat(afterRecord(limits, RECORD_TIME)).isEqualTo(RotationReason.ROWS);
        assertThat(onClock(limits, Long.MAX_VALUE, Long.MAX_VALUE)).isNull();
    }

    @Test
    void rotatesWhenTheFileWouldHaveTheBytes() {
        RotationSettings limits = new RotationSettings(null, 64L << 10, null, null, null);
        while (afterRecord(limits, RECORD_TIME) == null && rows < 100_000) {
            add(RECORD_TIME, OPENED);
        }

        assertThat(afterRecord(limits, RECORD_TIME)).isEqualTo(RotationReason.BYTES);
        assertThat(batch.fileBytes()).isGreaterThanOrEqualTo(64 << 10);
        // 16 bytes of noise a row and a record batch of 20,000 rows: not a row before, at most one batch after.
        assertThat(rows).isBetween(4_000L, 20_000L);
        assertThat(onClock(limits, Long.MAX_VALUE, Long.MAX_VALUE)).isNull();
    }

    @Test
    void rotatesByAgeHoweverBusyTheBatchIs() {
        RotationSettings limits = new RotationSettings(null, null, Duration.ofMinutes(1), null, null);
        add(RECORD_TIME, OPENED + 59_999);

        assertThat(onClock(limits, RECORD_TIME, OPENED + 59_999)).isNull();
        assertThat(onClock(limits, RECORD_TIME, OPENED + 60_000)).isEqualTo(RotationReason.AGE);
        assertThat(afterRecord(limits, Long.MAX_VALUE)).isNull();
    }

    @Test
    void rotatesByIdleTimeSinceTheLastRow() {
        RotationSettings limits = new RotationSettings(null, null, null, Duration.ofSeconds(10), null);
        add(RECORD_TIME, OPENED + 5_000);

        assertThat(onClock(limits, RECORD_TIME, OPENED + 14_999)).isNull();
        assertThat(onClock(limits, RECORD_TIME, OPENED + 15_000)).isEqualTo(RotationReason.IDLE);
        assertThat(afterRecord(limits, Long.MAX_VALUE)).isNull();
    }

    @Test
    void rotatesByStreamTimeSinceTheFirstRecord() {
        RotationSettings limits = new RotationSettings(null, null, null, null, Duration.ofSeconds(10));
        add(RECORD_TIME - 3_000, OPENED);

        assertThat(afterRecord(limits, RECORD_TIME + 9_999)).isNull();
        assertThat(afterRecord(limits, RECORD_TIME + 10_000)).isEqualTo(RotationReason.STREAM_TIME);
        assertThat(onClock(limits, RECORD_TIME + 9_999, Long.MAX_VALUE)).isNull();
        assertThat(onClock(limits, RECORD_TIME + 10_000, OPENED)).isEqualTo(RotationReason.STREAM_TIME);
    }

    @Test
    void namesRowsBeforeBytesAndAgeBeforeIdleness() {
        RotationSettings all = new RotationSettings(1L, 1L, Duration.ofMillis(1), Duration.ofMillis(1), null);
        batch.spool();

        assertThat(afterRecord(all, RECORD_TIME)).isEqualTo(RotationReason.ROWS);
        assertThat(onClock(all, RECORD_TIME, OPENED + 1)).isEqualTo(RotationReason.AGE);
    }
}
