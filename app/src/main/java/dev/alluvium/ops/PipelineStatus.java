package dev.alluvium.ops;

import java.util.List;

/**
 * How one pipeline is at this moment.
 *
 * @param isReady whether it does its work: records are archived, or would be if there were any
 * @param causes why it is not ready, one line each, for operators; empty if there is nothing to say beyond the state
 */
public record PipelineStatus(String name, State state, boolean isReady, List<String> causes) {
    /** The life of a pipeline. */
    public enum State {
        STARTING,
        RUNNING,
        /** Reading has stopped until uploads catch up. */
        PAUSED,
        DRAINING,
        STOPPED,
        FAILED
    }

    public PipelineStatus {
        causes = List.copyOf(causes);
    }
}
