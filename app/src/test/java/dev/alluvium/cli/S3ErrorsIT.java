package dev.alluvium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.demo.EmbeddedBroker;
import dev.alluvium.storage.FaultyHttpProxy;
import dev.alluvium.storage.FaultyHttpProxy.Fault;
import dev.alluvium.storage.s3.S3ProxyServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a person reads when a bucket cannot be used, and the exit code; docs/errors.md lists the same. */
@Timeout(240)
class S3ErrorsIT {
    private static final String BUCKET = "archive";
    private static final String EXPIRED = """
            <?xml version="1.0" encoding="UTF-8"?>
            <Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>""";
    private static final String REVOKED = """
            <?xml version="1.0" encoding="UTF-8"?>
            <Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>""";

    @TempDir
    static Path servers;

    @TempDir
    Path folder;

    private static S3ProxyServer server;
    private static Path bucket;

    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void startServer() throws Exception {
        server = S3ProxyServer.start(servers.resolve("s3"));
        bucket = server.createBucket(BUCKET);
    }

    @AfterAll
    static void stopServer() throws Exception {
        server.close();
    }

    @Test
    void aMissingBucket() throws Exception {
        assertThat(run(server.endpoint(), "archiv", server.accessKey(), server.secretKey()))
                .isEqualTo(1);
        assertThat(err.toString())
                .startsWith("alluvium: cannot ")
                .endsWith(" in s3://archiv: the bucket does not exist; create it or correct storage.bucket\n")
                .hasLineCount(1);
    }

    @Test
    void aWrongSecret() throws Exception {
        assertThat(run(server.endpoint(), BUCKET, server.accessKey(), "hidden")).isEqualTo(1);
        assertThat(err.toString())
                .startsWith("alluvium: cannot ")
                .contains(" in s3://archive: SignatureDoesNotMatch")
                .endsWith("; correct storage.credentials (accessKey, secretKey, sessionToken)\n")
                .doesNotContain("hidden")
                .hasLineCount(1);
    }

    @Test
    void anUnknownAccessKey() throws Exception {
        assertThat(run(server.endpoint(), BUCKET, "nobody", server.secretKey())).isEqualTo(1);
        assertThat(err.toString())
                .startsWith("alluvium: cannot ")
                .contains(" in s3://archive: InvalidAccessKeyId")
                .endsWith("; correct storage.credentials (accessKey, secretKey, sessionToken)\n")
                .hasLineCount(1);
    }

    @Test
    void anExpiredToken() throws Exception {
        try (FaultyHttpProxy proxy = FaultyHttpProxy.before(server.endpoint())) {
            proxy.inject(request -> true, Integer.MAX_VALUE, new Fault.Answer(400, "application/xml", EXPIRED));

            assertThat(run(proxy.endpoint(), BUCKET, server.accessKey(), server.secretKey()))
                    .isEqualTo(1);
            assertThat(err.toString())
                    .startsWith("alluvium: cannot ")
                    .contains(
                            " in s3://archive: ExpiredToken: The provided token has expired.; the session has ended: ")
                    .contains("storage.credentials")
                    .hasLineCount(1);
        }
    }

    @Test
    void anUnreachableStore() throws Exception {
        URI nobody = URI.create("http://127.0.0.1:" + EmbeddedBroker.freePort());

        assertThat(run(nobody, BUCKET, server.accessKey(), server.secretKey())).isEqualTo(1);
        assertThat(err.toString())
                .startsWith("alluvium: cannot ")
                .contains(" in s3://archive: ")
                .contains("is storage.endpoint right and reachable?")
                .hasLineCount(1);
    }

    @Test
    void healsWhenRevokedPermissionsAreGivenBack() throws Exception {
        int opsPort = EmbeddedBroker.freePort();
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"));
                FaultyHttpProxy proxy = FaultyHttpProxy.before(server.endpoint())) {
            broker.createTopics(List.of(new NewTopic(Deltas.TOPIC, 2, (short) 1)));
            String configuration = configuration(
                    broker.bootstrapServers(),
                    proxy.endpoint(),
                    BUCKET,
                    server.accessKey(),
                    server.secretKey(),
                    opsPort);
            try (AlluviumProcess alluvium = AlluviumProcess.start(folder, configuration, opsPort)) {
                alluvium.awaitReadiness();
                proxy.inject(request -> true, Integer.MAX_VALUE, new Fault.Answer(403, "application/xml", REVOKED));
                Deltas.produce(broker, 0, 200);
                alluvium.await("what is missing", () -> {
                    String ready = alluvium.ready();
                    return ready.startsWith("503 deltas: cannot write ")
                            && ready.contains(
                                    " in s3://archive: AccessDenied: Access Denied; allow these credentials ");
                });

                proxy.heal();

                alluvium.await("all rows", () -> Deltas.rows(bucket) == 200);
                alluvium.awaitReadiness();
                assertThat(alluvium.terminate()).isZero();
                assertThat(Deltas.rows(bucket)).isEqualTo(200);
                assertThat(alluvium.lines("uploads fail")).hasSize(1);
                assertThat(alluvium.lines("\tat ")).isEmpty();
            }
        }
    }

    private int run(URI endpoint, String bucketName, String accessKey, String secretKey) throws Exception {
        Path file = Files.writeString(
                folder.resolve("a.yaml"), configuration("127.0.0.1:1", endpoint, bucketName, accessKey, secretKey, 0));
        int code = Main.commands(
                        Map.of(),
                        new ArchiveRun(),
                        (records, directory, json) -> {
                            throw new AssertionError("demo was not asked for");
                        },
                        new PrintWriter(new StringWriter()),
                        new PrintWriter(err, true))
                .execute("run", file.toString());
        assertThat(err.toString()).doesNotContain("\tat ");
        return code;
    }

    private String configuration(
            String brokers, URI endpoint, String bucketName, String accessKey, String secretKey, int opsPort) {
        return """
                application: s3-errors
                kafka: { bootstrap.servers: "%s", commit.interval.ms: 500 }
                storage:
                  type: s3
                  bucket: %s
                  region: eu-central-1
                  endpoint: "%s"
                  pathStyle: true
                  credentials: { accessKey: "%s", secretKey: "%s" }
                spool: { path: "%s" }
                state: { path: "%s" }
                startup: { timeout: %s }
                ops: { port: %d }
                pipelines:
                  - name: deltas
                    source: { topics: [lakesync.deltas] }
                    data: { type: delta, gateway: gw-1 }
                    rotation: { age: 500ms }
                """.formatted(
                        brokers,
                        bucketName,
                        endpoint,
                        accessKey,
                        secretKey,
                        folder.resolve("spool"),
                        folder.resolve("state"),
                        // Nobody waits for what does not answer, unless it may only be slow.
                        opsPort == 0 ? "1s" : "60s",
                        opsPort);
    }
}
