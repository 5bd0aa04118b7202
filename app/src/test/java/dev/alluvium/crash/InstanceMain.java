package dev.alluvium.crash;

import dev.alluvium.batch.MetadataColumns;
import dev.alluvium.batch.Rule;
import dev.alluvium.decode.DeltaSettings;
import dev.alluvium.decode.TelemetrySettings;
import dev.alluvium.metrics.ArchiveMetrics;
import dev.alluvium.ops.PipelineStatus;
import dev.alluvium.parquet.WriterSettings;
import dev.alluvium.schema.DeltaColumn;
import dev.alluvium.schema.DeltaTable;
import dev.alluvium.storage.ObjectStore;
import dev.alluvium.storage.StorageException;
import dev.alluvium.storage.StorageSettings;
import dev.alluvium.storage.StorageSettings.S3.Credentials;
import dev.alluvium.storage.StorageSettings.S3.Encryption;
import dev.alluvium.storage.StorageSettings.S3.Keys;
import dev.alluvium.storage.StorageSettings.S3.Multipart;
import dev.alluvium.storage.StorageSettings.S3.Timeouts;
import dev.alluvium.storage.local.LocalObjectStore;
import dev.alluvium.storage.local.LocalStoreSettings;
import dev.alluvium.storage.s3.S3ObjectStore;
import dev.alluvium.storage.s3.S3ProxyServer;
import dev.alluvium.topology.ApplicationSettings;
import dev.alluvium.topology.Archive;
import dev.alluvium.topology.DataSettings;
import dev.alluvium.topology.PipelineSettings;
import dev.alluvium.topology.SourceSettings;
import dev.alluvium.topology.StartPosition;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** An instance of the archive in a process of its own: two pipelines, settings from the command line, a trace. */
final class InstanceMain {
    static final String DELTAS = "deltas";
    static final String TELEMETRY = "telemetry";

    /** Exit code after a pipeline has failed for good. */
    static final int FAILED = 3;

    private static final Duration SAMPLE = Duration.ofMillis(100);
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(20);

    private InstanceMain() {}

    /** Runs until SIGTERM, which drains with a cut, or until a pipeline fails. */
    public static void main(String[] arguments) throws Exception {
        InstanceSettings settings = InstanceSettings.parse(arguments);
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (StageTrace trace = new StageTrace(settings.trace(), settings.fault());
                ObjectStore store = openStore(settings)) {
            Archive.Surroundings around = new Archive.Surroundings(
                    store,
                    new ArchiveMetrics(meters),
                    Clock.systemUTC(),
                    new Random(),
                    "crash-test",
                    Rule.allBut(settings.without()),
                    trace);
            Archive archive = Archive.open(application(settings), around);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> shutDown(archive), "shutdown"));
            archive.start();
            while (archive.pipelines().stream()
                    .noneMatch(pipeline -> pipeline.state() == PipelineStatus.State.FAILED)) {
                Gauge held = meters.find("alluvium.arrow").gauge();
                trace.holds(held == null ? 0 : (long) held.value());
                TimeUnit.MILLISECONDS.sleep(SAMPLE.toMillis());
            }
            System.out.println("failed: " + archive.pipelines());
            Runtime.getRuntime().halt(FAILED);
        }
    }

    /** Impatient with a server: a request that a dead connection swallowed must not outlast the test's patience. */
    private static ObjectStore openStore(InstanceSettings settings) throws StorageException {
        if (settings.server() == null) {
            return LocalObjectStore.open(
                    new LocalStoreSettings(settings.archive(), Duration.ofMinutes(10)), Clock.systemUTC());
        }
        return S3ObjectStore.open(
                new StorageSettings.S3(
                        String.valueOf(settings.archive().getFileName()),
                        "",
                        Optional.empty(),
                        Optional.of(settings.server()),
                        true,
                        new Credentials(
                                Optional.of(
                                        new Keys(S3ProxyServer.ACCESS_KEY, S3ProxyServer.SECRET_KEY, Optional.empty())),
                                Optional.empty()),
                        new Encryption.OfTheBucket(),
                        Multipart.DEFAULT,
                        new Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(15))),
                Clock.systemUTC());
    }

    private static void shutDown(Archive archive) {
        try {
            boolean isAtRest = archive.drain(true);
            System.out.println("drained: " + isAtRest);
            archive.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ApplicationSettings application(InstanceSettings settings) {
        return new ApplicationSettings(
                settings.application(),
                kafka(settings.bootstrapServers()),
                64L << 20,
                settings.state(),
                settings.spool(),
                1L << 30,
                2,
                DRAIN_LIMIT,
                settings.pipelines().stream()
                        .map(name -> pipeline(settings, name))
                        .toList());
    }

    /** Timeouts as short as two busy cores allow: a crash costs what they say. */
    private static Map<String, String> kafka(String bootstrapServers) {
        return Map.of(
                "bootstrap.servers", bootstrapServers,
                "commit.interval.ms", "500",
                "consumer.session.timeout.ms", "4000",
                "consumer.heartbeat.interval.ms", "1000",
                "consumer.max.poll.records", "200",
                "producer.transaction.timeout.ms", "6000",
                "num.standby.replicas", "0");
    }

    private static PipelineSettings pipeline(InstanceSettings settings, String name) {
        boolean isDeltas = name.equals(DELTAS);
        return new PipelineSettings(
                name,
                true,
                Map.of(),
                new SourceSettings(
                        List.of(sourceTopic(settings.application(), name)),
                        null,
                        new StartPosition.Earliest(),
                        SourceSettings.GapPolicy.STOP,
                        SourceSettings.MissingPolicy.FAIL,
                        List.of(),
                        true),
                isDeltas
                        ? new DataSettings.Deltas(deltas())
                        : new DataSettings.Telemetry(new TelemetrySettings(TelemetrySettings.Form.ENVELOPE, true)),
                isDeltas
                        ? "deltas/{date}/{gateway}/{table}-{minHlc}-{maxHlc}-{partition}-{firstOffset}.parquet"
                        : "telemetry/{session}.parquet",
                WriterSettings.DEFAULT,
                settings.rotation(),
                50,
                deadLetterTopic(settings.application(), name),
                manifestTopic(settings.application(), name),
                1,
                true,
                MetadataColumns.NONE,
                null);
    }

    private static DeltaSettings deltas() {
        List<DeltaTable> tables = DeltaRecords.TABLES.entrySet().stream()
                .map(table -> new DeltaTable(
                        table.getKey(),
                        table.getValue().entrySet().stream()
                                .map(column -> new DeltaColumn(column.getKey(), DeltaColumn.Type.of(column.getValue())))
                                .toList()))
                .toList();
        return new DeltaSettings("gateway", tables, false, true, DeltaSettings.ClockDrift.COUNT);
    }

    static String sourceTopic(String application, String pipeline) {
        return application + "-" + pipeline + "-source";
    }

    static String deadLetterTopic(String application, String pipeline) {
        return application + "-" + pipeline + "-dead";
    }

    static String manifestTopic(String application, String pipeline) {
        return application + "-" + pipeline + "-manifest";
    }

    /** The consumer group of a pipeline. */
    static String group(String application, String pipeline) {
        return application + "-" + pipeline;
    }
}
