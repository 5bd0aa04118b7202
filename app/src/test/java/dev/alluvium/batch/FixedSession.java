package dev.alluvium.batch;

import dev.alluvium.proto.telemetry.v1.TelemetryLap;
import dev.alluvium.proto.telemetry.v1.TelemetrySample;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.StringJoiner;

/** The session of requirements 3.3: 10 laps of 90 s at 25 Hz in the twelve standard channels, always the same. */
final class FixedSession {
    static final int LAPS = 10;
    static final int SAMPLES_PER_LAP = 2_250;
    static final List<String> CHANNELS = List.of(
            "time",
            "distance",
            "lat",
            "long",
            "speed",
            "rpm",
            "throttle",
            "brake",
            "gear",
            "steering",
            "glat",
            "glong");
    /** Decimals that a logger writes, by channel. */
    private static final int[] DECIMALS = {2, 1, 6, 6, 1, 0, 0, 0, 0, 1, 2, 2};

    private FixedSession() {}

    /**
     * The values by lap, channel and sample.
     *
     * @param isRounded as a logger rounds, or to the full precision of a double
     */
    static double[][][] values(boolean isRounded) {
        Random noise = new Random(33);
        double[][][] session = new double[LAPS][CHANNELS.size()][SAMPLES_PER_LAP];
        double distance = 0;
        for (int lap = 0; lap < LAPS; lap++) {
            for (int i = 0; i < SAMPLES_PER_LAP; i++) {
                double turn = 2 * Math.PI * i / SAMPLES_PER_LAP;
                double pace = Math.sin(7 * turn) + 0.2 * Math.sin(31 * turn + lap);
                double speed = 150 + 70 * pace + noise.nextGaussian() * 0.3;
                distance += speed / 3.6 / 25;
                double gear = Math.max(2, Math.min(6, Math.floor(speed / 40)));
                double[] sample = {
                    i / 25.0,
                    distance,
                    50.33 + 0.01 * Math.sin(turn) + noise.nextGaussian() * 1e-6,
                    6.94 + 0.02 * Math.cos(turn) + noise.nextGaussian() * 1e-6,
                    speed,
                    speed / gear * 190 + noise.nextGaussian() * 15,
                    Math.max(0, Math.min(100, 60 + 90 * Math.cos(7 * turn))),
                    Math.max(0, Math.min(100, -90 * Math.cos(7 * turn) - 30)),
                    gear,
                    30 * Math.sin(5 * turn) + noise.nextGaussian() * 0.4,
                    1.5 * Math.sin(5 * turn) + noise.nextGaussian() * 0.05,
                    Math.cos(7 * turn) + noise.nextGaussian() * 0.05
                };
                for (int c = 0; c < sample.length; c++) {
                    double scale = Math.pow(10, DECIMALS[c]);
                    session[lap][c][i] = isRounded ? Math.round(sample[c] * scale) / scale : sample[c];
                }
            }
        }
        return session;
    }

    static List<TelemetrySample> samples(long session, double[][][] values) {
        List<TelemetrySample> samples = new ArrayList<>();
        for (int lap = 0; lap < values.length; lap++) {
            for (int i = 0; i < values[lap][0].length; i++) {
                TelemetrySample.Builder sample =
                        TelemetrySample.newBuilder().setSessionId(session).setLapNumber(lap + 1);
                for (int c = 0; c < CHANNELS.size(); c++) {
                    sample.setField(
                            TelemetrySample.getDescriptor().findFieldByName(CHANNELS.get(c)), values[lap][c][i]);
                }
                samples.add(sample.build());
            }
        }
        return samples;
    }

    static List<TelemetryLap> laps(long session, double[][][] values) {
        List<TelemetryLap> laps = new ArrayList<>();
        for (int lap = 0; lap < values.length; lap++) {
            TelemetryLap.Builder message =
                    TelemetryLap.newBuilder().setSessionId(session).setLapNumber(lap + 1);
            for (int c = 0; c < CHANNELS.size(); c++) {
                for (double value : values[lap][c]) {
                    message.addRepeatedField(TelemetryLap.getDescriptor().findFieldByName(CHANNELS.get(c)), value);
                }
            }
            laps.add(message.build());
        }
        return laps;
    }

    /** What the storage that Parquet replaces holds: per lap one array for each channel, without spaces. */
    static String json(double[][][] values) {
        StringJoiner laps = new StringJoiner(",", "[", "]");
        for (int lap = 0; lap < values.length; lap++) {
            StringJoiner channels = new StringJoiner(",", "{\"lapNumber\":" + (lap + 1) + ",", "}");
            for (int c = 0; c < CHANNELS.size(); c++) {
                StringJoiner array = new StringJoiner(",", "[", "]");
                for (double value : values[lap][c]) {
                    array.add(
                            value == Math.rint(value)
                                    ? Long.toString((long) value)
                                    : BigDecimal.valueOf(value).toPlainString());
                }
                channels.add("\"" + CHANNELS.get(c) + "\":" + array);
            }
            laps.add(channels.toString());
        }
        return laps.toString();
    }
}
