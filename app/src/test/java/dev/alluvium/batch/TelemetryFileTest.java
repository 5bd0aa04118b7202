package dev.alluvium.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.alluvium.decode.TelemetryDecoder;
import dev.alluvium.decode.TelemetrySettings;
import dev.alluvium.decode.TelemetrySettings.Form;
import dev.alluvium.parquet.DataFileReader;
import dev.alluvium.parquet.DuckDb;
import dev.alluvium.parquet.WriterSettings;
import dev.alluvium.proto.telemetry.v1.SessionEnd;
import dev.alluvium.proto.telemetry.v1.SessionStart;
import dev.alluvium.proto.telemetry.v1.TelemetryRecord;
import dev.alluvium.proto.telemetry.v1.TelemetrySample;
import dev.alluvium.record.SourceRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions through a file: sorted, small, and what another engine reads is what was sent. */
class TelemetryFileTest {
    private static final WriterSettings SNAPPY =
            new WriterSettings(WriterSettings.Codec.SNAPPY, 0, 16 << 20, 1 << 20, 20_000);

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void isHalfTheSizeOfTheJsonArraysAtMost(boolean isRounded) throws IOException, SQLException {
        double[][][] values = FixedSession.values(isRounded);
        long json = FixedSession.json(values).length();

        Path file = write(SNAPPY, Form.SAMPLE, Integer.MAX_VALUE, FixedSession.samples(7, values));

        assertThat(Files.size(file)).as("bytes, of JSON " + json).isLessThanOrEqualTo(json / 2);
        List<Object> expected = new ArrayList<>();
        for (int lap = 0; lap < FixedSession.LAPS; lap++) {
            double sum = 0;
            for (double speed : values[lap][4]) {
                sum += speed;
            }
            expected.add(Map.of("lap_number", lap + 1, "n", (long) FixedSession.SAMPLES_PER_LAP, "s", sum));
        }
        assertThat(DuckDb.query("SELECT lap_number, count(speed) AS n, round(sum(speed ORDER BY time), 6) AS s FROM '"
                        + file + "' GROUP BY ALL ORDER BY lap_number"))
                .usingRecursiveComparison()
                .withEqualsForType((a, b) -> Math.abs(a - b) < 1e-3, Double.class)
                .isEqualTo(expected);
    }

    @Test
    void laysTheRowsOfLapMessagesAsThoseOfTheirSamples() throws IOException, SQLException {
        double[][][] values = FixedSession.values(true);

        Path samples = write(SNAPPY, Form.SAMPLE, Integer.MAX_VALUE, FixedSession.samples(7, values));
        Path laps = write(SNAPPY, Form.LAP, Integer.MAX_VALUE, FixedSession.laps(7, values));

        assertThat(DuckDb.query("SELECT count(*) AS n FROM '" + laps + "'")).isEqualTo(List.of(Map.of("n", 22_500L)));
        assertThat(Files.readAllBytes(laps)).isEqualTo(Files.readAllBytes(samples));
    }

    @Test
    void sortsEveryRowGroupByLapAndTimeWhateverTheOrderOfRecords() throws IOException, SQLException {
        List<TelemetrySample> samples = new ArrayList<>(FixedSession.samples(7, FixedSession.values(true)));
        Collections.shuffle(samples, new Random(5));
        WriterSettings small = new WriterSettings(WriterSettings.Codec.ZSTD, 3, 512 << 10, 1 << 20, 20_000);

        Path file = write(small, Form.SAMPLE, Integer.MAX_VALUE, samples);
        Path again = write(small, Form.SAMPLE, Integer.MAX_VALUE, samples);

        assertThat(Files.readAllBytes(again)).isEqualTo(Files.readAllBytes(file));
        assertThat(rowGroups(file)).hasSizeBetween(3, 12);
        assertSorted(file);
        assertThat(DuckDb.query(
                        "SELECT count(DISTINCT (lap_number, time)) AS n, count(*) AS total FROM '" + file + "'"))
                .isEqualTo(List.of(Map.of("n", 22_500L, "total", 22_500L)));
    }

    @Test
    void sortsWhatItGivesToTheSpoolWhenMemoryIsShort() throws IOException, SQLException {
        List<TelemetrySample> samples = new ArrayList<>(FixedSession.samples(7, FixedSession.values(true)));
        Collections.shuffle(samples, new Random(6));

        Path file = write(SNAPPY, Form.SAMPLE, 8_000, samples);

        assertThat(rowGroups(file)).isEqualTo(List.of(8_000L, 8_000L, 6_500L));
        assertSorted(file);
    }

