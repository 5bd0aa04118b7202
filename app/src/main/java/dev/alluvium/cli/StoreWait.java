package dev.alluvium.cli;

import dev.alluvium.storage.ObjectStore;
import dev.alluvium.storage.StorageException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for the store before anything is read: what waiting cannot mend ends the start at once. */
final class StoreWait {
    private static final Logger log = LoggerFactory.getLogger(StoreWait.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private StoreWait() {}

    /**
     * Returns when the store has passed its probe.
     *
     * @throws StorageException what the store last said, when the limit is over or waiting does not help
     */
    static void await(ObjectStore store, Duration limit, Clock clock) throws StorageException, InterruptedException {
        Instant end = clock.instant().plus(limit);
        boolean isTold = false;
        while (true) {
            try {
                store.probe();
                return;
            } catch (StorageException e) {
                if (!e.isRetryable() || !clock.instant().isBefore(end)) {
                    throw e;
                }
                if (!isTold) {
                    isTold = true;
                    log.atWarn()
                            .addKeyValue("cause", e.getMessage())
                            .addKeyValue("timeout", limit)
                            .log("waiting for the store");
                }
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
        }
    }
}
