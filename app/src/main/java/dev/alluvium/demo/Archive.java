package dev.alluvium.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * The archiving application as the demo sees it: the pipelines {@code deltas} and {@code telemetry} over topics of the
 * demo's broker. All methods are called from one thread.
 */
public interface Archive extends AutoCloseable {

    /** Begins to archive; returns without waiting for it. */
    void start() throws Exception;

    /**
     * Rows in finished files of a pipeline so far; never goes down.
     *
     * @throws IllegalStateException when the pipeline has failed and will not go on by itself
     */
    long rowsArchived(String pipeline);

    /** Records of a pipeline that were sent to the dead letters so far. */
    long deadLetters(String pipeline);

    /** Finishes the files of all that was read, and waits for that up to a limit. Called after the last record is read. */
    void drain(Duration limit) throws Exception;

    /** Stops the application. */
    @Override
    void close();

    /** Makes the application; it does nothing yet. */
    interface Factory {
        Archive open(Site site) throws Exception;
    }

    /**
     * Where the application works. All topics exist.
     *
     * @param archiveFolder base of the object store: the keys of a pipeline begin with its name and a slash
     * @param workFolder for state and spool
     * @param topics by name of the pipeline
     * @param deadLetterTopic of both pipelines
     * @param manifestTopic of both pipelines
     */
    record Site(
            String bootstrapServers,
            Path archiveFolder,
            Path workFolder,
            Map<String, String> topics,
            String deadLetterTopic,
            String manifestTopic) {
        public Site {
            topics = Map.copyOf(topics);
        }
    }
}
