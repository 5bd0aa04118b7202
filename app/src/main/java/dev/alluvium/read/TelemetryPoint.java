package dev.alluvium.read;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One sample of all channels.
 *
 * @param time as it was sent, seconds by custom
 * @param channels what was measured, standard and auxiliary, in the order of the file's columns; a channel without a
 *     value is not in it
 */
public record TelemetryPoint(double time, Map<String, Double> channels) {
    public TelemetryPoint {
        channels = Collections.unmodifiableMap(new LinkedHashMap<>(channels));
    }
}
