package dev.alluvium.demo;

import dev.alluvium.proto.telemetry.v1.SessionEnd;
import dev.alluvium.proto.telemetry.v1.SessionMetadata;
import dev.alluvium.proto.telemetry.v1.SessionStart;
import dev.alluvium.proto.telemetry.v1.TelemetryRecord;
import dev.alluvium.proto.telemetry.v1.TelemetrySample;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * Telemetry of racing sessions at 25 Hz, about 190 bytes a sample: twelve channels rounded as loggers do, two to four
 * auxiliary channels, holes in the GPS. Twelve sessions run at once and take turns; each is opened by a start marker
 * before its first sample and closed by an end marker after its last. Sample {@code i} depends on {@code i}, the seed and
 * the length of a session alone. Not thread safe.
 */
public final class TelemetryData implements DataSet {
    /** 2026-02-03T08:00:00Z. */
    private static final long START_MS = 1_770_105_600_000L;

    private static final int SESSIONS_AT_ONCE = 12;
    private static final int FIRST_SESSION = 1_001;
    private static final int LAPS = 10;
    private static final List<String> AUX =
            List.of("oil_temp", "water_temp", "fuel_level", "battery_volts", "tyre_fl", "tyre_fr", "boost");
    private static final Map<String, ToDoubleFunction<TelemetrySample>> CHANNELS = Map.ofEntries(
            Map.entry("time", TelemetrySample::getTime),
            Map.entry("distance", TelemetrySample::getDistance),
            Map.entry("lat", TelemetrySample::getLat),
            Map.entry("long", TelemetrySample::getLong),
            Map.entry("speed", TelemetrySample::getSpeed),
            Map.entry("rpm", TelemetrySample::getRpm),
            Map.entry("throttle", TelemetrySample::getThrottle),
            Map.entry("brake", TelemetrySample::getBrake),
            Map.entry("gear", TelemetrySample::getGear),
            Map.entry("steering", TelemetrySample::getSteering),
            Map.entry("glat", TelemetrySample::getGlat),
            Map.entry("glong", TelemetrySample::getGlong));

    private final long seed;
    private final int samplesPerSession;
    private final long badEvery;

    /**
     * @param samplesPerSession how long a session is
     * @param badEvery every so many records one that belongs in the dead letters; 0 for none
     */
    public TelemetryData(long seed, int samplesPerSession, long badEvery) {
        if (samplesPerSession < 1 || badEvery < 0) {
            throw new IllegalArgumentException("samplesPerSession " + samplesPerSession + ", badEvery " + badEvery);
        }
        this.seed = seed;
        this.samplesPerSession = samplesPerSession;
        this.badEvery = badEvery;
    }

    @Override
    public Layout layout() {
        return Layout.TELEMETRY;
    }

    @Override
    public void produce(long index, Output output, Expectation expectation) {
        long session = session(index);
        long seq = seq(index);
        byte[] key = Long.toString(session).getBytes(StandardCharsets.UTF_8);
        long timestampMs = timestampMs(index);
        if (seq == 0) {
            mark(output, key, start(session), timestampMs, expectation);
        }
        TelemetrySample sample = sample(index);
        byte[] value = TelemetryRecord.newBuilder().setSample(sample).build().toByteArray();
        if (isBad(index)) {
            byte[] torn = Arrays.copyOf(value, value.length - 3);
            output.send(key, torn, timestampMs);
            expectation.addBadRecord(torn.length);
        } else {
            Position position = output.send(key, value, timestampMs);
            expectation.addRecord(value.length);
            expect(sample, timestampMs, position, expectation);
        }
        if (seq == samplesPerSession - 1) {
            mark(output, key, end(session), timestampMs, expectation);
        }
    }

    /** Whether the record of that index belongs in the dead letters. */
    public boolean isBad(long index) {
        return badEvery > 0 && index % badEvery == badEvery - 1;
    }

    /** The session that the sample of an index belongs to. */
    public long session(long index) {
        long round = index / ((long) SESSIONS_AT_ONCE * samplesPerSession);
        return FIRST_SESSION + round * SESSIONS_AT_ONCE + index % SESSIONS_AT_ONCE;
    }

    private long seq(long index) {
        return index / SESSIONS_AT_ONCE % samplesPerSession;
    }

    /** The record's time, epoch milliseconds. */
    public long timestampMs(long index) {
        return START_MS + index / SESSIONS_AT_ONCE * 40;
    }

