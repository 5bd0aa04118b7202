package dev.alluvium.topology;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;

/** Collects what the checks find; a check that fails does not keep the others from running. */
final class Findings {
    private final List<Finding> all = new ArrayList<>();

    /** A check that may throw what Kafka and the start-up check throw. */
    @FunctionalInterface
    interface Check {
        void run();
    }

    void ok(String subject, String detail) {
        all.add(Finding.ok(subject, detail));
    }

    void warn(String subject, String detail, String action) {
        all.add(Finding.warn(subject, detail, action));
    }

    void fail(String subject, String detail, String action) {
        all.add(Finding.fail(subject, detail, action));
    }

    /**
     * Runs a check; whatever it throws is a finding.
     *
     * @param right what to do if the principal may not ask
     * @return whether it ran to its end
     */
    boolean attempt(String subject, String right, Check check) {
        try {
            check.run();
            return true;
        } catch (ArchiveStoppedException e) {
            fail(subject, String.valueOf(e.getMessage()), "");
        } catch (AuthorizationException e) {
            fail(subject, "not authorized: " + e.getMessage(), right);
        } catch (KafkaException e) {
            fail(subject, describe(e), "");
        } catch (RuntimeException e) {
            // Whatever it is, the other checks go on, and a run would not.
            fail(subject, Objects.requireNonNullElse(e.getMessage(), e.toString()), "");
        }
        return false;
    }

    /** A line for a person. */
    static String describe(RuntimeException failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root instanceof TimeoutException
                ? "no answer in time (" + root.getMessage() + ")"
                : root.getClass().getSimpleName() + ": " + root.getMessage();
    }

    /** What to do if there is no way to the cluster. */
    static String wayIn(RuntimeException failure) {
        if (failure instanceof AuthenticationException) {
            return "correct the credentials among the kafka properties (sasl.*, ssl.*)";
        }
        return failure instanceof TimeoutException
                ? "correct kafka.bootstrap.servers, or kafka.security.protocol if the listener wants another one, or let"
                        + " this machine through"
                : failure instanceof KafkaException ? "correct the kafka properties" : "";
    }

    List<Finding> all() {
        return List.copyOf(all);
    }
}
