package dev.alluvium.crash;

import com.google.protobuf.MessageLite;
import dev.alluvium.proto.telemetry.v1.SessionEnd;
import dev.alluvium.proto.telemetry.v1.SessionMetadata;
import dev.alluvium.proto.telemetry.v1.SessionStart;
import dev.alluvium.proto.telemetry.v1.TelemetryRecord;
import dev.alluvium.proto.telemetry.v1.TelemetrySample;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Telemetry by chance: some sessions at once in every partition, most of them closed by an end marker, some left without
 * one, some with samples that come late; one record in a hundred is bad. Equal seeds give equal records. Not thread
 * safe.
 */
final class TelemetryRecords implements TrafficSource {
    private static final int SESSIONS_AT_ONCE = 3;
    private static final long FIRST_DAY_MS = 1_770_000_000_000L;

    private final String topic;
    private final Random random;
    private final Map<Integer, List<Session>> open = new HashMap<>();
    private final Map<Integer, Session> closed = new HashMap<>();
    private long sessions;
    private long count;

    private static final class Session {
        final long id;
        int left;
        int sent;

        Session(long id, int left) {
            this.id = id;
            this.left = left;
        }
    }

    TelemetryRecords(String topic, long seed) {
        this.topic = topic;
        this.random = new Random(seed);
    }

    @Override
    public ProducerRecord<byte[], byte[]> next(int partition) {
        count++;
        List<Session> here = open.computeIfAbsent(partition, p -> new ArrayList<>());
        while (here.size() < SESSIONS_AT_ONCE) {
            here.add(new Session(++sessions, 50 + random.nextInt(400)));
        }
        Session late = closed.get(partition);
        Session session = late != null && random.nextInt(200) == 0 ? late : here.get(random.nextInt(here.size()));
        byte @Nullable [] value = random.nextInt(100) == 0 ? bad(session) : next(session, here, partition);
        byte[] key = Long.toString(session.id).getBytes(StandardCharsets.UTF_8);
        return new ProducerRecord<>(topic, partition, FIRST_DAY_MS + count * 5, key, value);
    }

    private byte[] next(Session session, List<Session> here, int partition) {
        TelemetryRecord.Builder telemetry = TelemetryRecord.newBuilder();
        if (session.sent++ == 0) {
            return telemetry
                    .setStart(SessionStart.newBuilder().setSessionId(session.id).setMetadata(metadata()))
                    .build()
                    .toByteArray();
        }
        if (session.left-- == 0) {
            here.remove(session);
            closed.put(partition, session);
            if (random.nextInt(5) > 0) {
                return telemetry
                        .setEnd(SessionEnd.newBuilder().setSessionId(session.id))
                        .build()
                        .toByteArray();
            }
        }
        return telemetry.setSample(sample(session)).build().toByteArray();
    }

    private static SessionMetadata metadata() {
        return SessionMetadata.newBuilder()
                .setImportedAt("2026-02-02T00:00:00Z")
                .setSourceType("vbo")
                .addAuxiliaryChannels("oil")
                .build();
    }

    private TelemetrySample sample(Session session) {
        TelemetrySample.Builder sample = TelemetrySample.newBuilder()
                .setSessionId(session.id)
                .setLapNumber(1 + session.sent / 100)
                .setTime(session.sent * 0.04)
                .setSeq(session.sent)
                .setLat(50 + random.nextDouble())
                .setLong(6 + random.nextDouble());
        if (random.nextInt(3) > 0) {
            sample.setSpeed(random.nextInt(3000) / 10.0).setRpm(random.nextInt(9000));
        }
        if (random.nextInt(3) > 0) {
            sample.putAux("oil", random.nextInt(1500) / 10.0);
        }
        // A channel that not every file of a session has from its first row on.
        if (random.nextInt(150) == 0) {
            sample.putAux("tyre_" + random.nextInt(2), random.nextDouble());
        }
        return sample.build();
    }

    private byte @Nullable [] bad(Session session) {
        return switch (random.nextInt(4)) {
            case 0 -> null;
            case 2 ->
                TelemetryRecord.newBuilder()
                        .setSample(sample(session).toBuilder().putAux(random.nextBoolean() ? "" : "speed", 1))
                        .build()
                        .toByteArray();
            case 1 ->
                truncated(
                        TelemetryRecord.newBuilder().setSample(sample(session)).build());
            default -> TelemetryRecord.getDefaultInstance().toByteArray();
        };
    }

    private static byte[] truncated(MessageLite message) {
        byte[] bytes = message.toByteArray();
        return Arrays.copyOf(bytes, bytes.length - 1);
    }
}
