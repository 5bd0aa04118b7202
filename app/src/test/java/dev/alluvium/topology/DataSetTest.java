package dev.alluvium.topology;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import dev.alluvium.batch.MetadataColumns;
import dev.alluvium.batch.RotationSettings;
import dev.alluvium.decode.DeltaSettings;
import dev.alluvium.decode.PartitionField.Value;
import dev.alluvium.decode.Partitioning;
import dev.alluvium.decode.ProtobufSettings;
import dev.alluvium.parquet.WriterSettings;
import dev.alluvium.registry.Schemas;
import dev.alluvium.schema.ProtobufMapping;
import dev.alluvium.schema.ProtobufMapping.Form;
import dev.alluvium.schema.ProtobufMapping.Times;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Of a fingerprint: another one stops the pipeline while anything is decided, the same one reads it again. */
class DataSetTest {
    private static final String EVENT =
            "message Event { int32 zone = 1; Kind kind = 2; optional string text = 3; } enum Kind { NONE = 0; SOME = 1; }";

    private static String fingerprint(DataSettings data, RotationSettings rotation) {
        PipelineSettings pipeline = pipeline(data, rotation);
        return DataSet.of(pipeline, Clock.systemUTC()).fingerprint(pipeline);
    }

    static PipelineSettings pipeline(DataSettings data, RotationSettings rotation) {
        return new PipelineSettings(
                "events",
                true,
                Map.of(),
                new SourceSettings(
                        List.of("events"),
                        null,
                        new StartPosition.Earliest(),
                        SourceSettings.GapPolicy.STOP,
                        SourceSettings.MissingPolicy.FAIL,
                        List.of(),
                        true),
                data,
                "{topic}/{partition}-{firstOffset}.parquet",
                WriterSettings.DEFAULT,
                rotation,
                1000,
                "dead",
                "manifest",
                1,
                true,
                MetadataColumns.NONE,
                null);
    }

    private static String fingerprint(DataSettings data) {
        return fingerprint(data, new RotationSettings(100L, null, null, null, null));
    }

    private static DataSettings events(String definitions, ProtobufMapping mapping) {
        Descriptor message =
                Schemas.shop(1, definitions).file().getMessageTypes().get(0);
        Partitioning byKind = new Partitioning(List.of(new Value("kind", "kind"), new Value("zone", "zone")), "");
        return new DataSettings.Protobuf(new ProtobufSettings(message, byKind, true, mapping));
    }

    /** Each gives the same columns, and the same bytes another group or fate. */
    @ParameterizedTest
    @CsvSource({
        "int32 zone = 1, sint32 zone = 1",
        "int32 zone = 1, sfixed32 zone = 1",
        "int32 zone = 1, int32 zone = 4",
        "SOME = 1, ANY = 1",
        "SOME = 1, SOME = 2",
    })
    void anotherMessageOfTheSameColumnsHasAnotherFingerprint(String part, String other) {
        DataSettings before = events(EVENT, ProtobufMapping.DEFAULT);
        DataSettings after = events(EVENT.replace(part, other), ProtobufMapping.DEFAULT);

        assertThat(((DataSettings.Protobuf) after).settings().schema())
                .isEqualTo(((DataSettings.Protobuf) before).settings().schema());
        assertThat(fingerprint(after)).isNotEqualTo(fingerprint(before));
    }

    @Test
    void theSameMessageHasTheSameFingerprintHoweverBatchesRotate() {
        assertThat(fingerprint(
                        events(EVENT, ProtobufMapping.DEFAULT), new RotationSettings(5L, 1L << 20, null, null, null)))
                .isEqualTo(fingerprint(events("// The same.\n" + EVENT, ProtobufMapping.DEFAULT)));
    }

    @Test
    void whatRejectsRecordsCounts() {
        ProtobufMapping json = new ProtobufMapping(3, Times.MICROS, Map.of("text", Form.JSON), Set.of());
        ProtobufMapping required = new ProtobufMapping(3, Times.MICROS, Map.of(), Set.of("text"));

        assertThat(List.of(
                        fingerprint(events(EVENT, ProtobufMapping.DEFAULT)),
                        fingerprint(events(EVENT, json)),
                        fingerprint(events(EVENT, required))))
                .doesNotHaveDuplicates();
    }

    @Test
    void theGatewayOfDeltasCounts() {
        DeltaSettings.ClockDrift drift = DeltaSettings.ClockDrift.COUNT;
        assertThat(fingerprint(new DataSettings.Deltas(new DeltaSettings("gw-1", List.of(), false, true, drift))))
                .isNotEqualTo(
                        fingerprint(new DataSettings.Deltas(new DeltaSettings("gw-2", List.of(), false, true, drift))));
    }
}
