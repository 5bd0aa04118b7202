package dev.alluvium.topology;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclOperation;

/**
 * Rights that the principal of a pipeline needs on one resource of Kafka.
 *
 * @param name of the resource, or the beginning of its name
 * @param isPrefix whether the rights are on every resource whose name begins so
 * @param operations as Kafka's tools spell them; Describe comes with Read, Write and Alter
 * @param need when they are needed
 */
public record Acl(Resource resource, String name, boolean isPrefix, List<String> operations, Need need) {
    static final String EVERY_NAME = "*";

    /** What a shell takes as it is; the name of a group may be anything. */
    private static final Pattern PLAIN = Pattern.compile("[\\w./:-]+");

    /** What rights are given on. */
    public enum Resource {
        TOPIC,
        GROUP,
        TRANSACTIONAL_ID;

        private String option() {
            return "--" + name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** When rights are needed. */
    public enum Need {
        ALWAYS,
        /** Only to create the topic if it is missing, and to grow it. */
        TO_CREATE
    }

    public Acl {
        operations = List.copyOf(operations);
    }

    /**
     * The command that gives the rights.
     *
     * @param principal as in {@code User:alluvium}
     */
    public String command(KafkaTools tools, String principal) {
        return tools.command("kafka-acls") + " --add --allow-principal " + principal
                + operations.stream().map(it -> " --operation " + it).collect(Collectors.joining())
                + (isPrefix ? " --resource-pattern-type prefixed " : " ")
                + resource.option()
                + " "
                + (PLAIN.matcher(name).matches() ? name : "'" + name.replace("'", "'\\''") + "'");
    }

    boolean covers(Resource kind, String resourceName) {
        return kind == resource
                && (isPrefix ? resourceName.startsWith(name) : name.equals(EVERY_NAME) || name.equals(resourceName));
    }

    /** Those of the operations that are not among the given ones. */
    List<String> missingFrom(java.util.Collection<AclOperation> granted) {
        return operations.stream()
                .filter(operation -> granted.stream()
                        .noneMatch(it -> it.name().replace("_", "").equalsIgnoreCase(operation)))
                .toList();
    }
}
