package dev.alluvium.read;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A whole session, from however many files.
 *
 * @param laps by their numbers
 * @param auxiliaryChannels names of those that have a value anywhere, in the order of the files' columns
 */
public record SessionTelemetry(
        long sessionId, List<LapTelemetry> laps, List<String> auxiliaryChannels, Metadata metadata) {

    /**
     * What the session's markers said; null where they said nothing.
     *
     * @param importedAt ISO 8601
     * @param channelCount as it was sent, which need not be what there is
     * @param totalPoints as it was sent
     */
    public record Metadata(
            @Nullable String importedAt,
            @Nullable String sourceType,
            @Nullable Integer channelCount,
            @Nullable Long totalPoints) {}

    public SessionTelemetry {
        laps = List.copyOf(laps);
        auxiliaryChannels = List.copyOf(auxiliaryChannels);
    }
}
