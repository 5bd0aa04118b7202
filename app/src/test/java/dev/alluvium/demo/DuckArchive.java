package dev.alluvium.demo;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alluvium.demo.DuckWriter.Sent;
import dev.alluvium.proto.lakesync.v1.ColumnDelta;
import dev.alluvium.proto.lakesync.v1.DeltaOp;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import dev.alluvium.proto.telemetry.v1.TelemetryRecord;
import dev.alluvium.proto.telemetry.v1.TelemetrySample;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Stands in for the real application: reads the topics once to their end and writes all files with DuckDB. */
class DuckArchive implements Archive {
    private final Site site;
    private final Map<String, Long> rows = new TreeMap<>();
    private final Map<String, Long> deadLetters = new TreeMap<>();
    private final Map<String, List<Sent<RowDelta>>> deltas = new TreeMap<>();
    private final Map<Long, List<Sent<TelemetrySample>>> sessions = new TreeMap<>();

    DuckArchive(Site site) {
        this.site = site;
    }

    /** For archives that lose records. */
    boolean isArchived(int partition, long offset) {
        return true;
    }

    @Override
    public void start() throws Exception {
        read("deltas");
        read("telemetry");
        Path archive = site.archiveFolder();
        try (DuckWriter writer = new DuckWriter()) {
            for (Map.Entry<String, List<Sent<RowDelta>>> table : deltas.entrySet()) {
                writer.writeDeltas(
                        table.getKey(), table.getValue(), archive.resolve("deltas/" + table.getKey() + ".parquet"));
            }
            for (Map.Entry<Long, List<Sent<TelemetrySample>>> session : sessions.entrySet()) {
                writer.writeSession(session.getValue(), archive.resolve("telemetry/" + session.getKey() + ".parquet"));
            }
        }
    }

    @Override
    public long rowsArchived(String pipeline) {
        return rows.getOrDefault(pipeline, 0L);
    }

    @Override
    public long deadLetters(String pipeline) {
        return deadLetters.getOrDefault(pipeline, 0L);
    }

    @Override
    public void drain(Duration limit) {}

    @Override
    public void close() {}

    private void read(String pipeline) {
        String topic = String.valueOf(site.topics().get(pipeline));
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", site.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long end = consumer.endOffsets(partitions).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            for (long read = 0; read < end; ) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    read++;
                    if (isArchived(record.partition(), record.offset())) {
                        take(pipeline, record);
                    }
                }
            }
        }
    }

    private void take(String pipeline, ConsumerRecord<byte[], byte[]> record) {
        try {
            if (pipeline.equals("deltas")) {
                RowDelta delta = RowDelta.parseFrom(record.value());
                if (!isGood(delta)) {
                    deadLetters.merge(pipeline, 1L, Long::sum);
                    return;
                }
                deltas.computeIfAbsent(delta.getTable(), table -> new ArrayList<>())
                        .add(new Sent<>(delta, record.timestamp(), record.partition(), record.offset()));
            } else {
                TelemetryRecord telemetry = TelemetryRecord.parseFrom(record.value());
                if (!telemetry.hasSample()) {
                    return;
                }
                sessions.computeIfAbsent(telemetry.getSample().getSessionId(), session -> new ArrayList<>())
                        .add(new Sent<>(
                                telemetry.getSample(), record.timestamp(), record.partition(), record.offset()));
            }
            rows.merge(pipeline, 1L, Long::sum);
        } catch (InvalidProtocolBufferException e) {
            deadLetters.merge(pipeline, 1L, Long::sum);
        }
    }

    private static boolean isGood(RowDelta delta) {
        return delta.getOp() != DeltaOp.DELTA_OP_UNSPECIFIED
                && delta.getHlc() >= 0
                && DeltaData.tables().containsKey(delta.getTable())
                && delta.getColumnsList().stream()
                        .map(ColumnDelta::getValue)
                        .noneMatch(
                                value -> value.isEmpty() || value.toStringUtf8().equals("{"));
    }
}
