package dev.alluvium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.alluvium.config.Configuration;
import dev.alluvium.config.ConfigurationFile;
import dev.alluvium.demo.DeltaData;
import dev.alluvium.demo.EmbeddedBroker;
import dev.alluvium.metrics.PrometheusMetrics;
import dev.alluvium.ops.PipelineStatus;
import dev.alluvium.storage.ObjectStore;
import dev.alluvium.storage.s3.S3ProxyServer;
import dev.alluvium.topology.Archive;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code alluvium validate --connect} against a broker that lets nobody do what he was not given the right to do. */
@Timeout(300)
class ConnectIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    static Path brokerFolder;

    @TempDir
    Path folder;

    private static SecuredBroker broker;
    private String application = "";

    /** What a command printed, as JSON, and its exit code. */
    private record Answer(int exitCode, JsonNode json) {
        List<String> lines(String name) {
            return texts(json.get(name)).toList();
        }

        /** Subject, detail and action of the checks of a level. */
        List<String> checks(String level) {
            return StreamSupport.stream(json.get("checks").spliterator(), false)
                    .filter(check -> check.get("level").asText().equals(level))
                    .map(check -> check.get("subject").asText() + ": "
                            + check.get("detail").asText() + " -> "
                            + check.get("action").asText())
                    .toList();
        }

        private static Stream<String> texts(JsonNode array) {
            return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText);
        }
    }

    @BeforeAll
    static void startBroker() {
        broker = SecuredBroker.start(brokerFolder);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void name(TestInfo test) throws Exception {
        application = test.getTestMethod().orElseThrow().getName().toLowerCase(java.util.Locale.ROOT);
        broker.createTopics(List.of(new NewTopic(source(), 2, (short) 1)));
        produce(100);
    }

    @AfterEach
    void takeRightsBack() throws Exception {
        broker.revokeAll();
    }

    @Test
    void archivesIntoTopicsMadeBeforehandWithNoRightsButThePrintedOnes() throws Exception {
        Path file = secured("secret");
        Answer nothingAllowed = connect(file);
        assertThat(nothingAllowed.exitCode()).isEqualTo(1);
        grant(nothingAllowed.lines("acls"));

        Answer mayNotCreate = await(
                () -> connect(file), answer -> !answer.lines("createTopics").isEmpty());
        assertThat(mayNotCreate.exitCode()).isEqualTo(1);
        assertThat(mayNotCreate.checks("fail"))
                .hasSize(3)
                .allMatch(line -> line.contains("absent, and this principal may not create it -> kafka-topics"));
        assertThat(topics()).containsExactly(source());
        broker.createTopics(mayNotCreate.lines("createTopics").stream()
                .map(SecuredBroker::topic)
                .toList());

        Answer ready = connect(file);
        assertThat(ready.checks("fail")).isEmpty();
        assertThat(ready.exitCode()).isZero();
        assertThat(ready.checks("ok"))
                .contains(
                        "topic " + source() + ": 2 partitions, a record was read -> ",
                        "group " + application + "-deltas: may be joined; it is new, or of another group protocol -> ",
                        "pipeline deltas: starts 100 offsets before the end of its topics -> ");
        archive(file);
        assertThat(rows()).isEqualTo(100);
        assertThat(connect(file).checks("ok"))
                .contains("pipeline deltas: goes on 0 offsets before the end of its topics -> ");
        growSource(3);
        assertThat(connect(file).checks("fail"))
                .singleElement()
                .asString()
                .contains("has 2 partitions and needs 3", "may not grow it -> kafka-topics", "--partitions 3");
    }

    @Test
    void namesEveryRightThatIsMissing() throws Exception {
        String old = application + "-old";
        broker.admin
                .alterConsumerGroupOffsets(
                        old,
                        Map.of(
                                new TopicPartition(source(), 0), new OffsetAndMetadata(10),
                                new TopicPartition(source(), 1), new OffsetAndMetadata(20)))
                .all()
                .get();
        Path file = secured("secret");
        Files.writeString(
                file, Files.readString(file).replace("source: { ", "source: { start: { group: " + old + " }, "));
        Answer first = connect(file);
        grant(first.lines("acls"));
        Answer second = await(
                () -> connect(file), answer -> !answer.lines("createTopics").isEmpty());
        broker.createTopics(
                second.lines("createTopics").stream().map(SecuredBroker::topic).toList());
        assertThat(connect(file).checks("ok"))
                .contains("pipeline deltas: starts 70 offsets before the end of its topics -> ");
        assertThat(first.lines("acls")).hasSize(7);

        for (String command : first.lines("acls")) {
            for (AclBinding right : SecuredBroker.bindings(command)) {
                broker.revoke(right);
                Answer without = await(() -> connect(file), answer -> answer.exitCode() == 1);
                assertThat(without.checks("fail"))
                        .as("without %s", right)
                        .anyMatch(line -> line.contains("not authorized") && line.endsWith(" -> " + command));
                broker.grant(List.of(right));
            }
        }
        await(() -> connect(file), answer -> answer.exitCode() == 0);
    }

    @Test
    void letsARunCreateItsTopicsWithTheRightsThatItPrintsForThat() throws Exception {
        Path file = secured("secret");
        Answer first = connect(file);
        grant(first.lines("acls"));
        grant(first.lines("aclsToCreate"));

        Answer ready = await(() -> connect(file), answer -> answer.exitCode() == 0);

        assertThat(ready.checks("ok"))
                .filteredOn(line -> line.contains("absent; a run creates it"))
                .hasSize(3);
        assertThat(topics()).containsExactly(source());
        archive(file);
        assertThat(rows()).isEqualTo(100);
        assertThat(topics()).hasSize(4);
        growSource(3);
        assertThat(connect(file).checks("ok")).anyMatch(line -> line.contains("needs 3") && line.contains("grows it"));
        archive(file);
        assertThat(partitions(application + "-deltas-ledger-changelog")).isEqualTo(3);
    }

    @Test
    void saysThatNoBrokerAnswersAndLooksAtTheStoreAllTheSame() throws Exception {
        Path file = file(
                "bootstrap.servers: \"127.0.0.1:" + EmbeddedBroker.freePort() + "\", default.api.timeout.ms: 1000,"
                        + " request.timeout.ms: 500",
                source());

        Answer answer = connect(file);

        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(answer.checks("fail"))
                .anyMatch(line -> line.contains("no answer in time") && line.contains("kafka.bootstrap.servers"))
                .contains("pipeline deltas: not checked: its cluster does not answer -> ");
        assertThat(answer.checks("ok")).anyMatch(line -> line.startsWith("store file:"));
        assertThat(answer.lines("acls")).hasSize(6);
    }

    @Test
    void saysThatCredentialsAreWrong() throws Exception {
        Answer answer = connect(secured("guessed"));

        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(answer.checks("fail"))
                .anyMatch(line -> line.contains("SaslAuthenticationException") && line.contains("sasl.*"));
        assertThat(answer.checks("ok")).anyMatch(line -> line.startsWith("store file:"));
    }

    @Test
    void refusesALedgerThatForgetsAsARunDoes() throws Exception {
        broker.createTopics(List.of(new NewTopic(application + "-deltas-ledger-changelog", 2, (short) 1)));
        Path file = open();

        Answer answer = connect(file);

        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(answer.checks("fail"))
                .singleElement()
                .asString()
                .contains("cleanup.policy delete", "set it to compact");
        assertThat(refusal(file)).contains("cleanup.policy delete", "set it to compact");
    }

    @Test
    void refusesALedgerWithMorePartitionsThanItsSourceAsARunDoes() throws Exception {
        broker.createTopics(List.of(new NewTopic(application + "-deltas-ledger-changelog", 3, (short) 1)
                .configs(Map.of("cleanup.policy", "compact"))));
        Path file = open();

        assertThat(connect(file).checks("fail")).singleElement().asString().contains("has 3 partitions", "at most 2");
        assertThat(refusal(file)).contains("has 3 partitions", "at most 2");
    }

    @Test
    void saysWhatIsWrongWithSourceTopics() throws Exception {
        broker.createTopics(List.of(
                new NewTopic(application + ".short", 1, (short) 1).configs(Map.of("retention.ms", "1500")),
                new NewTopic(application + ".ahead", 1, (short) 1),
                new NewTopic(application + ".compacted", 1, (short) 1).configs(Map.of("cleanup.policy", "compact"))));
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            long ahead = Instant.now().plus(Duration.ofHours(1)).toEpochMilli();
            producer.send(new ProducerRecord<>(application + ".ahead", 0, ahead, null, new byte[1]))
                    .get();
        }
        Path file = file(
                "bootstrap.servers: \"" + broker.openServers() + "\"",
                Stream.of("short", "ahead", "compacted", "missing")
                        .map(it -> application + "." + it)
                        .collect(java.util.stream.Collectors.joining(", ")));

        Answer answer = connect(file);

        assertThat(answer.checks("warn"))
                .anyMatch(line -> line.startsWith("topic " + application + ".short: keeps records for 1.5s"))
                .anyMatch(line -> line.startsWith("topic " + application + ".ahead: its newest record is 59m")
                        && line.contains("ahead of this machine's clock"));
        assertThat(answer.checks("fail"))
                .anyMatch(line -> line.contains("topic " + application + ".compacted is compacted"))
                .anyMatch(line -> line.startsWith("topic " + application + ".missing: does not exist"));
        assertThat(answer.checks("ok"))
                .contains("topic " + application
                        + "-deltas-manifest: absent; a run creates it, and only then its rights can be seen -> ");
    }

    @Test
    void warnsOnlyOfATopicThatARunWaitsFor() throws Exception {
        Path file = file("bootstrap.servers: \"" + broker.openServers() + "\"", application + ".missing");
        String waiting = Files.readString(file).replace("source: {", "source: { onMissing: wait,");

        Answer named = connect(Files.writeString(file, waiting));
        Answer pattern =
                connect(Files.writeString(file, waiting.replaceFirst("topics: .*]", "pattern: 'absent[.].*'")));

        assertThat(named.checks("warn"))
                .contains("topic " + application + ".missing: does not exist; a run waits for it -> create it or"
                        + " correct pipelines[deltas].source.topics");
        assertThat(named.exitCode()).isZero();
        assertThat(pattern.checks("warn"))
                .anyMatch(line -> line.startsWith(
                        "pipeline deltas source: pipelines[deltas].source.pattern: no topic matches absent[.].*"));
        assertThat(pattern.exitCode()).isZero();
    }

    @Test
    void saysThatTheBrokerRefusesSoLongATransaction() throws Exception {
        Path file = open();
        Files.writeString(file, Files.readString(file).replace("timeout.ms: 10000", "timeout.ms: 1000000"));

        assertThat(connect(file).checks("fail"))
                .singleElement()
                .asString()
                .contains("transaction.timeout.ms 1000000", "transaction.max.timeout.ms");
    }

    @Test
    void writesAndDeletesAProbeInABucketOrSaysThatItMayNot() throws Exception {
        try (S3ProxyServer s3 = S3ProxyServer.start(folder.resolve("s3"))) {
            Path bucket = s3.createBucket("archive");

            Answer right = connect(inBucket(s3, s3.secretKey()));
            Answer wrong = connect(inBucket(s3, "guessed"));

            assertThat(right.exitCode()).isZero();
            assertThat(right.checks("ok"))
                    .contains(
                            "store s3://archive/lake: wrote a probe, was refused to overwrite it, read it, deleted it -> ");
            try (Stream<Path> left = Files.walk(bucket).filter(Files::isRegularFile)) {
                assertThat(left).isEmpty();
            }
            assertThat(wrong.exitCode()).isEqualTo(1);
            assertThat(wrong.checks("fail"))
                    .singleElement()
                    .asString()
                    .startsWith("store: ")
                    .contains("credentials");
        }
    }

    private Path inBucket(S3ProxyServer s3, String secret) throws Exception {
        Path file = open();
        return Files.writeString(
                file,
                Files.readString(file)
                        .replaceFirst(
                                "storage: .*",
                                "storage: { type: s3, bucket: archive, prefix: lake, region: us-east-1, pathStyle: true,"
                                        + " endpoint: \"" + s3.endpoint() + "\", credentials: { accessKey: \""
                                        + s3.accessKey() + "\", secretKey: \"" + secret + "\" } }"));
    }

    @Test
    void printsALineForEachCheckAndThenWhatToAllow() throws Exception {
        StringWriter out = new StringWriter();

        assertThat(run(out, "validate", open().toString(), "--connect")).isZero();

        assertThat(out.toString().lines())
                .anyMatch(line -> line.startsWith("ok    program: alluvium "))
                .anyMatch(line -> line.matches("ok    kafka .*: cluster .*, 1 broker"))
                .anyMatch(line -> line.matches("ok    kafka .*: release 4\\.3, metadata.version 4\\.3.*"))
                .anyMatch(line -> line.startsWith("  kafka-acls --bootstrap-server " + broker.openServers() + " --add"))
                .anyMatch(line -> line.startsWith("  kafka-topics --bootstrap-server " + broker.openServers()))
                .noneMatch(line -> line.startsWith("FAIL"));
    }

    // ---- files -----------------------------------------------------------------------------------------------------

    private String source() {
        return application + ".source";
    }

    private Path secured(String password) throws Exception {
        return file(broker.securedProperties(password), source());
    }

    private Path open() throws Exception {
        return file("bootstrap.servers: \"" + broker.openServers() + "\"", source());
    }

    private Path file(String kafka, String topics) throws Exception {
        return Files.writeString(folder.resolve("pipelines.yaml"), """
                application: %1$s
                kafka: { %2$s, commit.interval.ms: 500, producer.transaction.timeout.ms: 10000 }
                storage: { type: local, path: "%3$s/archive" }
                spool: { path: "%3$s/spool" }
                state: { path: "%3$s/state" }
                pipelines:
                  - name: deltas
                    source: { topics: [%4$s] }
                    data: { type: delta, gateway: gw-1 }
                    rotation: { age: 1s }
                """.formatted(application, kafka, folder, topics));
    }

    // ---- commands and runs -----------------------------------------------------------------------------------------

    private static int run(StringWriter out, String... arguments) {
        StringWriter err = new StringWriter();
        int exitCode = Main.commands(
                        Map.of(),
                        (configuration, drain) -> {
                            throw new AssertionError("run was not asked for");
                        },
                        (records, directory, json) -> {
                            throw new AssertionError("demo was not asked for");
                        },
                        new PrintWriter(out, true),
                        new PrintWriter(err, true))
                .execute(arguments);
        assertThat(err.toString()).isEmpty();
        return exitCode;
    }

    private static Answer connect(Path file) throws Exception {
        StringWriter out = new StringWriter();
        int exitCode = run(out, "validate", file.toString(), "--connect", "--json");
        return new Answer(exitCode, new ObjectMapper().readTree(out.toString()));
    }

    private static Archive start(Path file, ObjectStore store, PrometheusMetrics metrics) throws Exception {
        Configuration configuration = ConfigurationFile.read(file, Map.of());
        Archive archive = Archive.open(
                configuration.application(),
                Archive.Surroundings.of(store, metrics.archive(), Clock.systemUTC(), new Random(1), "test"));
        archive.start();
        return archive;
    }

    /** Runs until 100 rows are archived and the group says so, and stops in order. */
    private void archive(Path file) throws Exception {
        Configuration configuration = ConfigurationFile.read(file, Map.of());
        try (PrometheusMetrics metrics = new PrometheusMetrics();
                ObjectStore store = Stores.open(configuration.storage(), Clock.systemUTC());
                Archive archive = start(file, store, metrics)) {
            await(
                    this::rows,
                    rows -> rows >= 100
                            && archive.pipelines().stream().allMatch(it -> it.state() == PipelineStatus.State.RUNNING));
            assertThat(archive.drain()).isTrue();
            await(this::committed, offsets -> offsets == 100);
        }
    }

    private static boolean isFailed(PipelineStatus status) {
        return status.state() == PipelineStatus.State.FAILED;
    }

    private static String refusal(Path file) throws Exception {
        Configuration configuration = ConfigurationFile.read(file, Map.of());
        try (PrometheusMetrics metrics = new PrometheusMetrics();
                ObjectStore store = Stores.open(configuration.storage(), Clock.systemUTC());
                Archive archive = start(file, store, metrics)) {
            return await(
                            () -> archive.pipelines(),
                            pipelines -> pipelines.stream().anyMatch(ConnectIT::isFailed))
                    .get(0)
                    .causes()
                    .toString();
        }
    }

    private static <T> T await(Callable<T> question, java.util.function.Predicate<T> isDone) throws Exception {
        Instant limit = Instant.now().plus(LIMIT);
        while (true) {
            T answer = question.call();
            if (isDone.test(answer)) {
                return answer;
            }
            if (Instant.now().isAfter(limit)) {
                throw new AssertionError("not in time: " + answer);
            }
            Thread.sleep(100);
        }
    }

    // ---- Kafka and files -------------------------------------------------------------------------------------------

    private static void grant(List<String> commands) throws Exception {
        List<AclBinding> rights = commands.stream()
                .flatMap(command -> SecuredBroker.bindings(command).stream())
                .toList();
        broker.grant(rights);
    }

    private Set<String> topics() throws Exception {
        Set<String> names =
                new java.util.TreeSet<>(broker.admin.listTopics().names().get());
        names.removeIf(name -> !name.startsWith(application));
        return names;
    }

    private void growSource(int partitions) throws Exception {
        broker.admin
                .createPartitions(Map.of(source(), NewPartitions.increaseTo(partitions)))
                .all()
                .get();
        await(() -> partitions(source()), count -> count == partitions);
    }

    private static int partitions(String topic) throws Exception {
        return Objects.requireNonNull(broker.admin
                        .describeTopics(List.of(topic))
                        .allTopicNames()
                        .get()
                        .get(topic))
                .partitions()
                .size();
    }

    private long committed() throws Exception {
        return broker
                .admin
                .listConsumerGroupOffsets(application + "-deltas")
                .partitionsToOffsetAndMetadata()
                .get()
                .values()
                .stream()
                .mapToLong(offset -> offset.offset())
                .sum();
    }

    private void produce(int count) throws Exception {
        DeltaData data = new DeltaData(1, count, 0);
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            List<Future<?>> sent = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                sent.add(producer.send(new ProducerRecord<>(
                        source(), i % 2, null, data.delta(i).toByteArray())));
            }
            for (Future<?> record : sent) {
                record.get();
            }
        }
    }

    private static KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.openServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private long rows() throws Exception {
        Path archive = folder.resolve("archive/deltas");
        if (!Files.exists(archive)) {
            return 0;
        }
        try (Stream<Path> walk = Files.walk(archive)) {
            long rows = 0;
            for (Path file :
                    walk.filter(path -> path.toString().endsWith(".parquet")).toList()) {
                try (var reader = dev.alluvium.parquet.DataFileReader.open(file)) {
                    rows += reader.rowCount();
                }
            }
            return rows;
        }
    }
}
