package dev.alluvium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.config.ConfigurationFile;
import dev.alluvium.decode.TelemetryDecoder;
import dev.alluvium.decode.TelemetrySettings;
import dev.alluvium.proto.telemetry.v1.TelemetryRecord;
import dev.alluvium.proto.telemetry.v1.TelemetrySample;
import dev.alluvium.read.Archived;
import dev.alluvium.read.TelemetryPoint;
import dev.alluvium.read.TelemetrySessions;
import dev.alluvium.storage.ObjectStore;
import dev.alluvium.storage.gcs.GcsServer;
import dev.alluvium.storage.s3.S3ProxyServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code cat}, {@code inspect} and telemetry sessions in buckets. */
class CatStoresIT {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path folder;

    @Test
    void readsFromABucketOfS3() throws Exception {
        try (S3ProxyServer server = S3ProxyServer.start(folder.resolve("s3"))) {
            server.createBucket("archive");
            readsFrom("""
                    { type: s3, bucket: archive, endpoint: "%s", pathStyle: true, region: us-east-1, \
                    credentials: { accessKey: "%s", secretKey: "%s" } }""".formatted(server.endpoint(), server.accessKey(), server.secretKey()));
        }
    }

    @Test
    void readsFromABucketOfGoogleCloudStorage() throws Exception {
        try (GcsServer server = GcsServer.start("archive")) {
            Path key = server.writeKey(folder.resolve("key.json"));
            readsFrom("{ type: gcs, bucket: archive, prefix: a/b, endpoint: \"%s\", credentials: \"%s\" }"
                    .formatted(server.endpoint(), key));
        }
    }

    private void readsFrom(String storage) throws Exception {
        Path configuration = Files.writeString(folder.resolve("alluvium.yaml"), """
                application: reading
                kafka: { bootstrap.servers: "localhost:1" }
                storage: %s
                pipelines:
                  - name: deltas
                    source: { topics: [deltas] }
                    data: { type: delta, gateway: gw-1 }
                """.formatted(storage));
        put(configuration);

        run("cat", "telemetry/", "--config", configuration.toString(), "--columns", "time");
        run("cat", "telemetry/2.parquet", "--config", configuration.toString(), "--columns", "time");
        run("inspect", "telemetry/1.parquet", "--config", configuration.toString(), "--json");
        run("cat", "telemetry/3", "--config", configuration.toString());

        List<String> lines = out.toString().lines().toList();
        assertThat(lines.subList(0, 5))
                .containsExactly(
                        "{\"time\":1.0}", "{\"time\":2.0}", "{\"time\":2.0}", "{\"time\":2.0}", "{\"time\":2.0}");
        assertThat(lines.get(5)).startsWith("{\"file\":\"telemetry/1.parquet\",\"bytes\":");
        assertThat(lines).hasSize(6);
        assertThat(err.toString().lines())
                .containsExactly(
                        "alluvium: left out 1 file whose name does not end in .parquet",
                        "alluvium: there is no file telemetry/3 in " + describe(configuration)
                                + ", and none that begins so and ends in .parquet");
        readsAndDeletesSessions(configuration);
    }

    private static void readsAndDeletesSessions(Path configuration) throws Exception {
        try (ObjectStore store =
                Stores.open(ConfigurationFile.read(configuration, Map.of()).storage(), Clock.systemUTC())) {
            TelemetrySessions sessions = new TelemetrySessions(store);
            assertThat(sessions.read(2).orElseThrow().laps())
                    .singleElement()
                    .satisfies(lap -> assertThat(lap.points())
                            .extracting(TelemetryPoint::time)
                            .containsExactly(2.0, 2.0));
            assertThat(sessions.readLap(2, 1)).isEmpty();
            assertThat(sessions.delete(2)).isEqualTo(1);
            assertThat(sessions.exists(2)).isFalse();
            assertThat(sessions.exists(1)).isTrue();
        }
    }

    /** Session 1 with one sample, session 2 with two, and what is no data file. */
    private void put(Path configuration) throws Exception {
        try (ObjectStore store =
                Stores.open(ConfigurationFile.read(configuration, Map.of()).storage(), Clock.systemUTC())) {
            for (long session = 1; session <= 2; session++) {
                byte[] sample = TelemetryRecord.newBuilder()
                        .setSample(TelemetrySample.newBuilder()
                                .setSessionId(session)
                                .setTime((double) session))
                        .build()
                        .toByteArray();
                Path file = folder.resolve(session + ".parquet");
                new Archived(
                                new TelemetryDecoder(new TelemetrySettings(TelemetrySettings.Form.ENVELOPE, false), 0),
                                TelemetryRecord.getDescriptor())
                        .write(
                                folder,
                                group -> file.getFileName().toString(),
                                0,
                                session == 1 ? List.of(sample) : List.of(sample, sample));
                store.putIfAbsent("telemetry/" + session + ".parquet", file, Map.of());
            }
            store.putIfAbsent("telemetry/readme.txt", configuration, Map.of());
        }
    }

    private static String describe(Path configuration) throws Exception {
        try (ObjectStore store =
                Stores.open(ConfigurationFile.read(configuration, Map.of()).storage(), Clock.systemUTC())) {
            return store.describe();
        }
    }

    private void run(String... arguments) {
        Main.commands(
                        Map.of(),
                        (configuration, drain) -> {
                            throw new AssertionError("run was not asked for");
                        },
                        (records, directory, json) -> {
                            throw new AssertionError("demo was not asked for");
                        },
                        new PrintWriter(out, true),
                        new PrintWriter(err, true))
                .execute(arguments);
    }
}
