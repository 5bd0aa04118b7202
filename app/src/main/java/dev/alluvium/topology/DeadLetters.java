package dev.alluvium.topology;

import dev.alluvium.decode.Rejection;
import dev.alluvium.record.SourceRecord;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Records that cannot become rows, whole: key, value and headers as they came, with reason, detail and position in
 * further headers. The header names are public.
 */
final class DeadLetters {
    private final String pipeline;

    DeadLetters(String pipeline) {
        this.pipeline = pipeline;
    }

    /**
     * The letter of a record.
     *
     * @param sourceHeaders the record's, as they came
     */
    Record<byte[], byte[]> of(
            TopicPartition partition, SourceRecord record, Headers sourceHeaders, Rejection rejection) {
        Headers headers = new RecordHeaders(sourceHeaders.toArray());
        add(headers, "alluvium.reason", rejection.reason().name().toLowerCase(Locale.ROOT));
        add(headers, "alluvium.detail", rejection.detail());
        add(headers, "alluvium.pipeline", pipeline);
        add(headers, "alluvium.topic", partition.topic());
        add(headers, "alluvium.partition", Integer.toString(partition.partition()));
        add(headers, "alluvium.offset", Long.toString(record.offset()));
        add(headers, "alluvium.timestamp", Long.toString(record.timestampMs()));
        return new Record<>(record.key(), record.value(), record.timestampMs(), headers);
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
