package dev.alluvium.topology;

import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.Stores;

/** Source topics into one processor; its manifest and its dead letters out. */
final class ArchiveTopology {
    private static final String SOURCE = "source";

    private ArchiveTopology() {}

    static Topology of(PipelineScope scope) {
        Topology topology = new Topology();
        topology.addSource(
                AutoOffsetReset.none(),
                SOURCE,
                (record, partitionTime) -> timestamp(record.timestamp()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer(),
                scope.source().topicIds().keySet().toArray(String[]::new));
        topology.addProcessor(ArchiveProcessor.NAME, () -> new ArchiveProcessor(scope), SOURCE);
        topology.addStateStore(new BatchStore.Builder(), ArchiveProcessor.NAME);
        topology.addStateStore(
                Stores.keyValueStoreBuilder(
                                Stores.inMemoryKeyValueStore(ArchiveProcessor.LEDGER),
                                Serdes.ByteArray(),
                                Serdes.ByteArray())
                        .withCachingDisabled()
                        .withLoggingEnabled(OutputTopics.LEDGER),
                ArchiveProcessor.NAME);
        sink(topology, ArchiveProcessor.MANIFEST_SINK, scope.settings().manifestTopic());
        sink(topology, ArchiveProcessor.DEAD_LETTER_SINK, scope.settings().deadLetterTopic());
        return topology;
    }

    private static void sink(Topology topology, String name, String topic) {
        topology.addSink(name, topic, new ByteArraySerializer(), new ByteArraySerializer(), ArchiveProcessor.NAME);
    }

    /** Kafka Streams drops a record with a negative time; nothing is dropped here. */
    static long timestamp(long ofRecord) {
        return Math.max(0, ofRecord);
    }
}
