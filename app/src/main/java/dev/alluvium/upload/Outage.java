package dev.alluvium.upload;

import dev.alluvium.storage.StorageException;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Tells of a store that fails: once when it begins, once when it turns out that it does not heal by itself, once a minute
 * while it lasts, and once when it is over, however many files wait. Thread safe.
 */
final class Outage {
    private static final Logger log = LoggerFactory.getLogger(Outage.class);
    private static final Duration REPEAT = Duration.ofMinutes(1);

    private long failures;
    private boolean isPermanent;
    private Instant begin = Instant.MIN;
    private Instant told = Instant.MIN;

    /** An upload failed. */
    synchronized void failed(StorageException fault, int filesWaiting, Instant now) {
        boolean isWorse = !fault.isRetryable() && !isPermanent;
        isPermanent |= isWorse;
        if (failures++ == 0) {
            begin = now;
        } else if (!isWorse && Duration.between(told, now).compareTo(REPEAT) < 0) {
            return;
        }
        told = now;
        log.atLevel(fault.isRetryable() ? Level.WARN : Level.ERROR)
                .addKeyValue("cause", fault.getMessage())
                .addKeyValue("failures", failures)
                .addKeyValue("files", filesWaiting)
                .setCause(log.isDebugEnabled() ? fault : null)
                .log(fault.isRetryable() ? "uploads fail and are tried again" : "uploads fail until somebody acts");
    }

    /** A file that failed before is through, or called off. */
    synchronized void passed(int filesWaiting, Instant now) {
        if (filesWaiting == 0 && failures > 0) {
            log.atInfo()
                    .addKeyValue("failures", failures)
                    .addKeyValue("seconds", Duration.between(begin, now).toSeconds())
                    .log("uploads work again");
            failures = 0;
            isPermanent = false;
        }
    }
}
