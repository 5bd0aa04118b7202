package dev.alluvium.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.batch.RotationSettings;
import dev.alluvium.decode.LostSchemaException;
import dev.alluvium.decode.TelemetrySettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LostSchemasTest {
    private static final KafkaProperties KAFKA = new KafkaProperties(
            new ApplicationSettings(
                    "app", Map.of(), 1 << 20, Path.of("a"), Path.of("b"), 1 << 20, 1, Duration.ZERO, List.of()),
            DataSetTest.pipeline(
                    new DataSettings.Telemetry(new TelemetrySettings(TelemetrySettings.Form.ENVELOPE, true)),
                    new RotationSettings(100L, null, null, null, null)));

    private final LostSchemas schemas = new LostSchemas();

    private Fault.Kind kind(RuntimeException cause) {
        return schemas.judge(Fault.of(new IllegalStateException("of the thread", cause), KAFKA))
                .kind();
    }

    @Test
    void areMissedOnceAndFinallyLostIfTheNextRunMissesThemToo() {
        assertThat(kind(new LostSchemaException("todos had 2 columns"))).isEqualTo(Fault.Kind.SCHEMA_LOST);
        assertThat(kind(new LostSchemaException("users had 3 columns"))).isEqualTo(Fault.Kind.SCHEMA_LOST);
        assertThat(kind(new LostSchemaException("todos had 2 columns"))).isEqualTo(Fault.Kind.FINAL);
    }

    @Test
    void areNoMatterOfOtherFaults() {
        assertThat(kind(new IllegalArgumentException("a"))).isEqualTo(Fault.Kind.UNEXPECTED);
        assertThat(kind(new IllegalArgumentException("a"))).isEqualTo(Fault.Kind.UNEXPECTED);
        assertThat(kind(new ArchiveStoppedException("b"))).isEqualTo(Fault.Kind.FINAL);
    }
}
