package dev.alluvium.topology;

import dev.alluvium.batch.BrokenPromiseException;
import dev.alluvium.batch.SpoolException;
import dev.alluvium.decode.LostSchemaException;
import dev.alluvium.decode.SchemaDecisionException;
import dev.alluvium.schema.SchemaSourceException;
import java.util.Objects;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.NetworkException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.jspecify.annotations.Nullable;

/**
 * What ended a run of a pipeline, as operators need to know it.
 *
 * @param line what is wrong and what to do, in one line
 */
record Fault(Kind kind, String line) {
    enum Kind {
        /** Somebody must decide something first. */
        FINAL,
        /** Schemas that records were decided with are not known here: expected once, after which they are read anew. */
        SCHEMA_LOST,
        /** A source topic is not there yet. */
        TOPIC_MISSING,
        /** Kafka, the disk or a schema registry, which heal: the line says it all. */
        EXPECTED,
        /** Anything else: whoever looks into it needs the stack trace. */
        UNEXPECTED
    }

    /** How Kafka's clients say that no host name of the address resolves: the name service may be what is down. */
    private static final String UNRESOLVED = "No resolvable bootstrap";

    static Fault of(Throwable thrown, KafkaProperties kafka) {
        Throwable root = thrown;
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            root = t;
            Fault known = known(t, kafka);
            if (known != null) {
                return known;
            }
        }
        return new Fault(Kind.UNEXPECTED, root.getClass().getSimpleName() + ": " + root.getMessage());
    }

    private static @Nullable Fault known(Throwable t, KafkaProperties kafka) {
        String message = firstLine(t);
        if (t instanceof ArchiveStoppedException
                || t instanceof BrokenPromiseException
                || t instanceof SchemaDecisionException) {
            return new Fault(Kind.FINAL, message);
        }
        if (t instanceof LostSchemaException) {
            return new Fault(Kind.SCHEMA_LOST, message);
        }
        if (t instanceof ConfigException) {
            return message.contains(UNRESOLVED)
                    ? new Fault(Kind.EXPECTED, unresolved(kafka) + "; it is tried again")
                    : new Fault(Kind.FINAL, kafka.section() + ": " + message + "; correct the property");
        }
        if (t instanceof TopicMissingException) {
            return new Fault(Kind.TOPIC_MISSING, message);
        }
        if (t instanceof SpoolException || t instanceof SchemaSourceException) {
            return new Fault(Kind.EXPECTED, message);
        }
        if (t instanceof AuthenticationException) {
            return new Fault(Kind.EXPECTED, refused(kafka, t));
        }
        if (t instanceof AuthorizationException) {
            return new Fault(Kind.EXPECTED, kafka.section() + ": not allowed: " + message + "; grant it to this user");
        }
        if (t instanceof MissingSourceTopicException) {
            return new Fault(Kind.EXPECTED, "a source topic is gone: " + message);
        }
        if (t instanceof TimeoutException || t instanceof DisconnectException || t instanceof NetworkException) {
            return new Fault(
                    Kind.EXPECTED,
                    kafka.serversSetting() + ": no answer from " + kafka.servers() + ": " + message
                            + "; it is tried again");
        }
        return t instanceof RetriableException ? new Fault(Kind.EXPECTED, "Kafka: " + message) : null;
    }

    static String unresolved(KafkaProperties kafka) {
        return kafka.serversSetting() + ": no host name in " + kafka.servers()
                + " resolves; correct the address or the name service";
    }

    static String refused(KafkaProperties kafka, Throwable e) {
        return kafka.section() + ": " + kafka.servers() + " refuses the connection: " + firstLine(e)
                + "; correct security.protocol, sasl.* and ssl.* there";
    }

    static boolean isUnresolved(Throwable e) {
        return firstLine(e).contains(UNRESOLVED);
    }

    static String firstLine(Throwable t) {
        return Objects.requireNonNullElse(t.getMessage(), "")
                .lines()
                .findFirst()
                .orElseGet(() -> t.getClass().getSimpleName());
    }
}
