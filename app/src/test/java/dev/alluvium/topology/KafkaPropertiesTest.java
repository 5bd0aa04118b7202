package dev.alluvium.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.batch.MetadataColumns;
import dev.alluvium.batch.RotationSettings;
import dev.alluvium.decode.TelemetrySettings;
import dev.alluvium.parquet.WriterSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaPropertiesTest {
    private static final String RUNS = RunInterceptor.class.getName();

    @Test
    void makeTheMainConsumerIntercept() {
        assertThat(streams(Map.of(), true))
                .containsEntry("main.consumer.interceptor.classes", RUNS)
                .containsEntry("buffered.records.per.partition", 2);
    }

    @Test
    void letTheInterceptorsOfAUserSeeRecords() {
        assertThat(streams(Map.of("consumer.interceptor.classes", "a.Tracing"), true))
                .containsEntry("main.consumer.interceptor.classes", "a.Tracing," + RUNS);
        assertThat(streams(Map.of("interceptor.classes", "a.Tracing,b.Counting"), true))
                .containsEntry("main.consumer.interceptor.classes", "a.Tracing,b.Counting," + RUNS);
    }

    @Test
    void turnABoundOfRecordsIntoOneOfRuns() {
        assertThat(streams(Map.of("buffered.records.per.partition", "5000"), true))
                .containsEntry("buffered.records.per.partition", 10);
        assertThat(streams(Map.of("buffered.records.per.partition", "200"), true))
                .containsEntry("buffered.records.per.partition", 1);
    }

    @Test
    void leaveAllAsItIsWhereRecordsComeOneByOne() {
        assertThat(streams(Map.of("buffered.records.per.partition", "200"), false))
                .containsEntry("buffered.records.per.partition", "200")
                .doesNotContainKey("main.consumer.interceptor.classes");
    }

    private static Map<String, Object> streams(Map<String, String> kafka, boolean isByRun) {
        PipelineSettings pipeline = new PipelineSettings(
                "samples",
                true,
                kafka,
                new SourceSettings(
                        List.of("samples"),
                        null,
                        new StartPosition.Earliest(),
                        SourceSettings.GapPolicy.STOP,
                        SourceSettings.MissingPolicy.FAIL,
                        List.of(),
                        isByRun),
                new DataSettings.Telemetry(new TelemetrySettings(TelemetrySettings.Form.SAMPLE, true)),
                "{session}.parquet",
                WriterSettings.DEFAULT,
                new RotationSettings(100L, null, null, null, null),
                1000,
                "dead",
                "manifest",
                1,
                true,
                MetadataColumns.NONE,
                null);
        ApplicationSettings application = new ApplicationSettings(
                "test",
                Map.of("bootstrap.servers", "localhost:9092"),
                64 << 20,
                Path.of("state"),
                Path.of("spool"),
                256 << 20,
                2,
                Duration.ofSeconds(30),
                List.of(pipeline));
        return new KafkaProperties(application, pipeline).streams();
    }
}
