package dev.alluvium.read;

import java.util.List;

/**
 * One lap of a session.
 *
 * @param points by their time; those of one time in the order in which they were archived
 */
public record LapTelemetry(int lapNumber, List<TelemetryPoint> points) {
    public LapTelemetry {
        points = List.copyOf(points);
    }
}
