package dev.alluvium.topology;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The rights in Kafka that a pipeline needs, and no others. */
public final class KafkaRights {
    /** Stands for whoever runs Alluvium. */
    public static final String PRINCIPAL = "User:alluvium";

    private static final String SPECIAL = ".[]{}()^$?*+|\\";
    private static final String REPEATS = "?*{";

    private KafkaRights() {}

    /** Source topics first, then what the pipeline writes, then its group and its transactions. */
    public static List<Acl> of(ApplicationSettings application, PipelineSettings pipeline) {
        KafkaProperties properties = new KafkaProperties(application, pipeline);
        List<Acl> rights = new ArrayList<>(sources(pipeline.source()));
        if (pipeline.data() instanceof DataSettings.Deltas deltas && deltas.tablesTopic() != null) {
            rights.add(topic(deltas.tablesTopic(), Acl.Need.ALWAYS, "Read"));
        }
        String ledger = properties.ledgerTopic();
        rights.add(topic(ledger, Acl.Need.ALWAYS, "Read", "Write", "DescribeConfigs"));
        rights.add(topic(pipeline.manifestTopic(), Acl.Need.ALWAYS, "Write", "DescribeConfigs"));
        rights.add(topic(pipeline.deadLetterTopic(), Acl.Need.ALWAYS, "Write", "DescribeConfigs"));
        String id = properties.applicationId();
        rights.add(new Acl(Acl.Resource.GROUP, id, false, List.of("Read"), Acl.Need.ALWAYS));
        if (pipeline.source().start() instanceof StartPosition.Group old) {
            rights.add(new Acl(Acl.Resource.GROUP, old.id(), false, List.of("Describe"), Acl.Need.ALWAYS));
        }
        // Kafka Streams adds a random id and a number for each instance and thread.
        rights.add(new Acl(Acl.Resource.TRANSACTIONAL_ID, id + "-", true, List.of("Write"), Acl.Need.ALWAYS));
        rights.add(topic(ledger, Acl.Need.TO_CREATE, "Create", "Alter"));
        rights.add(topic(pipeline.manifestTopic(), Acl.Need.TO_CREATE, "Create"));
        rights.add(topic(pipeline.deadLetterTopic(), Acl.Need.TO_CREATE, "Create"));
        return rights;
    }

    private static List<Acl> sources(SourceSettings source) {
        Pattern pattern = source.pattern();
        if (pattern == null) {
            return source.topics().stream().map(topic -> source(topic, false)).toList();
        }
        String prefix = literalPrefix(pattern.pattern());
        return List.of(prefix.isEmpty() ? source(Acl.EVERY_NAME, false) : source(prefix, true));
    }

    private static Acl source(String name, boolean isPrefix) {
        return new Acl(Acl.Resource.TOPIC, name, isPrefix, List.of("Read", "DescribeConfigs"), Acl.Need.ALWAYS);
    }

    private static Acl topic(String name, Acl.Need need, String... operations) {
        return new Acl(Acl.Resource.TOPIC, name, false, List.of(operations), need);
    }

    /** What every name that matches begins with; empty if that cannot be seen at once. */
    static String literalPrefix(String regex) {
        if (regex.indexOf('|') >= 0) {
            return "";
        }
        StringBuilder prefix = new StringBuilder();
        int i = 0;
        while (i < regex.length()) {
            boolean isEscaped = regex.charAt(i) == '\\' && i + 1 < regex.length();
            char c = isEscaped ? regex.charAt(i + 1) : regex.charAt(i);
            int next = i + (isEscaped ? 2 : 1);
            boolean isLiteral = isEscaped ? !Character.isLetterOrDigit(c) : SPECIAL.indexOf(c) < 0;
            boolean isRepeated = next < regex.length() && REPEATS.indexOf(regex.charAt(next)) >= 0;
            if (!isLiteral || isRepeated) {
                break;
            }
            prefix.append(c);
            i = next;
        }
        return prefix.toString();
    }
}
