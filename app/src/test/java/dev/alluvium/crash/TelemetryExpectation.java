package dev.alluvium.crash;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.alluvium.proto.telemetry.v1.TelemetryRecord;
import dev.alluvium.proto.telemetry.v1.TelemetrySample;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** What must become of telemetry: samples are rows of their session's files, markers are records of them without rows. */
final class TelemetryExpectation implements Expectation {
    @Override
    public Fate of(ConsumerRecord<byte[], byte[]> committed) {
        byte @Nullable [] value = committed.value();
        if (value == null) {
            return new Fate.DeadLetter("null_value");
        }
        TelemetryRecord telemetry;
        try {
            telemetry = TelemetryRecord.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            return new Fate.DeadLetter(String.valueOf(e.getMessage()).contains("UTF-8") ? "bad_utf8" : "undecodable");
        }
        return switch (telemetry.getRecordCase()) {
            case SAMPLE -> sample(telemetry.getSample(), committed);
            case START -> archived(telemetry.getStart().getSessionId(), List.of());
            case END -> archived(telemetry.getEnd().getSessionId(), List.of());
            case LAP -> throw new IllegalStateException("nobody sends laps here");
            case RECORD_NOT_SET -> new Fate.DeadLetter("no_session");
        };
    }

    /** A channel may not be named as another column, and needs a name. */
    private static Fate sample(TelemetrySample sample, ConsumerRecord<byte[], byte[]> committed) {
        for (String channel : sample.getAuxMap().keySet()) {
            if (channel.isEmpty()
                    || channel.startsWith("_")
                    || TelemetrySample.getDescriptor().findFieldByName(channel) != null) {
                return new Fate.DeadLetter("bad_identifier");
            }
        }
        return archived(sample.getSessionId(), List.of(row(sample, committed)));
    }

    private static Fate archived(long session, List<Map<String, @Nullable Object>> rows) {
        return new Fate.Archived("session=" + session, rows);
    }

    private static Map<String, @Nullable Object> row(TelemetrySample sample, ConsumerRecord<byte[], byte[]> committed) {
        Map<String, @Nullable Object> row = new HashMap<>();
        for (FieldDescriptor field : TelemetrySample.getDescriptor().getFields()) {
            // The session is the file's, not a row's.
            boolean isColumn = !field.isMapField() && !field.getName().equals("session_id");
            if (isColumn && (!field.hasPresence() || sample.hasField(field))) {
                Object value = sample.getField(field);
                row.put(field.getName(), value instanceof Integer number ? (Object) number.longValue() : value);
            }
        }
        row.putAll(sample.getAuxMap());
        row.put("_partition", (long) committed.partition());
        row.put("_offset", committed.offset());
        row.put("_timestamp", committed.timestamp() * 1000);
        return row;
    }
}
