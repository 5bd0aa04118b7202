package dev.alluvium.bench.process;

import com.google.protobuf.Message;
import dev.alluvium.bench.BenchData;
import dev.alluvium.bench.proto.RowDelta;
import dev.alluvium.bench.proto.Telemetry;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * A topic that is filled and never changes.
 *
 * @param checksum sum of HLCs of deltas; of 100 times the session plus the lap of samples
 * @param valueBytes of all messages
 */
record Topic(BenchData data, String name, long records, long checksum, long valueBytes) {
    private static final int PARTITIONS = 4;
    private static final int FIRST_TIME = 1_760_000_000;

    /** Creates a topic and sends it the first records of a data set. */
    @SuppressWarnings("FutureReturnValueIgnored") // the callback is told of every failure
    static Topic fill(String bootstrapServers, BenchData data, long records)
            throws ExecutionException, InterruptedException {
        String name = data.name().toLowerCase(Locale.ROOT) + "-" + records;
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.createTopics(List.of(new NewTopic(name, PARTITIONS, (short) 1).configs(Map.of("retention.ms", "-1"))))
                    .all()
                    .get();
        }
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        long checksum = 0;
        long bytes = 0;
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers", bootstrapServers,
                        "delivery.timeout.ms", "600000",
                        // A new topic's log may not be open yet: a second batch that is taken before the first one
                        // would make the broker refuse that one for ever.
                        "max.in.flight.requests.per.connection", "1",
                        "linger.ms", "20",
                        "batch.size", "262144",
                        "compression.type", "lz4"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (long i = 0; i < records; i++) {
                Message message = data.message(i);
                byte[] value = message.toByteArray();
                producer.send(
                        new ProducerRecord<>(name, (int) (i % PARTITIONS), FIRST_TIME * 1000L + i, key(message), value),
                        (metadata, thrown) -> {
                            if (thrown != null) {
                                failure.compareAndSet(null, thrown);
                            }
                        });
                checksum += checksum(message);
                bytes += value.length;
            }
        }
        Exception thrown = failure.get();
        if (thrown != null) {
            throw new IllegalStateException("the topic " + name + " was not filled", thrown);
        }
        return new Topic(data, name, records, checksum, bytes);
    }

    private static byte[] key(Message message) {
        return (message instanceof RowDelta delta ? delta.getRowId() : "" + ((Telemetry) message).getSessionId())
                .getBytes(StandardCharsets.UTF_8);
    }

    private static long checksum(Message message) {
        return message instanceof RowDelta delta
                ? delta.getHlc()
                : ((Telemetry) message).getSessionId() * 100 + ((Telemetry) message).getLapNumber();
    }
}
