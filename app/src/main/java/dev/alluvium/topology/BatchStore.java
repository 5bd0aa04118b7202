package dev.alluvium.topology;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * The open batches of a task. It has no changelog, for it is a cache of the source topic: offsets are held back until
 * rows are archived, so whoever loses it reads them again. The processor fills it and clears it; a store outlives its
 * task when Kafka Streams recycles the task into a standby.
 */
final class BatchStore implements StateStore {
    static final String NAME = "batches";

    private final Map<TopicPartition, PartitionStream> partitions = new HashMap<>();
    private boolean isOpen;

    Map<TopicPartition, PartitionStream> partitions() {
        return partitions;
    }

    /** Lets go of every open batch. */
    void clear() {
        partitions.values().forEach(PartitionStream::close);
        partitions.clear();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        isOpen = true;
        context.register(root, (key, value) -> {});
    }

    @Override
    public void close() {
        clear();
        isOpen = false;
    }

    @Override
    public boolean persistent() {
        return false;
    }

    @Override
    public boolean isOpen() {
        return isOpen;
    }

    /** Builds one store per task, always without a changelog and a cache. */
    static final class Builder implements StoreBuilder<BatchStore> {
        @Override
        public BatchStore build() {
            return new BatchStore();
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public boolean loggingEnabled() {
            return false;
        }

        @Override
        public Map<String, String> logConfig() {
            return Map.of();
        }

        @Override
        public StoreBuilder<BatchStore> withLoggingDisabled() {
            return this;
        }

        @Override
        public StoreBuilder<BatchStore> withCachingDisabled() {
            return this;
        }

        @Override
        public StoreBuilder<BatchStore> withCachingEnabled() {
            throw new UnsupportedOperationException("open batches have no cache");
        }

        @Override
        public StoreBuilder<BatchStore> withLoggingEnabled(Map<String, String> config) {
            throw new UnsupportedOperationException("open batches have no changelog");
        }
    }
}
