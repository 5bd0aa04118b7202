package dev.alluvium.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ArchiveMetricsTest {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ArchiveMetrics metrics = new ArchiveMetrics(registry);
    private final ArchiveMetrics.Pipeline pipeline = metrics.pipeline("deltas");
    private final ArchiveMetrics.Source source = pipeline.source("changes");

    @Test
    void countsWhatASourceGives() {
        source.recordRead(300);
        source.recordRead(100);
        source.rowsAppended(3);
        source.recordSkipped();
        source.recordLate();
        source.recordReplayed();
        source.gapLost(17);
        source.clockDrifted();
        source.deadLettered("undecodable");
        source.deadLettered("undecodable");
        source.deadLettered("bad-identifier");

        assertThat(scrape())
                .contains(
                        "alluvium_records_read_total{pipeline=\"deltas\",topic=\"changes\"} 2.0",
                        "alluvium_source_bytes_total{pipeline=\"deltas\",topic=\"changes\"} 400.0",
                        "alluvium_rows_appended_total{pipeline=\"deltas\",topic=\"changes\"} 3.0",
                        "alluvium_records_skipped_total{pipeline=\"deltas\",topic=\"changes\"} 1.0",
                        "alluvium_records_replayed_total{pipeline=\"deltas\",topic=\"changes\"} 1.0",
                        "alluvium_gap_offsets_lost_total{pipeline=\"deltas\",topic=\"changes\"} 17.0",
                        "alluvium_clock_drift_records_total{pipeline=\"deltas\",topic=\"changes\"} 1.0",
                        "alluvium_dead_letters_total{pipeline=\"deltas\",reason=\"undecodable\",topic=\"changes\"} 2.0",
                        "alluvium_dead_letters_total{pipeline=\"deltas\",reason=\"bad-identifier\",topic=\"changes\"} 1.0");
    }

    @Test
    void countsWhatAPipelineStores() {
        pipeline.fileFinished("size", 1_000);
        pipeline.fileFinished("age", 500);
        pipeline.uploadRetried();
        pipeline.storageFailed(true);
        pipeline.storageFailed(true);
        pipeline.storageFailed(false);
        pipeline.uploaded(Duration.ofMillis(400));
        pipeline.becameVisible(Duration.ofSeconds(7));

        assertThat(scrape())
                .contains(
                        "alluvium_files_finished_total{pipeline=\"deltas\",rotation=\"size\"} 1.0",
                        "alluvium_files_finished_total{pipeline=\"deltas\",rotation=\"age\"} 1.0",
                        "alluvium_file_bytes_total{pipeline=\"deltas\"} 1500.0",
                        "alluvium_uploads_retried_total{pipeline=\"deltas\"} 1.0",
                        "alluvium_storage_errors_total{kind=\"retryable\",pipeline=\"deltas\"} 2.0",
                        "alluvium_storage_errors_total{kind=\"permanent\",pipeline=\"deltas\"} 1.0",
                        "alluvium_upload_seconds_sum{pipeline=\"deltas\"} 0.4",
                        "alluvium_upload_seconds_bucket{pipeline=\"deltas\",le=\"0.1\"} 0",
                        "alluvium_upload_seconds_bucket{pipeline=\"deltas\",le=\"0.5\"} 1",
                        "alluvium_cut_to_visible_seconds_sum{pipeline=\"deltas\"} 7.0");
    }

    @Test
    void asksItsGaugesAtEachScrape() {
        long[] values = {1, 2, 3, 4, 5, 6, 7};
        giveAllGauges(values);
        assertThat(scrape())
                .contains(
                        "alluvium_arrow_bytes 1.0",
                        "alluvium_spool_bytes 2.0",
                        "alluvium_spool_limit_bytes 3.0",
                        "alluvium_uploads_in_flight 4.0",
                        "alluvium_open_batches{pipeline=\"deltas\"} 5.0",
                        "alluvium_ledger_groups{pipeline=\"deltas\"} 6.0",
                        "alluvium_archived_up_to_lag_seconds{pipeline=\"deltas\"} 7.0");

        values[4] = 50;

        assertThat(scrape()).contains("alluvium_open_batches{pipeline=\"deltas\"} 50.0");
    }

    @Test
    void hearsThePipelineThatWasStartedLast() {
        metrics.pipeline("other").openBatches(() -> 9);
        pipeline.openBatches(() -> 1);

        metrics.pipeline("deltas").openBatches(() -> 2);

        assertThat(scrape())
                .contains("alluvium_open_batches{pipeline=\"deltas\"} 2.0")
                .contains("alluvium_open_batches{pipeline=\"other\"} 9.0");
    }

    @Test
    void countsOnWhenAPipelineIsAskedForAgain() {
        source.recordRead(1);
        metrics.pipeline("deltas").source("changes").recordRead(1);

        assertThat(scrape()).contains("alluvium_records_read_total{pipeline=\"deltas\",topic=\"changes\"} 2.0");
    }

    @Test
    void isDocumentedMeterByMeter() throws IOException {
        countsWhatASourceGives();
        countsWhatAPipelineStores();
        giveAllGauges(new long[7]);

        Path document = Path.of(System.getProperty("basedir", "."), "..", "docs", "metrics.md");
        Set<String> documented = matches("(?m)^\\| `(alluvium_[a-z_]+)` \\|", Files.readString(document));
        Set<String> registered = matches("(?m)^# TYPE (alluvium_[a-z_]+) ", registry.scrape());
        // Of a timer Prometheus also sees the greatest value of late as a gauge of its own.
        registered.removeIf(name -> name.endsWith("_seconds_max"));

        assertThat(documented).isEqualTo(registered).hasSizeGreaterThan(15);
    }

    private void giveAllGauges(long[] values) {
        metrics.arrowBytes(() -> values[0]);
        metrics.spoolBytes(() -> values[1]);
        metrics.spoolLimitBytes(() -> values[2]);
        metrics.uploadsInFlight(() -> values[3]);
        pipeline.openBatches(() -> values[4]);
        pipeline.ledgerGroups(() -> values[5]);
        pipeline.archivedUpToLagSeconds(() -> values[6]);
    }

    private List<String> scrape() {
        return registry.scrape().lines().toList();
    }

    private static Set<String> matches(String regex, String text) {
        Set<String> names = new TreeSet<>();
        Pattern.compile(regex)
                .matcher(text)
                .results()
                .map((MatchResult m) -> m.group(1))
                .forEach(names::add);
        return names;
    }
}
