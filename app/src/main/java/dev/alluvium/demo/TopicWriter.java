package dev.alluvium.demo;

import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Fills one empty topic. As its only writer it knows the offset of a record before the broker has it, and fails if the
 * broker sees that otherwise. Partitions are chosen by the hash of the key, as Kafka's own partitioner does.
 */
final class TopicWriter implements DataSet.Output, AutoCloseable {
    private final String topic;
    private final KafkaProducer<byte[], byte[]> producer;
    private final long[] nextOffsets;
    /** Touched by the producer's own thread only. */
    private final long[] acknowledged;

    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final Callback callback;

    TopicWriter(String bootstrapServers, String topic, int partitions) {
        this.topic = topic;
        this.nextOffsets = new long[partitions];
        this.acknowledged = new long[partitions];
        this.producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers", bootstrapServers,
                        "linger.ms", "20",
                        "batch.size", "262144",
                        "compression.type", "lz4"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        this.callback = (metadata, exception) -> {
            if (exception != null) {
                failure.compareAndSet(null, exception);
            } else if (metadata.offset() != acknowledged[metadata.partition()]++) {
                failure.compareAndSet(
                        null, new IllegalStateException("somebody else writes to " + topic + ": " + metadata));
            }
        };
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the callback is told of every failure
    public DataSet.Position send(byte[] key, byte[] value, long timestampMs) {
        int partition = Utils.toPositive(Utils.murmur2(key)) % nextOffsets.length;
        producer.send(new ProducerRecord<>(topic, partition, timestampMs, key, value), callback);
        return new DataSet.Position(partition, nextOffsets[partition]++);
    }

    /** Waits until the broker has everything; throws if it refused anything. */
    void finish() {
        producer.flush();
        Exception first = failure.get();
        if (first != null) {
            throw new IllegalStateException("the topic " + topic + " was not filled", first);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