    /** The sample of an index. */
    public TelemetrySample sample(long index) {
        SplittableRandom random = new SplittableRandom(seed ^ index * 0xD1B54A32D192ED03L);
        long session = session(index);
        long seq = seq(index);
        int samplesPerLap = Math.max(1, samplesPerSession / LAPS);
        long withinLap = seq % samplesPerLap;
        double phase = 2 * Math.PI * withinLap / samplesPerLap;
        double sine = StrictMath.sin(phase);
        double cosine = StrictMath.cos(phase);
        double speed = 140 + 60 * sine + random.nextInt(50) / 10.0;
        TelemetrySample.Builder sample = TelemetrySample.newBuilder()
                .setSessionId(session)
                .setLapNumber((int) (1 + seq / samplesPerLap))
                .setTime(seq * 4 / 100.0)
                .setDistance(rounded(seq * 1.55, 10))
                .setSpeed(rounded(speed, 10))
                .setRpm(Math.rint(speed * 38))
                .setThrottle(Math.rint(Math.max(0, 100 * cosine)))
                .setBrake(Math.rint(Math.max(0, -60 * cosine)))
                .setGear(Math.rint(2 + speed / 50))
                .setSteering(rounded(90 * StrictMath.sin(3 * phase), 10))
                .setGlat(rounded(1.8 * StrictMath.sin(3 * phase), 100))
                .setGlong(rounded(0.9 * cosine, 100))
                .setSeq(seq);
        if (random.nextInt(100) != 0) {
            sample.setLat(rounded(47.5 + sine / 100, 1_000_000)).setLong(rounded(19.2 + cosine / 100, 1_000_000));
        }
        List<String> aux = auxiliaryChannels(session);
        for (int i = 0; i < aux.size(); i++) {
            if (seq == 0 || random.nextInt(40) != 0) {
                sample.putAux(aux.get(i), rounded(60 + 10 * i + 5 * sine + random.nextInt(5) / 10.0, 10));
            }
        }
        return sample.build();
    }

    /** Never the negative zero, which prints as zero and is another double. */
    private static double rounded(double value, int parts) {
        return Math.rint(value * parts) / parts + 0.0;
    }

    private static List<String> auxiliaryChannels(long session) {
        int first = (int) (session % 4);
        return AUX.subList(first, first + 2 + (int) (session % 3 % 2) + (int) (session % 2));
    }

    private static void mark(
            Output output, byte[] key, TelemetryRecord marker, long timestampMs, Expectation expectation) {
        byte[] value = marker.toByteArray();
        output.send(key, value, timestampMs);
        expectation.addMarker(value.length);
    }

    private static TelemetryRecord start(long session) {
        List<String> aux = auxiliaryChannels(session);
        return TelemetryRecord.newBuilder()
                .setStart(SessionStart.newBuilder()
                        .setSessionId(session)
                        .setMetadata(SessionMetadata.newBuilder()
                                .setImportedAt("2026-02-03T08:00:00Z")
                                .setSourceType(session % 2 == 0 ? "vbo" : "bosch")
                                .setChannelCount(CHANNELS.size() + aux.size())
                                .addAllAuxiliaryChannels(aux)))
                .build();
    }

    private TelemetryRecord end(long session) {
        return TelemetryRecord.newBuilder()
                .setEnd(SessionEnd.newBuilder()
                        .setSessionId(session)
                        .setMetadata(SessionMetadata.newBuilder().setTotalPoints(samplesPerSession)))
                .build();
    }

    private static void expect(TelemetrySample sample, long timestampMs, Position position, Expectation expectation) {
        long session = sample.getSessionId();
        TableTally tally = expectation.table(Long.toString(session), () -> tally(session));
        tally.startRow(Long.toString(sample.getSeq()));
        tally.set("lap_number", Integer.toString(sample.getLapNumber()));
        CHANNELS.forEach((name, channel) -> {
            if (sample.hasLat() || !(name.equals("lat") || name.equals("long"))) {
                tally.set(name, ColumnKind.textOf(channel.applyAsDouble(sample)));
            }
        });
        sample.getAuxMap().forEach((name, value) -> tally.set(name, ColumnKind.textOf(value)));
        tally.set("seq", Long.toString(sample.getSeq()));
        tally.set("_partition", Integer.toString(position.partition()));
        tally.set("_offset", Long.toString(position.offset()));
        tally.set("_timestamp", Long.toString(timestampMs * 1_000));
    }

    private static TableTally tally(long session) {
        TableTally tally = new TableTally().column("lap_number", ColumnKind.INT32);
        CHANNELS.keySet().forEach(name -> tally.column(name, ColumnKind.DOUBLE));
        auxiliaryChannels(session).forEach(name -> tally.column(name, ColumnKind.DOUBLE));
        return tally.column("seq", ColumnKind.INT64)
                .optionalColumn("_partition", ColumnKind.INT32)
                .optionalColumn("_offset", ColumnKind.INT64)
                .optionalColumn("_timestamp", ColumnKind.TIME);
    }
}
