package dev.alluvium.upload;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.alluvium.storage.StorageException;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class OutageTest {
    private static final Instant BEGIN = Instant.parse("2026-11-21T09:00:00Z");
    private final StorageException busy = new StorageException("busy", true);
    private final StorageException forbidden = new StorageException("forbidden", false);

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(Outage.class);
    private final Outage outage = new Outage();

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
    }

    @Test
    void warnsOnceAMinuteOfAStoreThatHealsByItself() {
        outage.failed(busy, 1, BEGIN);
        outage.failed(busy, 2, BEGIN.plusSeconds(59));
        outage.failed(busy, 2, BEGIN.plusSeconds(60));
        outage.passed(0, BEGIN.plusSeconds(61));

        assertThat(log.list)
                .extracting(event -> event.getLevel() + " " + event.getMessage())
                .containsExactly(
                        "WARN uploads fail and are tried again",
                        "WARN uploads fail and are tried again",
                        "INFO uploads work again");
    }

    @Test
    void saysAtOnceAndNoMoreThanOnceAMinuteThatSomebodyMustAct() {
        outage.failed(busy, 1, BEGIN);
        outage.failed(forbidden, 1, BEGIN.plusSeconds(1));
        outage.failed(forbidden, 2, BEGIN.plusSeconds(2));
        outage.failed(busy, 2, BEGIN.plusSeconds(3));
        outage.failed(forbidden, 2, BEGIN.plusSeconds(61));
        outage.passed(0, BEGIN.plusSeconds(62));
        outage.failed(forbidden, 1, BEGIN.plusSeconds(63));

        assertThat(log.list)
                .extracting(event -> event.getLevel() + " " + event.getMessage())
                .containsExactly(
                        "WARN uploads fail and are tried again",
                        "ERROR uploads fail until somebody acts",
                        "ERROR uploads fail until somebody acts",
                        "INFO uploads work again",
                        "ERROR uploads fail until somebody acts");
    }
}
