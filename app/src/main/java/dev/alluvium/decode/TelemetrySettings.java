package dev.alluvium.decode;

/**
 * How telemetry records become rows.
 *
 * @param form what a record's value is
 * @param coordinates whether the Kafka coordinates follow the standard columns
 */
public record TelemetrySettings(Form form, boolean coordinates) {

    /** The message types of a telemetry topic. */
    public enum Form {
        /** {@code alluvium.telemetry.v1.TelemetryRecord}: a sample, a lap, or a marker that starts or ends a session. */
        ENVELOPE,
        /** {@code alluvium.telemetry.v1.TelemetrySample}, without markers. */
        SAMPLE,
        /** {@code alluvium.telemetry.v1.TelemetryLap}: one array per channel, without markers. */
        LAP
    }
}
