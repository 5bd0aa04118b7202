package dev.alluvium.cli;

import dev.alluvium.demo.EmbeddedBroker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * A broker with an authorizer: on one port everybody may do everything, on the other one {@code alluvium} must log in and
 * may do what it was given. Commands of Kafka's tools that give rights and create topics are taken as they are printed.
 */
final class SecuredBroker implements AutoCloseable {
    private static final String HOST = "127.0.0.1:";

    private final EmbeddedBroker broker;
    private final String secured;
    final Admin admin;

    private SecuredBroker(EmbeddedBroker broker, String secured) {
        this.broker = broker;
        this.secured = secured;
        this.admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    static SecuredBroker start(Path folder) {
        int open = EmbeddedBroker.freePort();
        int secured = EmbeddedBroker.freePort();
        int controller = EmbeddedBroker.freePort();
        return new SecuredBroker(
                EmbeddedBroker.start(
                        folder,
                        open,
                        Map.ofEntries(
                                Map.entry(
                                        "listeners",
                                        "PLAINTEXT://" + HOST + open + ",SECURED://" + HOST + secured + ",CONTROLLER://"
                                                + HOST + controller),
                                Map.entry(
                                        "advertised.listeners",
                                        "PLAINTEXT://" + HOST + open + ",SECURED://" + HOST + secured),
                                Map.entry(
                                        "listener.security.protocol.map",
                                        "PLAINTEXT:PLAINTEXT,SECURED:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT"),
                                Map.entry("controller.quorum.voters", "1@" + HOST + controller),
                                Map.entry("listener.name.secured.sasl.enabled.mechanisms", "PLAIN"),
                                Map.entry(
                                        "listener.name.secured.plain.sasl.jaas.config",
                                        "org.apache.kafka.common.security.plain.PlainLoginModule required"
                                                + " user_alluvium=\"secret\";"),
                                Map.entry(
                                        "authorizer.class.name",
                                        "org.apache.kafka.metadata.authorizer.StandardAuthorizer"),
                                Map.entry("super.users", "User:ANONYMOUS"))),
                HOST + secured);
    }

    /** For those who may do everything. */
    String openServers() {
        return broker.bootstrapServers();
    }

    /** As a YAML mapping. */
    String securedProperties(String password) {
        return "bootstrap.servers: \"" + secured + "\", security.protocol: SASL_PLAINTEXT, sasl.mechanism: PLAIN,"
                + " sasl.jaas.config: 'org.apache.kafka.common.security.plain.PlainLoginModule required"
                + " username=\"alluvium\" password=\"" + password + "\";'";
    }

    void createTopics(List<NewTopic> topics) throws InterruptedException {
        broker.createTopics(topics);
    }

    /** What a {@code kafka-topics --create} would create. */
    static NewTopic topic(String command) {
        List<String> words = words(command, "kafka-topics", "--create");
        return new NewTopic(
                        option(words, "--topic").orElseThrow(),
                        option(words, "--partitions").map(Integer::valueOf),
                        Optional.empty())
                .configs(options(words, "--config").stream()
                        .map(it -> it.split("=", 2))
                        .collect(java.util.stream.Collectors.toMap(it -> it[0], it -> it[1])));
    }

    /** What a {@code kafka-acls --add} would add, one for each operation. */
    static List<AclBinding> bindings(String command) {
        List<String> words = words(command, "kafka-acls", "--add");
        PatternType pattern = option(words, "--resource-pattern-type")
                .map(it -> PatternType.fromString(it.toUpperCase(Locale.ROOT)))
                .orElse(PatternType.LITERAL);
        ResourcePattern resource = Arrays.stream(ResourceType.values())
                .flatMap(type -> option(
                                words,
                                "--" + type.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                        .stream()
                        .map(name -> new ResourcePattern(type, name, pattern)))
                .findFirst()
                .orElseThrow();
        String principal = option(words, "--allow-principal").orElseThrow();
        return options(words, "--operation").stream()
                .map(it -> AclOperation.fromString(it.replaceAll("(?<=[a-z])(?=[A-Z])", "_")))
                .map(it ->
                        new AclBinding(resource, new AccessControlEntry(principal, "*", it, AclPermissionType.ALLOW)))
                .toList();
    }

    private static List<String> words(String command, String tool, String verb) {
        List<String> words = List.of(command.split(" "));
        if (!words.get(0).equals(tool) || !words.contains(verb)) {
            throw new AssertionError("not a " + tool + " " + verb + ": " + command);
        }
        return words;
    }

    private static Optional<String> option(List<String> words, String name) {
        return options(words, name).stream().findFirst();
    }

    private static List<String> options(List<String> words, String name) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            if (words.get(i).equals(name)) {
                values.add(words.get(i + 1));
            }
        }
        return values;
    }

    void grant(List<AclBinding> rights) throws InterruptedException, ExecutionException {
        admin.createAcls(rights).all().get();
    }

    void revoke(AclBinding right) throws InterruptedException, ExecutionException {
        admin.deleteAcls(List.of(right.toFilter())).all().get();
    }

    void revokeAll() throws InterruptedException, ExecutionException {
        admin.deleteAcls(List.of(AclBindingFilter.ANY)).all().get();
    }

    @Override
    public void close() {
        admin.close();
        broker.close();
    }
}
