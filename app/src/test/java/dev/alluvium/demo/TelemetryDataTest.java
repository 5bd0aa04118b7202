package dev.alluvium.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alluvium.demo.DataSet.Position;
import dev.alluvium.proto.telemetry.v1.TelemetryRecord;
import dev.alluvium.proto.telemetry.v1.TelemetrySample;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TelemetryDataTest {
    @Test
    void opensAndClosesEverySessionAroundItsSamplesInOrder() throws Exception {
        Map<String, List<TelemetryRecord>> sessions = produce(new TelemetryData(7, 50, 0), 1_200);
        assertThat(sessions).hasSize(24);
        for (Map.Entry<String, List<TelemetryRecord>> session : sessions.entrySet()) {
            List<TelemetryRecord> records = session.getValue();
            assertThat(records).hasSize(52);
            assertThat(Long.toString(records.get(0).getStart().getSessionId())).isEqualTo(session.getKey());
            assertThat(Long.toString(records.get(51).getEnd().getSessionId())).isEqualTo(session.getKey());
            assertThat(records.subList(1, 51).stream()
                            .map(record -> record.getSample().getSeq()))
                    .containsExactlyElementsOf(LongStream.range(0, 50).boxed().toList());
            assertThat(records.get(50).getSample().getLapNumber()).isEqualTo(10);
            assertThat(records.get(1).getSample().getAuxMap().keySet())
                    .hasSizeBetween(2, 4)
                    .containsExactlyElementsOf(
                            records.get(0).getStart().getMetadata().getAuxiliaryChannelsList());
        }
    }

    @Test
    void dependsOnIndexAndSeedAlone() {
        TelemetrySample sample = new TelemetryData(7, 50, 0).sample(777);
        assertThat(new TelemetryData(7, 50, 5).sample(777)).isEqualTo(sample);
        assertThat(new TelemetryData(8, 50, 0).sample(777)).isNotEqualTo(sample);
    }

    @Test
    void isAboutTwoHundredBytesWithHolesInTheGps() {
        TelemetryData data = new TelemetryData(7, 500, 0);
        List<TelemetrySample> samples =
                LongStream.range(0, 5_000).mapToObj(data::sample).toList();
        assertThat(samples.stream()
                        .mapToInt(TelemetrySample::getSerializedSize)
                        .average()
                        .orElse(0))
                .isCloseTo(200, within(25.0));
        assertThat(samples).filteredOn(sample -> !sample.hasLat()).hasSizeBetween(20, 100);
    }

    private static Map<String, List<TelemetryRecord>> produce(TelemetryData data, int count)
            throws InvalidProtocolBufferException {
        Map<String, List<byte[]>> bytes = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            data.produce(
                    i,
                    (key, value, timestampMs) -> {
                        bytes.computeIfAbsent(new String(key, StandardCharsets.UTF_8), session -> new ArrayList<>())
                                .add(value);
                        return new Position(0, 0);
                    },
                    new Expectation(Layout.TELEMETRY));
        }
        Map<String, List<TelemetryRecord>> records = new LinkedHashMap<>();
        for (Map.Entry<String, List<byte[]>> session : bytes.entrySet()) {
            List<TelemetryRecord> parsed = new ArrayList<>();
            for (byte[] value : session.getValue()) {
                parsed.add(TelemetryRecord.parseFrom(value));
            }
            records.put(session.getKey(), parsed);
        }
        return records;
    }
}
