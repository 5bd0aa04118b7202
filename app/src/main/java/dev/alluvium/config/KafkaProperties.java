package dev.alluvium.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Properties for Kafka's clients: passed through, except those that the guarantee or another setting decides. */
final class KafkaProperties {
    private static final String GUARANTEE = "the guarantee rests on it";
    private static final String OWN = "the product sets its own";

    private static final List<String> PREFIXES =
            List.of("main.consumer.", "restore.consumer.", "global.consumer.", "consumer.", "producer.", "admin.");

    private static final Map<String, String> OWNED = owned();

    private KafkaProperties() {}

    private static Map<String, String> owned() {
        Map<String, String> owned = new HashMap<>();
        owned.put("application.id", "it is made of application and the pipeline's name");
        owned.put("group.id", "it is made of application and the pipeline's name");
        owned.put("state.dir", "set state.path");
        owned.put("num.stream.threads", "set the pipeline's threads");
        owned.put("auto.offset.reset", "set the pipeline's source.start");
        for (String key : List.of(
                "processing.guarantee",
                "enable.auto.commit",
                "isolation.level",
                "transactional.id",
                "enable.idempotence",
                "acks",
                "transaction.two.phase.commit.enable",
                "allow.auto.create.topics")) {
            owned.put(key, GUARANTEE);
        }
        for (String key : List.of(
                "key.serializer",
                "value.serializer",
                "key.deserializer",
                "value.deserializer",
                "default.key.serde",
                "default.value.serde",
                "default.timestamp.extractor",
                "default.client.supplier",
                "default.deserialization.exception.handler",
                "default.production.exception.handler",
                "deserialization.exception.handler",
                "production.exception.handler",
                "processing.exception.handler",
                "partition.assignment.strategy",
                "topology.optimization",
                "statestore.cache.max.bytes",
                "cache.max.bytes.buffering")) {
            owned.put(key, OWN);
        }
        return Map.copyOf(owned);
    }

    static Bound<Map<String, String>> bind(Section section) {
        boolean isFree = true;
        for (String property : section.keys()) {
            String reason = OWNED.get(withoutPrefix(property));
            if (reason != null) {
                section.problem(property, "cannot be set: " + reason);
                isFree = false;
            }
        }
        Bound<Map<String, String>> values = section.map(Syntax.text());
        return isFree ? values : Bound.invalid();
    }

    private static String withoutPrefix(String property) {
        return PREFIXES.stream()
                .filter(property::startsWith)
                .findFirst()
                .map(prefix -> property.substring(prefix.length()))
                .orElse(property);
    }
}
