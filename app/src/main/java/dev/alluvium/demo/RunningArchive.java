package dev.alluvium.demo;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alluvium.batch.MetadataColumns;
import dev.alluvium.batch.RotationSettings;
import dev.alluvium.decode.DeltaSettings;
import dev.alluvium.decode.TelemetrySettings;
import dev.alluvium.metrics.ArchiveMetrics;
import dev.alluvium.metrics.PrometheusMetrics;
import dev.alluvium.ops.PipelineStatus;
import dev.alluvium.parquet.WriterSettings;
import dev.alluvium.parquet.WriterVersion;
import dev.alluvium.proto.manifest.v1.DataFile;
import dev.alluvium.schema.DeltaColumn;
import dev.alluvium.schema.DeltaTable;
import dev.alluvium.storage.ObjectStore;
import dev.alluvium.storage.local.LocalObjectStore;
import dev.alluvium.storage.local.LocalStoreSettings;
import dev.alluvium.topology.ApplicationSettings;
import dev.alluvium.topology.DataSettings;
import dev.alluvium.topology.PipelineSettings;
import dev.alluvium.topology.SourceSettings;
import dev.alluvium.topology.StartPosition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The topology that {@code run} uses, over the demo's topics, watched through its manifest and its dead letters. */
public final class RunningArchive implements Archive {
    private static final long MEMORY_BYTES = 256L << 20;
    private static final long SPOOL_BYTES = 4L << 30;
    private static final int UPLOAD_THREADS = 2;
    private static final RotationSettings ROTATION =
            new RotationSettings(null, 32L << 20, null, Duration.ofSeconds(3), null);

    private final Site site;
    private final PrometheusMetrics metrics = new PrometheusMetrics();
    private final ObjectStore store;
    private final dev.alluvium.topology.Archive archive;
    private final KafkaConsumer<byte[], byte[]> outputs;
    private final Map<String, Long> rows = new HashMap<>();
    private final Map<String, Long> deadLetters = new HashMap<>();

    private RunningArchive(Site site) throws IOException {
        this.site = site;
        Clock clock = Clock.systemUTC();
        this.store = LocalObjectStore.open(new LocalStoreSettings(site.archiveFolder()), clock);
        this.archive =
                dev.alluvium.topology.Archive.open(settings(site), surroundings(store, metrics.archive(), clock));
        this.outputs = new KafkaConsumer<>(
                Map.of("bootstrap.servers", site.bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /** Opens the archive of a demo; the site's topics exist. */
    public static Archive open(Site site) throws IOException {
        return new RunningArchive(site);
    }

    private static dev.alluvium.topology.Archive.Surroundings surroundings(
            ObjectStore store, ArchiveMetrics metrics, Clock clock) {
        return dev.alluvium.topology.Archive.Surroundings.of(
                store, metrics, clock, new Random(), WriterVersion.current());
    }

    private static ApplicationSettings settings(Site site) {
        return new ApplicationSettings(
                "demo",
                Map.of("bootstrap.servers", site.bootstrapServers(), "commit.interval.ms", "1000"),
                MEMORY_BYTES,
                site.workFolder().resolve("state"),
                site.workFolder().resolve("spool"),
                SPOOL_BYTES,
                UPLOAD_THREADS,
                Duration.ofSeconds(60),
                List.of(
                        pipeline(
                                site,
                                "deltas",
                                new DataSettings.Deltas(deltaSettings()),
                                "deltas/{date}/{gateway}/{table}-{minHlc}-{maxHlc}-{partition}-{firstOffset}.parquet"),
                        pipeline(
                                site,
                                "telemetry",
                                new DataSettings.Telemetry(
                                        new TelemetrySettings(TelemetrySettings.Form.ENVELOPE, true)),
                                "telemetry/{session}.parquet")));
    }

    private static PipelineSettings pipeline(Site site, String name, DataSettings data, String key) {
        return new PipelineSettings(
                name,
                true,
                Map.of(),
                new SourceSettings(
                        List.of(topic(site, name)),
                        null,
                        new StartPosition.Earliest(),
                        SourceSettings.GapPolicy.STOP,
                        SourceSettings.MissingPolicy.FAIL,
                        List.of(),
                        true),
                data,
                key,
                WriterSettings.DEFAULT,
                ROTATION,
                1000,
                site.deadLetterTopic(),
                site.manifestTopic(),
                1,
                true,
                MetadataColumns.NONE,
                null);
    }

    private static String topic(Site site, String pipeline) {
        String topic = site.topics().get(pipeline);
        if (topic == null) {
            throw new IllegalArgumentException("no topic for pipeline " + pipeline + " in " + site.topics());
        }
        return topic;
    }

    private static DeltaSettings deltaSettings() {
        List<DeltaTable> tables = DeltaData.tables().entrySet().stream()
                .map(table -> new DeltaTable(
                        table.getKey(),
                        table.getValue().entrySet().stream()
                                .map(column -> new DeltaColumn(column.getKey(), DeltaColumn.Type.of(column.getValue())))
                                .toList()))
                .toList();
        return new DeltaSettings("gw-demo", tables, false, true, DeltaSettings.ClockDrift.COUNT);
    }

    @Override
    public void start() {
        List<TopicPartition> partitions =
                List.of(new TopicPartition(site.manifestTopic(), 0), new TopicPartition(site.deadLetterTopic(), 0));
        outputs.assign(partitions);
        outputs.seekToBeginning(partitions);
        archive.start();
    }

    @Override
    public long rowsArchived(String pipeline) {
        for (PipelineStatus status : archive.pipelines()) {
            if (status.name().equals(pipeline) && status.state() == PipelineStatus.State.FAILED) {
                throw new IllegalStateException(String.join("; ", status.causes()));
            }
        }
        readOutputs();
        return rows.getOrDefault(pipeline, 0L);
    }

    @Override
    public long deadLetters(String pipeline) {
        readOutputs();
        return deadLetters.getOrDefault(pipeline, 0L);
    }

    private void readOutputs() {
        for (ConsumerRecord<byte[], byte[]> record : outputs.poll(Duration.ofMillis(100))) {
            if (record.topic().equals(site.deadLetterTopic())) {
                byte[] name = record.headers().lastHeader("alluvium.pipeline").value();
                deadLetters.merge(new String(name, StandardCharsets.UTF_8), 1L, Long::sum);
            } else {
                DataFile file = parse(record.value());
                rows.merge(file.getPipeline(), file.getRows(), Long::sum);
            }
        }
    }

    private static DataFile parse(byte[] value) {
        try {
            return DataFile.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void drain(Duration limit) throws InterruptedException {
        archive.drain(true);
    }

    @Override
    public void close() {
        outputs.close();
        archive.close();
        store.close();
        metrics.close();
    }
}
