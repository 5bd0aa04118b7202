package dev.alluvium.topology;

import dev.alluvium.batch.RotationSettings;
import dev.alluvium.decode.TelemetrySettings;
import dev.alluvium.proto.telemetry.v1.SessionEnd;
import dev.alluvium.proto.telemetry.v1.SessionStart;
import dev.alluvium.proto.telemetry.v1.TelemetryRecord;
import dev.alluvium.proto.telemetry.v1.TelemetrySample;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Telemetry for tests: the pipeline that archives it, and its records. */
final class Sessions {
    private Sessions() {}

    /** The fixture's pipeline, for telemetry with the keys of the specification. */
    static PipelineSettings pipeline(PipelineSettings like, RotationSettings rotation, int maxOpenGroups) {
        return new PipelineSettings(
                like.name(),
                like.enabled(),
                like.kafka(),
                like.source(),
                new DataSettings.Telemetry(new TelemetrySettings(TelemetrySettings.Form.ENVELOPE, true)),
                "telemetry/{session}.parquet",
                like.writer(),
                rotation,
                maxOpenGroups,
                like.deadLetterTopic(),
                like.manifestTopic(),
                like.threads(),
                like.cutOnShutdown(),
                like.metadata(),
                like.late());
    }

    static TelemetryRecord start(long session) {
        return TelemetryRecord.newBuilder()
                .setStart(SessionStart.newBuilder().setSessionId(session))
                .build();
    }

    static TelemetryRecord sample(long session, double time) {
        return sample(session, time, Map.of());
    }

    static TelemetryRecord sample(long session, double time, Map<String, Double> aux) {
        return TelemetryRecord.newBuilder()
                .setSample(TelemetrySample.newBuilder()
                        .setSessionId(session)
                        .setTime(time)
                        .putAllAux(aux))
                .build();
    }

    static TelemetryRecord end(long session) {
        return TelemetryRecord.newBuilder()
                .setEnd(SessionEnd.newBuilder().setSessionId(session))
                .build();
    }

    /** Sends records to partition 0 and returns when the broker has them all. */
    static void produce(ArchiveFixture fixture, TelemetryRecord... records) {
        try (KafkaProducer<byte[], byte[]> producer = fixture.producer()) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (TelemetryRecord record : records) {
                sent.add(producer.send(new ProducerRecord<>(fixture.topic, 0, null, record.toByteArray())));
            }
            sent.forEach(KafkaFutures::get);
        }
    }
}