    @Test
    void keepsSamplesOfOneTimeInTheOrderTheyCame() throws IOException, SQLException {
        List<TelemetrySample> samples = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            samples.add(TelemetrySample.newBuilder()
                    .setTime(-(i / 10))
                    .setSpeed(i)
                    .putAux("oil", i)
                    .build());
        }

        Path file = write(SNAPPY, Form.SAMPLE, Integer.MAX_VALUE, samples);

        List<Object> speeds = new ArrayList<>();
        for (int time = 9; time >= 0; time--) {
            for (int i = 0; i < 10; i++) {
                double speed = 10 * time + i;
                speeds.add(Map.of("speed", speed, "oil", speed));
            }
        }
        assertThat(DuckDb.query("SELECT speed, oil FROM '" + file + "' ORDER BY file_row_number"))
                .isEqualTo(speeds);
    }

    @Test
    void hasAllStandardColumnsAlsoWhereNoneWasRecorded() throws IOException, SQLException {
        Path file = write(SNAPPY, Form.SAMPLE, Integer.MAX_VALUE, List.of(TelemetrySample.getDefaultInstance()));

        assertThat(DuckDb.query("SELECT column_name AS c, column_type AS t FROM (DESCRIBE SELECT * FROM '" + file
                                + "')")
                        .toString())
                .isEqualTo("[{c=lap_number, t=INTEGER}, {c=time, t=DOUBLE}, {c=distance, t=DOUBLE}, {c=lat, t=DOUBLE},"
                        + " {c=long, t=DOUBLE}, {c=speed, t=DOUBLE}, {c=rpm, t=DOUBLE}, {c=throttle, t=DOUBLE},"
                        + " {c=brake, t=DOUBLE}, {c=gear, t=DOUBLE}, {c=steering, t=DOUBLE}, {c=glat, t=DOUBLE},"
                        + " {c=glong, t=DOUBLE}]");
    }

    @Test
    void mayHaveNoRowAtAll() throws IOException, SQLException {
        Path file = write(
                SNAPPY,
                Form.ENVELOPE,
                Integer.MAX_VALUE,
                List.of(
                        TelemetryRecord.newBuilder()
                                .setStart(SessionStart.getDefaultInstance())
                                .build(),
                        TelemetryRecord.newBuilder()
                                .setEnd(SessionEnd.getDefaultInstance())
                                .build()));

        assertThat(DuckDb.rows(file)).isEmpty();
    }

    // ---- files -----------------------------------------------------------------------------------------------------

    /**
     * Writes records into a file, which stays until the test ends.
     *
     * @param spoolEvery rows after which memory is short
     */
    private Path write(WriterSettings settings, Form form, int spoolEvery, List<? extends Message> messages)
            throws IOException {
        TelemetryDecoder decoder = new TelemetryDecoder(new TelemetrySettings(form, false), 0);
        Path spoolFolder = Files.createTempDirectory(folder, "spool");
        try (MemoryBudget budget = new MemoryBudget(64 << 20);
                Spool spool = Spool.open(spoolFolder, 64 << 20)) {
            assertThat(decoder.read(record(messages.get(0)))).isNull();
            DataBatch batch =
                    new DataBatch(decoder.group(), List.of(), MetadataColumns.NONE, 0, settings, budget, spool, 0, 0);
            int rows = 0;
            for (Message message : messages) {
                assertThat(decoder.read(record(message))).isNull();
                rows += batch.append(decoder, record(message), 0);
                if (rows >= spoolEvery) {
                    batch.spool();
                    rows = 0;
                }
            }
            return batch.seal(batch.footerFacts()).slot().path();
        }
    }

    private static SourceRecord record(Message message) {
        return new SourceRecord(0, 1_700_000_000_000L, null, message.toByteArray());
    }

    private static List<Long> rowGroups(Path file) throws SQLException {
        return DuckDb.query("SELECT DISTINCT row_group_id, row_group_num_rows AS n FROM parquet_metadata('" + file
                        + "') ORDER BY row_group_id")
                .stream()
                .map(row -> (Long) ((Map<?, ?>) row).get("n"))
                .toList();
    }

    private static void assertSorted(Path file) throws IOException, SQLException {
        try (DataFileReader reader = DataFileReader.open(file)) {
            assertThat(reader.footer()).containsEntry("sortedBy", "lap_number,time");
        }
        long start = 0;
        for (long rows : rowGroups(file)) {
            String group = "SELECT lap_number, time, file_row_number AS pos FROM '" + file
                    + "' WHERE file_row_number >= " + start + " AND file_row_number < " + (start + rows);
            assertThat(DuckDb.query("SELECT count(*) AS n FROM (" + group
                            + " QUALIFY (lap_number, time) < lag((lap_number, time)) OVER (ORDER BY pos))"))
                    .isEqualTo(List.of(Map.of("n", 0L)));
            start += rows;
        }
    }
}
