package dev.alluvium.demo;

import java.util.List;

/**
 * How an archive compares with what was produced.
 *
 * @param strangers files in the archive that belong to no pipeline, by path
 */
public record Comparison(List<Pipeline> pipelines, List<String> strangers) {
    public Comparison {
        pipelines = List.copyOf(pipelines);
        strangers = List.copyOf(strangers);
    }

    /** Whether every record is where it belongs, exactly once and with its exact contents. */
    public boolean isEqual() {
        return strangers.isEmpty()
                && pipelines.stream()
                        .allMatch(pipeline -> pipeline.differences().isEmpty());
    }

    /**
     * The archive of one pipeline.
     *
     * @param recordsIn records that carry data, good or bad; marks of a session's start or end are not counted
     * @param rows in all files
     * @param files that lie in the pipeline's folder
     * @param bytes of these files
     * @param deadLetters records that the archive set aside
     * @param sourceBytes protobuf bytes of all records, without keys
     * @param seconds from the start of the archive until the last record was in a file
     * @param differences what is wrong, for people; empty when all agrees
     */
    public record Pipeline(
            String name,
            long recordsIn,
            long rows,
            long files,
            long bytes,
            long deadLetters,
            long sourceBytes,
            double seconds,
            List<String> differences) {
        public Pipeline {
            differences = List.copyOf(differences);
        }

        /** Protobuf bytes per byte of file; 0 without files. */
        public double ratio() {
            return bytes == 0 ? 0 : (double) sourceBytes / bytes;
        }

        public double recordsPerSecond() {
            return seconds == 0 ? 0 : recordsIn / seconds;
        }
    }
}
