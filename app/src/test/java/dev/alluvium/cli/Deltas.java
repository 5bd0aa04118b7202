package dev.alluvium.cli;

import dev.alluvium.demo.DeltaData;
import dev.alluvium.demo.EmbeddedBroker;
import dev.alluvium.parquet.DataFileReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Deltas on their way: into a topic of two partitions, and out of files. */
final class Deltas {
    static final String TOPIC = "lakesync.deltas";

    private Deltas() {}

    /** Produces the deltas of these numbers, the last exclusive. */
    static void produce(EmbeddedBroker broker, int from, int to) {
        DeltaData data = new DeltaData(1, 200, 0);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            List<Future<?>> sent = new ArrayList<>();
            for (int i = from; i < to; i++) {
                sent.add(producer.send(
                        new ProducerRecord<>(TOPIC, i % 2, null, data.delta(i).toByteArray())));
            }
            for (Future<?> record : sent) {
                record.get(60, TimeUnit.SECONDS);
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Rows of all files below a folder, from their footers; a row in two files counts twice. */
    static long rows(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            long rows = 0;
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".parquet")).toList()) {
                try (DataFileReader reader = DataFileReader.open(file)) {
                    rows += reader.rowCount();
                }
            }
            return rows;
        } catch (IOException | UncheckedIOException e) {
            return -1; // a file that was there a moment ago
        }
    }
}
