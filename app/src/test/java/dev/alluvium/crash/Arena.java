package dev.alluvium.crash;

import dev.alluvium.batch.RotationSettings;
import dev.alluvium.batch.Rule;
import dev.alluvium.demo.EmbeddedBroker;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Everything around the instances: source topics with traffic, a folder for the archive, and the judgement at the end.
 * Arenas of one broker share nothing but the broker.
 */
final class Arena implements AutoCloseable {
    /** Partitions of every source topic. */
    static final int PARTITIONS = 4;

    private final EmbeddedBroker broker;
    private final Path folder;
    private final Path archive;
    private final @Nullable URI server;
    private final String application;
    private final List<String> pipelines;
    private final long seed;
    private final Topics topics;
    private final List<InstanceProcess> started = new ArrayList<>();
    private @Nullable SourceTraffic traffic;

    /**
     * Creates the source topics; the archive is a folder.
     *
     * @param application a name of its own for every arena of a broker
     */
    Arena(EmbeddedBroker broker, Path folder, String application, List<String> pipelines, long seed)
            throws ExecutionException, InterruptedException {
        this(
                broker,
                folder,
                application,
                pipelines,
                seed,
                folder.resolve(application).resolve("archive"),
                null);
    }

    /**
     * As above.
     *
     * @param archive where the objects lie as files, whichever store they went through
     * @param server of S3, whose bucket the archive is; null for a folder
     */
    Arena(
            EmbeddedBroker broker,
            Path folder,
            String application,
            List<String> pipelines,
            long seed,
            Path archive,
            @Nullable URI server)
            throws ExecutionException, InterruptedException {
        this.broker = broker;
        this.archive = archive;
        this.server = server;
        this.folder = folder.resolve(application);
        this.application = application;
        this.pipelines = List.copyOf(pipelines);
        this.seed = seed;
        this.topics = new Topics(broker.bootstrapServers());
        topics.create(pipelines.stream().map(this::source).toList(), PARTITIONS);
    }

    private String source(String pipeline) {
        return InstanceMain.sourceTopic(application, pipeline);
    }

    Path archive() {
        return archive;
    }

    Path home(String instance) {
        return folder.resolve(instance);
    }

    // ---- traffic ---------------------------------------------------------------------------------------------------

    /** Starts the traffic, which goes on until {@link #stopTraffic}; a second traffic has records of its own. */
    SourceTraffic startTraffic(int recordsPerSecond, int number) {
        List<TrafficSource> sources = pipelines.stream()
                .map(pipeline -> pipeline.equals(InstanceMain.DELTAS)
                        ? (TrafficSource) new DeltaRecords(source(pipeline), seed + number)
                        : new TelemetryRecords(source(pipeline), seed + number))
                .toList();
        SourceTraffic started = new SourceTraffic(
                broker.bootstrapServers(), application, sources, PARTITIONS, recordsPerSecond, seed + number);
        traffic = started;
        return started;
    }

    void stopTraffic() {
        if (traffic != null) {
            traffic.close();
        }
    }

    // ---- instances -------------------------------------------------------------------------------------------------

    /** Starts an instance; closing the arena ends it at the latest. */
    InstanceProcess start(String instance, RotationSettings rotation, Set<Rule> without, @Nullable FaultPoint fault)
            throws IOException {
        InstanceProcess process = InstanceProcess.start(new InstanceSettings(
                application,
                broker.bootstrapServers(),
                home(instance),
                archive(),
                server,
                pipelines,
                rotation,
                without,
                fault));
        synchronized (started) {
            started.add(process);
        }
        return process;
    }

    /** Small files for many reasons, others at each call. */
    static RotationSettings anyRotation(Random random) {
        return new RotationSettings(
                50L + random.nextInt(450),
                random.nextInt(3) == 0 ? 20_000L + random.nextInt(40_000) : null,
                Duration.ofMillis(1000 + random.nextInt(2000)),
                random.nextBoolean() ? Duration.ofMillis(500 + random.nextInt(1000)) : null,
                random.nextBoolean() ? Duration.ofSeconds(2 + random.nextInt(8)) : null);
    }

    /** Waits until everything that was committed to the sources is archived, as the groups' offsets say. */
    boolean awaitArchived(Duration limit) throws ExecutionException, InterruptedException {
        Map<TopicPartition, Long> ends = new HashMap<>();
        for (String pipeline : pipelines) {
            for (ConsumerRecord<byte[], byte[]> record : topics.readCommitted(source(pipeline))) {
                ends.merge(new TopicPartition(record.topic(), record.partition()), record.offset() + 1, Math::max);
            }
        }
        long deadline = System.nanoTime() + limit.toNanos();
        while (!areArchived(ends)) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(300);
        }
        return true;
    }

    private boolean areArchived(Map<TopicPartition, Long> ends) throws ExecutionException, InterruptedException {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (String pipeline : pipelines) {
            offsets.putAll(topics.offsets(InstanceMain.group(application, pipeline)));
        }
        return ends.entrySet().stream().allMatch(end -> offsets.getOrDefault(end.getKey(), -1L) >= end.getValue());
    }

    /** Whether two instances share the partitions of every source, each with at least two. */
    boolean isShared() {
        try {
            for (String pipeline : pipelines) {
                List<Integer> partitions = topics.assignedPartitions(InstanceMain.group(application, pipeline));
                if (partitions.size() != 2 || partitions.stream().anyMatch(count -> count < 2)) {
                    return false;
                }
            }
            return true;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Whether any committed offset of the pipelines has left its start. */
    boolean haveOffsetsMoved() {
        try {
            for (String pipeline : pipelines) {
                Map<TopicPartition, Long> offsets = topics.offsets(InstanceMain.group(application, pipeline));
                if (offsets.values().stream().anyMatch(offset -> offset > 0)) {
                    return true;
                }
            }
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Makes Kafka forget how far the pipelines have read, as it does after a long rest. No instance may run. */
    void forgetOffsets(Duration limit) throws ExecutionException, InterruptedException {
        for (String pipeline : pipelines) {
            String group = InstanceMain.group(application, pipeline);
            // A member that was closed may count as alive until its session ends.
            boolean isForgotten = await(limit, () -> topics.tryDeleteGroup(group));
            if (!isForgotten) {
                throw new IllegalStateException("group " + group + " still has members after " + limit);
            }
        }
    }

    /** Polls until the condition holds; false when it does not within the limit. */
    static boolean await(Duration limit, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return true;
    }

    // ---- judgement -------------------------------------------------------------------------------------------------

    /** Compares the archive with the sources. */
    Findings check() throws ExecutionException, InterruptedException, IOException {
        List<DataSet> dataSets = new ArrayList<>();
        for (String pipeline : pipelines) {
            dataSets.add(new DataSet(
                    pipeline,
                    source(pipeline),
                    topics.topicId(source(pipeline)),
                    pipeline.equals(InstanceMain.DELTAS)
                            ? new DeltaExpectation(DeltaRecords.TABLES)
                            : new TelemetryExpectation(),
                    topics.readCommitted(source(pipeline)),
                    topics.readCommitted(InstanceMain.deadLetterTopic(application, pipeline)),
                    topics.readCommitted(InstanceMain.manifestTopic(application, pipeline))));
        }
        return Checker.check(archive(), topics.clusterId(), dataSets);
    }

    @Override
    public void close() {
        synchronized (started) {
            started.forEach(InstanceProcess::close);
        }
        stopTraffic();
        topics.close();
    }
}
