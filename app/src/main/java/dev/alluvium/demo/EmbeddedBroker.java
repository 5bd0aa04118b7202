package dev.alluvium.demo;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.NetworkClient;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.slf4j.LoggerFactory;

/**
 * One Kafka node in this process, broker and KRaft controller, that keeps all its data in one folder. It takes
 * transactions and every group protocol, creates no topics by itself, and listens on 127.0.0.1 only. For the demo and for
 * tests: a single replica, small internal topics, no flush to disk that anybody waits for. Closing stops it; started
 * again on its folder it has everything it had.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final int LOG_ATTEMPTS = 100;
    private static final long LOG_PAUSE_MS = 100;

    private static final String HOST = "127.0.0.1";
    /**
     * Ports below the range that the system gives to outgoing connections (32768 on Linux). A client that retries while
     * the broker is down would else connect to itself sooner or later, and then hold the broker's port.
     */
    private static final int LOWEST_PORT = 15_000;

    private static final int PORTS = 17_000;

    private final KafkaRaftServer server;
    private final int port;

    private EmbeddedBroker(KafkaRaftServer server, int port) {
        this.server = server;
        this.port = port;
    }

    /** Starts a broker on a free port; returns when it serves requests, after some seconds. */
    public static EmbeddedBroker start(Path folder) {
        return start(folder, freePort(), Map.of());
    }

    /** Starts a broker on a free port with broker settings, as Kafka spells them, that override this class's. */
    public static EmbeddedBroker start(Path folder, Map<String, String> settings) {
        return start(folder, freePort(), settings);
    }

    /**
     * Starts a broker on a given port; returns when it serves requests, after some seconds.
     *
     * @param folder created when missing; one that a broker left is taken up with its topics and groups
     * @throws IllegalStateException when it does not start; the port may be taken
     */
    public static EmbeddedBroker start(Path folder, int port, Map<String, String> settings) {
        Properties properties = settings(folder, port, freePort(port));
        properties.putAll(settings);
        try {
            format(folder);
            KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
            try {
                server.startup();
            } catch (RuntimeException e) {
                server.shutdown();
                throw e;
            }
            return new EmbeddedBroker(server, port);
        } catch (Exception e) {
            throw new IllegalStateException("no broker at " + HOST + ":" + port + " in " + folder, e);
        }
    }

    /** Host and port, as clients want it. */
    public String bootstrapServers() {
        return HOST + ":" + port;
    }

    /** The port clients connect to; a restart may ask for the same. */
    public int port() {
        return port;
    }

    /** Creates topics and returns when all their partitions take records. */
    public void createTopics(Collection<NewTopic> topics) throws InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            admin.createTopics(topics).all().get();
            awaitLogs(admin, topics);
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot create " + topics, e.getCause());
        }
    }

    /** A topic is known before its logs are open; until then a producer is sent away, and warns of it. */
    private static void awaitLogs(Admin admin, Collection<NewTopic> topics)
            throws InterruptedException, ExecutionException {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (NewTopic topic : topics) {
            for (int partition = 0; partition < Math.max(1, topic.numPartitions()); partition++) {
                ends.put(new TopicPartition(topic.name(), partition), OffsetSpec.latest());
            }
        }
        for (int attempt = 1; ; attempt++) {
            try {
                admin.listOffsets(ends).all().get();
                return;
            } catch (ExecutionException e) {
                if (attempt == LOG_ATTEMPTS || !(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(LOG_PAUSE_MS);
            }
        }
    }

    /** Stops the broker in order and waits until it has. A second call does nothing. */
    @Override
    public void close() {
        // The node closes one of its own network clients twice, every time, and warns of it.
        Logger network = (Logger) LoggerFactory.getLogger(NetworkClient.class);
        Level level = network.getLevel();
        network.setLevel(Level.ERROR);
        try {
            server.shutdown();
            server.awaitShutdown();
        } finally {
            network.setLevel(level);
        }
    }

    /** A port of 127.0.0.1 that nobody listens on at the moment. */
    public static int freePort() {
        return freePort(-1);
    }

    private static int freePort(int except) {
        int start = ThreadLocalRandom.current().nextInt(PORTS);
        for (int i = 0; i < PORTS; i++) {
            int candidate = LOWEST_PORT + (start + i) % PORTS;
            if (candidate != except && isFree(candidate)) {
                return candidate;
            }
        }
        throw new IllegalStateException("no free port from " + LOWEST_PORT + " on");
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    private static void format(Path folder) throws Exception {
        Path data = data(folder);
        Files.createDirectories(data);
        if (Files.exists(data.resolve("meta.properties"))) {
            return;
        }
        new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8))
                .setNodeId(1)
                .setClusterId(Uuid.randomUuid().toString())
                .setControllerListenerName("CONTROLLER")
                .setMetadataLogDirectory(data.toString())
                .setDirectories(List.of(data.toString()))
                .run();
    }

    private static Path data(Path folder) {
        return folder.toAbsolutePath().resolve("data");
    }

    private static Properties settings(Path folder, int port, int controllerPort) {
        Properties settings = new Properties();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put("log.dirs", data(folder).toString());
        settings.put("listeners", "PLAINTEXT://" + HOST + ":" + port + ",CONTROLLER://" + HOST + ":" + controllerPort);
        settings.put("advertised.listeners", "PLAINTEXT://" + HOST + ":" + port);
        settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("inter.broker.listener.name", "PLAINTEXT");
        settings.put("controller.listener.names", "CONTROLLER");
        // A static quorum: the controller's port may be another one at the next start.
        settings.put("controller.quorum.voters", "1@" + HOST + ":" + controllerPort);
        settings.put("auto.create.topics.enable", "false");
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("offsets.topic.num.partitions", "4");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("transaction.state.log.num.partitions", "4");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        settings.put("share.coordinator.state.topic.num.partitions", "1");
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("group.streams.initial.rebalance.delay.ms", "0");
        settings.put("group.min.session.timeout.ms", "500");
        // After a kill the controller waits for the old session to end: 2 s instead of 9.
        settings.put("broker.session.timeout.ms", "2000");
        settings.put("broker.heartbeat.interval.ms", "500");
        settings.put("num.network.threads", "2");
        settings.put("num.io.threads", "4");
        settings.put("num.recovery.threads.per.data.dir", "1");
        // The default of 128 MB is allocated on the heap at start.
        settings.put("log.cleaner.dedupe.buffer.size", "4194304");
        return settings;
    }
}
