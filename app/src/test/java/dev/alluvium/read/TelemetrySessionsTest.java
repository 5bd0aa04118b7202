package dev.alluvium.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alluvium.decode.TelemetryDecoder;
import dev.alluvium.decode.TelemetrySettings;
import dev.alluvium.parquet.WriterSettings;
import dev.alluvium.parquet.WriterSettings.Codec;
import dev.alluvium.proto.telemetry.v1.SessionEnd;
import dev.alluvium.proto.telemetry.v1.SessionMetadata;
import dev.alluvium.proto.telemetry.v1.SessionStart;
import dev.alluvium.proto.telemetry.v1.TelemetryRecord;
import dev.alluvium.proto.telemetry.v1.TelemetrySample;
import dev.alluvium.storage.ObjectStore;
import dev.alluvium.storage.local.LocalObjectStore;
import dev.alluvium.storage.local.LocalStoreSettings;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TelemetrySessionsTest {
    private static final WriterSettings MANY_ROW_GROUPS = new WriterSettings(Codec.SNAPPY, 1, 32 << 10, 4 << 10, 500);

    @TempDir
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private ObjectStore store;

    @BeforeEach
    void openStore() throws IOException {
        store = LocalObjectStore.open(new LocalStoreSettings(folder), Clock.systemUTC());
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Test
    void givesASessionBackAsItsLapsAndPoints() throws Exception {
        write(
                "7.parquet",
                0,
                TelemetryRecord.newBuilder()
                        .setStart(SessionStart.newBuilder()
                                .setSessionId(7)
                                .setMetadata(SessionMetadata.newBuilder()
                                        .setImportedAt("2026-11-21T09:00:00Z")
                                        .setSourceType("vbo")))
                        .build(),
                sample(7, 2, 5.0, Map.of()),
                sample(7, 1, 0.2, Map.of("oil_temp", 91.5)),
                sample(7, 1, 0.1, Map.of()),
                TelemetryRecord.newBuilder()
                        .setEnd(SessionEnd.newBuilder()
                                .setSessionId(7)
                                .setMetadata(SessionMetadata.newBuilder()
                                        .setChannelCount(13)
                                        .setTotalPoints(4)))
                        .build());
        write("7-0-9.parquet", 9, sample(7, 1, 0.15, Map.of("wind", 3.0)));

        assertThat(new TelemetrySessions(store).read(7))
                .contains(new SessionTelemetry(
                        7,
                        List.of(
                                new LapTelemetry(
                                        1,
                                        List.of(
                                                new TelemetryPoint(0.1, Map.of("speed", 11.0)),
                                                new TelemetryPoint(0.15, Map.of("speed", 11.0, "wind", 3.0)),
                                                new TelemetryPoint(0.2, Map.of("speed", 11.0, "oil_temp", 91.5)))),
                                new LapTelemetry(2, List.of(new TelemetryPoint(5.0, Map.of("speed", 12.0))))),
                        List.of("oil_temp", "wind"),
                        new SessionTelemetry.Metadata("2026-11-21T09:00:00Z", "vbo", 13, 4L)));
    }

    @Test
    void keepsTheOrderInWhichSamplesOfOneTimeCame() throws Exception {
        write("7-0-9.parquet", 9, sample(7, 1, 0.1, Map.of("n", 3.0)));
        write("7.parquet", 0, sample(7, 1, 0.1, Map.of("n", 1.0)), sample(7, 1, 0.1, Map.of("n", 2.0)));

        assertThat(new TelemetrySessions(store).readLap(7, 1).orElseThrow().points())
                .extracting(point -> point.channels().get("n"))
                .containsExactly(1.0, 2.0, 3.0);
    }

    @Test
    void givesNothingWhereNothingIs() throws Exception {
        write("7.parquet", 0, sample(7, 1, 0, Map.of()));
        TelemetrySessions sessions = new TelemetrySessions(store);

        assertThat(sessions.read(8)).isEmpty();
        assertThat(sessions.readLap(8, 1)).isEmpty();
        assertThat(sessions.readLap(7, 2)).isEmpty();
        assertThat(sessions.exists(8)).isFalse();
        assertThat(sessions.delete(8)).isZero();
        assertThat(sessions.exists(7)).isTrue();
    }

    @Test
    void readsOnlyTheRowGroupsOfALap() throws Exception {
        List<TelemetryRecord> samples = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            // Digits that do not compress, so that row groups fill.
            samples.add(sample(7, 1 + i / 2_000, i + Math.sqrt(i), Map.of("oil_temp", Math.sin(i))));
        }
        write("7.parquet", 0, samples.toArray(TelemetryRecord[]::new));
        long fileBytes = Files.size(folder.resolve("telemetry/7.parquet"));
        long[] read = {0};

        Optional<LapTelemetry> lap = new TelemetrySessions(counting(read)).readLap(7, 5);

        assertThat(lap.orElseThrow().points()).hasSize(2_000);
        assertThat(read[0]).as("bytes of " + fileBytes).isLessThan(fileBytes / 3);
    }

    private ObjectStore counting(long[] read) {
        return (ObjectStore) Proxy.newProxyInstance(
                TelemetrySessionsTest.class.getClassLoader(),
                new Class<?>[] {ObjectStore.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("read")) {
                        read[0] += (long) arguments[2];
                    }
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void deletesAllFilesOfASessionAndNothingElse() throws Exception {
        write("7.parquet", 0, sample(7, 1, 0, Map.of()));
        write("7-0-9.parquet", 9, sample(7, 1, 1, Map.of()));
        write("70.parquet", 0, sample(70, 1, 0, Map.of()));
        // Named as a file of session 7, and of another one by what it says itself.
        write("7-1-1.parquet", 1, sample(71, 1, 0, Map.of()));
        write("7-notes.parquet", 1, sample(7, 1, 0, Map.of()));
        TelemetrySessions sessions = new TelemetrySessions(store);

        assertThat(sessions.delete(7)).isEqualTo(2);

        assertThat(sessions.exists(7)).isFalse();
        assertThat(sessions.exists(70)).isTrue();
        assertThat(folder.resolve("telemetry"))
                .isDirectoryContaining("glob:**/7-1-1.parquet")
                .isDirectoryContaining("glob:**/7-notes.parquet");
    }

    @Test
    void keepsApartTheSourcesThatHaveASessionOfOneNumber() throws Exception {
        write("7.parquet", 0, sample(7, 1, 0.1, Map.of()));
        write("7-0-4.parquet", 4, sample(7, 1, 0.3, Map.of()));
        write(from("cluster", "topic", "other"), "7-0-1.parquet", 1, sample(7, 1, 0.2, Map.of()));
        write(from("cluster", "topic", "other"), "8.parquet", 2, sample(8, 1, 0.2, Map.of()));
        TelemetrySessions sessions = new TelemetrySessions(store);
        String both =
                "session 7 is of several sources: telemetry/7.parquet is of pipeline pipeline, topic topic (topic-id),"
                        + " cluster cluster; telemetry/7-0-1.parquet is of pipeline other, topic topic (topic-id), cluster"
                        + " cluster; say with TelemetrySessions.only which is meant";

        assertThatThrownBy(() -> sessions.read(7))
                .isInstanceOf(IOException.class)
                .hasMessage(both);
        assertThatThrownBy(() -> sessions.readLap(7, 1)).hasMessage(both);
        assertThatThrownBy(() -> sessions.exists(7)).hasMessage(both);
        assertThatThrownBy(() -> sessions.delete(7)).hasMessage(both);
        assertThat(sessions.exists(8)).isTrue();

        TelemetrySessions first = sessions.only(facts -> facts.pipeline().equals("pipeline"));
        assertThat(first.readLap(7, 1).orElseThrow().points())
                .extracting(TelemetryPoint::time)
                .containsExactly(0.1, 0.3);
        assertThat(first.exists(8)).isFalse();
        assertThat(first.delete(7)).isEqualTo(2);
        assertThat(sessions.readLap(7, 1).orElseThrow().points())
                .as("what another pipeline has")
                .extracting(TelemetryPoint::time)
                .containsExactly(0.2);
    }

    @ParameterizedTest
    @CsvSource({"other,topic", "cluster,other"})
    void deletesNothingWhereClusterOrTopicDiffer(String cluster, String topic) throws Exception {
        write("7.parquet", 0, sample(7, 1, 0.1, Map.of()));
        write(from(cluster, topic, "pipeline"), "7-0-0.parquet", 0, sample(7, 1, 0.2, Map.of()));

        assertThatThrownBy(() -> new TelemetrySessions(store).delete(7))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("session 7 is of several sources")
                .hasMessageContaining("topic " + topic + " (" + topic + "-id), cluster " + cluster + ";");
        assertThat(folder.resolve("telemetry"))
                .isDirectoryContaining("glob:**/7.parquet")
                .isDirectoryContaining("glob:**/7-0-0.parquet");
    }

    @Test
    void saysWhichFileIsDamaged() throws Exception {
        write("7.parquet", 0, sample(7, 1, 0, Map.of()));
        Path file = folder.resolve("telemetry/7.parquet");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));

        assertThatThrownBy(() -> new TelemetrySessions(store).read(7))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("data file telemetry/7.parquet: ");
    }

    @Test
    void takesAnyTemplateThatASessionAloneDetermines() throws Exception {
        write("../by-session/7/data.parquet", 0, sample(7, 1, 0, Map.of()));
        write("../by-session/7/data-0-5.parquet", 5, sample(7, 1, 1, Map.of()));

        TelemetrySessions sessions = new TelemetrySessions(store, "by-session/{sessionId}/data.parquet");

        assertThat(sessions.readLap(7, 1).orElseThrow().points()).hasSize(2);
        assertThatThrownBy(() -> new TelemetrySessions(store, "telemetry/all.parquet"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TelemetrySessions(store, "telemetry/{session}-{partition}.parquet"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private void write(String name, long offset, TelemetryRecord... records) throws IOException {
        write(from("cluster", "topic", "pipeline"), name, offset, records);
    }

    private void write(Archived archived, String name, long offset, TelemetryRecord... records) throws IOException {
        archived.with(MANY_ROW_GROUPS)
                .write(
                        Files.createDirectories(folder.resolve("telemetry")),
                        group -> name,
                        offset,
                        Arrays.stream(records).map(TelemetryRecord::toByteArray).toList());
    }

    private static Archived from(String cluster, String topic, String pipeline) {
        return new Archived(
                        new TelemetryDecoder(new TelemetrySettings(TelemetrySettings.Form.ENVELOPE, true), 0),
                        TelemetryRecord.getDescriptor())
                .from(cluster, topic, pipeline);
    }

    private static TelemetryRecord sample(long session, int lap, double time, Map<String, Double> aux) {
        return TelemetryRecord.newBuilder()
                .setSample(TelemetrySample.newBuilder()
                        .setSessionId(session)
                        .setLapNumber(lap)
                        .setTime(time)
                        .setSpeed(10 + lap)
                        .putAllAux(aux))
                .build();
    }
}
