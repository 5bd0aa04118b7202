package dev.alluvium.topology;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * All that one process needs to know.
 *
 * @param name prefix of every pipeline's Kafka application id
 * @param kafka properties for every client, as Kafka spells them
 * @param memoryBudgetBytes Arrow buffers, pages and uploads of the process
 * @param stateDirectory Kafka Streams' own files; holds nothing that cannot be lost
 * @param spool where files grow before they are uploaded; never inside the state directory
 * @param spoolLimitBytes disk that the spool may take; consumption pauses before it is reached
 * @param uploadThreads uploads at once
 * @param drainTimeout how long a shutdown waits for uploads that are under way
 */
public record ApplicationSettings(
        String name,
        Map<String, String> kafka,
        long memoryBudgetBytes,
        Path stateDirectory,
        Path spool,
        long spoolLimitBytes,
        int uploadThreads,
        Duration drainTimeout,
        List<PipelineSettings> pipelines) {
    public ApplicationSettings {
        kafka = Map.copyOf(kafka);
        pipelines = List.copyOf(pipelines);
    }

    /** Without what may hold secrets. */
    @Override
    public String toString() {
        return "application[" + name + " with " + pipelines.size() + " pipelines" + "]";
    }
}
