package dev.alluvium.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alluvium.ops.PipelineStatus.State;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpsServerTest {
    private static final String HOST = "127.0.0.1";

    private final HttpClient client = HttpClient.newHttpClient();
    private volatile List<PipelineStatus> pipelines = List.of();
    private volatile String metrics = "alluvium_open_batches 1.0\n";
    private OpsServer server;

    @BeforeEach
    void startServer() throws IOException {
        server = OpsServer.start(new OpsSettings(HOST, 0), () -> metrics, () -> pipelines);
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    @Test
    void givesPrometheusTheMetricsOfThisMoment() throws Exception {
        HttpResponse<String> first = get("/metrics");
        metrics = "alluvium_open_batches 2.0\n";
        HttpResponse<String> second = get("/metrics?name=x");

        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(first.headers().firstValue("Content-Type")).contains("text/plain; version=0.0.4; charset=utf-8");
        assertThat(first.body()).isEqualTo("alluvium_open_batches 1.0\n");
        assertThat(second.body()).isEqualTo("alluvium_open_batches 2.0\n");
    }

    @Test
    void isHealthyThoughAPipelineFailed() throws Exception {
        pipelines = List.of(new PipelineStatus("deltas", State.FAILED, false, List.of("gap")));

        HttpResponse<String> health = get("/health");

        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(health.body()).isEqualTo("ok\n");
    }

    @Test
    void isReadyWhenAllPipelinesAre() throws Exception {
        pipelines = List.of(
                new PipelineStatus("deltas", State.RUNNING, true, List.of()),
                new PipelineStatus("telemetry", State.PAUSED, true, List.of()));

        HttpResponse<String> ready = get("/ready");

        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(ready.body()).isEqualTo("ready\n");
    }

    @Test
    void tellsEachCauseOfNotBeingReady() throws Exception {
        pipelines = List.of(
                new PipelineStatus("deltas", State.RUNNING, true, List.of()),
                new PipelineStatus("telemetry", State.RUNNING, false, List.of("store fails:\n  no space", "paused")),
                new PipelineStatus("orders", State.STARTING, false, List.of()));

        HttpResponse<String> ready = get("/ready");

        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(ready.body()).isEqualTo("telemetry: store fails: no space\ntelemetry: paused\norders: STARTING\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/metricsx", "/metrics/", "/health/x", "/READY"})
    void knowsNoOtherPath(String path) throws Exception {
        assertThat(get(path).statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/metrics", "/health", "/ready"})
    void answersHeadWithoutABody(String path) throws Exception {
        HttpResponse<String> head = client.send(
                request(path).method("HEAD", BodyPublishers.noBody()).build(), BodyHandlers.ofString());

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        int length = get(path).body().length();
        assertThat(head.headers().firstValue("Content-Length")).contains(String.valueOf(length));
    }

    @Test
    void refusesToBeWrittenTo() throws Exception {
        HttpResponse<String> post =
                client.send(request("/ready").POST(BodyPublishers.ofString("x")).build(), BodyHandlers.ofString());

        assertThat(post.statusCode()).isEqualTo(405);
        assertThat(post.headers().firstValue("Allow")).contains("GET, HEAD");
    }

    @Test
    void answersThatItFailedWhenItsSourceDoes() throws Exception {
        OpsServer failing = OpsServer.start(
                new OpsSettings(HOST, 0),
                () -> {
                    throw new IllegalStateException("a secret");
                },
                () -> pipelines);
        try (failing) {
            HttpResponse<String> reply = client.send(
                    HttpRequest.newBuilder(URI.create("http://" + HOST + ":" + failing.port() + "/metrics"))
                            .build(),
                    BodyHandlers.ofString());

            assertThat(reply.statusCode()).isEqualTo(500);
            assertThat(reply.body()).doesNotContain("secret");
        }
    }

    @Test
    void namesTheSettingWhenThePortIsTaken() {
        OpsSettings taken = new OpsSettings(HOST, server.port());

        assertThatExceptionOfType(BindException.class)
                .isThrownBy(() -> OpsServer.start(taken, () -> "", () -> pipelines))
                .withMessageContaining(HOST + ":" + server.port())
                .withMessageContaining("ops.port");
    }

    @Test
    void namesTheSettingWhenTheHostIsNotOurs() {
        // TEST-NET-1 of RFC 5737: nobody's address.
        assertThatExceptionOfType(BindException.class)
                .isThrownBy(() -> OpsServer.start(new OpsSettings("192.0.2.1", 0), () -> "", () -> pipelines))
                .withMessageContaining("ops.host");
        assertThatExceptionOfType(BindException.class)
                .isThrownBy(
                        () -> OpsServer.start(new OpsSettings("no.such.host.invalid", 0), () -> "", () -> pipelines))
                .withMessageContaining("ops.host");
    }

    @Test
    void refusesSettingsThatMakeNoSense() {
        assertThatThrownBy(() -> new OpsSettings(HOST, 65_536)).hasMessageContaining("ops.port");
        assertThatThrownBy(() -> new OpsSettings(HOST, -1)).hasMessageContaining("ops.port");
        assertThatThrownBy(() -> new OpsSettings(" ", 0)).hasMessageContaining("ops.host");
    }

    @Test
    void isNotReachableFromOtherMachinesByDefault() {
        assertThat(OpsSettings.DEFAULT).isEqualTo(new OpsSettings("127.0.0.1", 8080));
    }

    @Test
    void answersBesideClientsThatSendHalfARequest() throws Exception {
        List<Socket> stuck = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
                stuck.add(socket);
                OutputStream out = socket.getOutputStream();
                out.write("GET /health HTT".getBytes(StandardCharsets.US_ASCII));
                out.flush();
            }

            assertThat(get("/health").statusCode()).isEqualTo(200);
        } finally {
            for (Socket socket : stuck) {
                socket.close();
            }
        }
    }

    @Test
    void keepsNoProcessAlive() throws Exception {
        get("/health");

        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread ->
                        thread.getName().startsWith("ops-") || thread.getName().contains("HTTP-Dispatcher"))
                .hasSizeGreaterThan(1)
                .allMatch(Thread::isDaemon);
    }

    @Test
    void freesItsPortWhenClosed() throws Exception {
        int port = server.port();
        server.close();
        server.close();

        assertThatThrownBy(() -> get("/health")).isInstanceOf(ConnectException.class);
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            assertThat(socket.isBound()).isTrue();
        }
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(request(path).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://" + HOST + ":" + server.port() + path))
                .timeout(Duration.ofSeconds(20));
    }
}
