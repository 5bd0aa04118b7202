package dev.alluvium.topology;

import java.util.Map;

/**
 * What the start-up check learned of the source.
 *
 * @param topicIds Kafka's id of each source topic, by name
 * @param partitions partition count of each source topic
 */
record SourceFacts(String clusterId, Map<String, String> topicIds, Map<String, Integer> partitions) {
    SourceFacts {
        topicIds = Map.copyOf(topicIds);
        partitions = Map.copyOf(partitions);
    }

    String topicId(String topic) {
        String id = topicIds.get(topic);
        if (id == null) {
            throw new ArchiveStoppedException(
                    "topic " + topic + " was not there when the pipeline started; restart it to take the topic in");
        }
        return id;
    }
}
