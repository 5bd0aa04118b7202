package dev.alluvium.topology;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for Kafka before anything starts, so that a wrong address is seen at once. With several Kafkas one that answers
 * is enough: the pipelines of the others heal when theirs do.
 */
final class FirstContact {
    private static final Logger log = LoggerFactory.getLogger(FirstContact.class);
    /** Nobody wants to read of a broker that is a moment late. */
    private static final Duration QUIET = Duration.ofSeconds(3);

    private static final Duration LOOK = Duration.ofMillis(50);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final List<KafkaProperties> kafkas;
    private final Clock clock;

    FirstContact(List<KafkaProperties> pipelines, Clock clock) {
        Map<Map<String, Object>, KafkaProperties> distinct = new LinkedHashMap<>();
        for (KafkaProperties pipeline : pipelines) {
            Map<String, Object> identity = new HashMap<>(pipeline.client());
            identity.remove(AdminClientConfig.CLIENT_ID_CONFIG);
            distinct.putIfAbsent(identity, pipeline);
        }
        this.kafkas = List.copyOf(distinct.values());
        this.clock = clock;
    }

    /**
     * Returns when a Kafka has answered.
     *
     * @throws ArchiveStoppedException if none has within the limit, or all refuse; its message names the setting
     */
    void await(Duration limit) throws InterruptedException {
        List<Contact> contacts =
                kafkas.stream().map(kafka -> new Contact(kafka, limit)).toList();
        try {
            await(contacts, limit);
        } finally {
            contacts.forEach(Contact::close);
        }
    }

    private void await(List<Contact> contacts, Duration limit) throws InterruptedException {
        Instant begin = clock.instant();
        boolean isTold = false;
        while (!contacts.isEmpty()) {
            Instant now = clock.instant();
            List<String> refusals = new ArrayList<>();
            for (Contact contact : contacts) {
                if (contact.hasAnswered(now)) {
                    return;
                }
                contact.refusal().ifPresent(refusals::add);
            }
            Duration waited = Duration.between(begin, now);
            if (refusals.size() == contacts.size()) {
                throw new ArchiveStoppedException(refusals.get(0));
            }
            if (waited.compareTo(limit) >= 0) {
                throw new ArchiveStoppedException(
                        refusals.isEmpty() ? contacts.get(0).complaint(limit) : refusals.get(0));
            }
            if (!isTold && waited.compareTo(QUIET) >= 0) {
                isTold = true;
                log.atWarn()
                        .addKeyValue("servers", contacts.get(0).kafka.servers())
                        .addKeyValue("timeout", limit)
                        .log("waiting for Kafka: no broker of "
                                + contacts.get(0).kafka.serversSetting() + " answers");
            }
            TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
        }
    }

    /** The way to one Kafka: asked again until it answers, or says that it never will. */
    private static final class Contact {
        private final KafkaProperties kafka;
        private final Map<String, Object> properties;
        private @Nullable Admin admin;
        private @Nullable KafkaFuture<String> answer;
        private @Nullable String refusal;
        private Instant nextTry = Instant.MIN;
        private boolean isUnresolved;

        private Contact(KafkaProperties kafka, Duration limit) {
            this.kafka = kafka;
            long requestMs = Math.max(1000, Math.min(limit.toMillis(), 10_000));
            this.properties = new HashMap<>(kafka.client());
            properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) requestMs);
            properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int)
                    Math.min(Integer.MAX_VALUE, limit.toMillis() + requestMs));
        }

        private boolean hasAnswered(Instant now) throws InterruptedException {
            KafkaFuture<String> asked = answer;
            if (asked == null) {
                if (refusal == null && !now.isBefore(nextTry)) {
                    nextTry = now.plus(RETRY);
                    ask();
                }
                return false;
            }
            return asked.isDone() && isAnswer(asked);
        }

        private void ask() {
            try {
                Admin asking = Admin.create(properties);
                admin = asking;
                answer = asking.describeCluster().clusterId();
            } catch (KafkaException e) {
                Throwable cause = e;
                while (cause.getCause() != null) {
                    cause = cause.getCause();
                }
                isUnresolved = Fault.isUnresolved(cause);
                if (!isUnresolved) {
                    refusal = kafka.section() + ": " + Fault.firstLine(cause) + "; correct the property";
                }
            }
        }

        private boolean isAnswer(KafkaFuture<String> asked) throws InterruptedException {
            try {
                asked.get();
                return true;
            } catch (ExecutionException e) {
                if (e.getCause() instanceof AuthenticationException cause) {
                    refusal = Fault.refused(kafka, cause);
                } else if (!(e.getCause() instanceof TimeoutException)) {
                    return true; // it said something
                }
                close();
                return false;
            }
        }

        private Optional<String> refusal() {
            return Optional.ofNullable(refusal);
        }

        private String complaint(Duration waited) {
            return isUnresolved
                    ? Fault.unresolved(kafka)
                    : kafka.serversSetting() + ": no broker answered at " + kafka.servers() + " within "
                            + waited.toString().substring(2).toLowerCase(Locale.ROOT)
                            + "; correct the address, or security.protocol if the listener wants another one, or start the"
                            + " broker (startup.timeout says how long to wait)";
        }

        private void close() {
            Admin asking = admin;
            admin = null;
            answer = null;
            if (asking != null) {
                asking.close(Duration.ZERO);
            }
        }
    }
}
