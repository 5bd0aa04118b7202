package dev.alluvium.topology;

import dev.alluvium.decode.Rejection;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * Records that cannot become rows, whole: key, value and headers as they came, with reason, detail and position in
 * further headers. The header names are public.
 */
final class DeadLetters {
    private final String pipeline;

    DeadLetters(String pipeline) {
        this.pipeline = pipeline;
    }

    Record<byte[], byte[]> of(Record<byte[], byte[]> record, RecordMetadata position, Rejection rejection) {
        Headers headers = new RecordHeaders(record.headers().toArray());
        add(headers, "alluvium.reason", rejection.reason().name().toLowerCase(Locale.ROOT));
        add(headers, "alluvium.detail", rejection.detail());
        add(headers, "alluvium.pipeline", pipeline);
        add(headers, "alluvium.topic", position.topic());
        add(headers, "alluvium.partition", Integer.toString(position.partition()));
        add(headers, "alluvium.offset", Long.toString(position.offset()));
        add(headers, "alluvium.timestamp", Long.toString(record.timestamp()));
        return new Record<>(record.key(), record.value(), record.timestamp(), headers);
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
