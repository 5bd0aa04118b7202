package dev.alluvium.topology;

import dev.alluvium.batch.SpoolException;
import dev.alluvium.schema.SchemaSourceException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How often a pipeline has failed since it last ran well, and how long it waits therefore. The supervisor's. */
final class FaultCount {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

    /** A run that takes so long was well, whatever ended it. */
    private static final Duration LONG_RUN = Duration.ofMinutes(10);

    private int count;

    /**
     * Counts what ended a run.
     *
     * @param ran how long the run read; null if it did not come to read at all
     */
    void add(Throwable thrown, @Nullable Duration ran) {
        boolean wasWell = ran != null && (!isOfWhatHalfWorks(thrown) || ran.compareTo(LONG_RUN) >= 0);
        count = wasWell ? 1 : count + 1;
    }

    /** A spool takes a little each time, a registry may lack but one schema: that it ran for a while says nothing. */
    private static boolean isOfWhatHalfWorks(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof SpoolException || t instanceof SchemaSourceException) {
                return true;
            }
        }
        return false;
    }

    int count() {
        return count;
    }

    /** A second after the first fault, then twice as long each time, at most a minute. */
    Duration pause() {
        Duration pause = FIRST_PAUSE;
        for (int i = 1; i < count && pause.compareTo(LONGEST_PAUSE) < 0; i++) {
            pause = pause.multipliedBy(2);
        }
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }
}
