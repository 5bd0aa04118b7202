package dev.alluvium.crash;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Produces into the source topics in transactions until it is closed, every tenth of which is aborted. It does not
 * remember what it sent: what was committed is what the topics say. The sequence of records depends on the seed and on
 * the silenced partitions only.
 */
final class SourceTraffic implements AutoCloseable {
    private static final int MAX_RECORDS_PER_TRANSACTION = 80;

    private final KafkaProducer<byte[], byte[]> producer;
    private final List<TrafficSource> sources;
    private final int partitions;
    private final int recordsPerSecond;
    private final Random random;
    private final Set<Integer> silent = ConcurrentHashMap.newKeySet();
    private final Thread thread;

    private volatile boolean isClosed;
    private final AtomicLong committed = new AtomicLong();
    private final AtomicLong aborted = new AtomicLong();
    private volatile @Nullable RuntimeException failure;

    /**
     * Starts producing on a thread of its own.
     *
     * @param name of its own for every traffic of a broker
     * @param partitions of every source's topic
     * @param recordsPerSecond over all topics, aborted records included
     */
    SourceTraffic(
            String bootstrapServers,
            String name,
            List<TrafficSource> sources,
            int partitions,
            int recordsPerSecond,
            long seed) {
        this.sources = List.copyOf(sources);
        this.partitions = partitions;
        this.recordsPerSecond = recordsPerSecond;
        this.random = new Random(seed);
        this.producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                        name + "-traffic-" + seed,
                        ProducerConfig.LINGER_MS_CONFIG,
                        5),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        this.thread = new Thread(this::run, "traffic");
        thread.start();
    }

    /** From the next transaction on, these partitions of all topics get no records. */
    void silence(Set<Integer> partitionsToSilence) {
        silent.clear();
        silent.addAll(partitionsToSilence);
    }

    private void run() {
        try {
            producer.initTransactions();
            long next = System.nanoTime();
            while (!isClosed) {
                int records = transaction();
                next += records * TimeUnit.SECONDS.toNanos(1) / recordsPerSecond;
                long wait = next - System.nanoTime();
                if (wait > 0) {
                    LockSupport.parkNanos(wait);
                } else {
                    next = System.nanoTime();
                }
            }
        } catch (RuntimeException e) {
            failure = e;
        } finally {
            producer.close();
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the end of the transaction throws what a send failed of
    private int transaction() {
        List<Integer> loud = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            if (!silent.contains(partition)) {
                loud.add(partition);
            }
        }
        int records = 1 + random.nextInt(MAX_RECORDS_PER_TRANSACTION);
        producer.beginTransaction();
        for (int i = 0; i < records; i++) {
            TrafficSource source = sources.get(random.nextInt(sources.size()));
            producer.send(source.next(loud.get(random.nextInt(loud.size()))));
        }
        if (random.nextInt(10) == 0) {
            producer.flush();
            producer.abortTransaction();
            aborted.incrementAndGet();
        } else {
            producer.commitTransaction();
            committed.incrementAndGet();
        }
        return records;
    }

    /** Committed transactions so far. */
    long committed() {
        return committed.get();
    }

    /** Aborted transactions so far. */
    long aborted() {
        return aborted.get();
    }

    /** Ends with the transaction under way; throws what stopped the traffic before, if anything did. */
    @Override
    public void close() {
        isClosed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (failure != null) {
            throw new IllegalStateException("the traffic broke off", failure);
        }
    }
}
