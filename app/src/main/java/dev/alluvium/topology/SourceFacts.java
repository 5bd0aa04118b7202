package dev.alluvium.topology;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

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

    /** As many tasks as the largest topic has partitions; the ledger's changelog has a partition for each. */
    int tasks() {
        return partitions.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    /** The source partitions of the task with this number: one of each topic that has so many. */
    List<TopicPartition> ofTask(int number) {
        return partitions.entrySet().stream()
                .filter(topic -> number < topic.getValue())
                .map(topic -> new TopicPartition(topic.getKey(), number))
                .toList();
    }
}
