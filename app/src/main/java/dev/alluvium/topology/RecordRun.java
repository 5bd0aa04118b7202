package dev.alluvium.topology;

import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The records that one poll brought of one partition, on their way through Kafka Streams as if they were one record: it
 * hands on a record's headers as they are, so the run is a header of a record that has nothing else.
 */
final class RecordRun implements Header {
    /** A producer may send a header of this name, but none of this class. */
    private static final String KEY = "alluvium.run";

    private static final byte[] NOTHING = {};

    private final List<ConsumerRecord<byte[], byte[]>> records;

    private RecordRun(List<ConsumerRecord<byte[], byte[]>> records) {
        this.records = records;
    }

    /**
     * The record that carries a run. Its offset and leader epoch are the first record's, since Kafka Streams commits the
     * offset of what it has not yet processed; its time is the greatest of all, since stream time follows it.
     *
     * @param records of one partition, in order; at least one
     */
    static ConsumerRecord<byte[], byte[]> carrier(List<ConsumerRecord<byte[], byte[]>> records) {
        ConsumerRecord<byte[], byte[]> first = records.get(0);
        long greatestTime = first.timestamp();
        int bytes = 0;
        for (ConsumerRecord<byte[], byte[]> record : records) {
            greatestTime = Math.max(greatestTime, record.timestamp());
            bytes += Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
        }
        return new ConsumerRecord<>(
                first.topic(),
                first.partition(),
                first.offset(),
                greatestTime,
                first.timestampType(),
                ConsumerRecord.NULL_SIZE,
                bytes,
                null,
                NOTHING,
                new RecordHeaders(new Header[] {new RecordRun(records)}),
                first.leaderEpoch(),
                Optional.empty());
    }

    /** The records that headers carry; null if they are those of a record that came alone. */
    static @Nullable List<ConsumerRecord<byte[], byte[]>> of(Headers headers) {
        return headers.lastHeader(KEY) instanceof RecordRun run ? run.records : null;
    }

    @Override
    public String key() {
        return KEY;
    }

    /** Nothing that could be sent anywhere. */
    @Override
    public byte @Nullable [] value() {
        return null;
    }
}
