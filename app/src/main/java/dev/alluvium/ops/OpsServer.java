package dev.alluvium.ops;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP floor for operators: {@code GET /metrics} for Prometheus, {@code /health} (200 while the process lives),
 * {@code /ready} (200, or 503 with a line per cause). A few daemon threads serve it; what exceeds them and a short queue is
 * refused, so that it never takes the archive's memory.
 */
public final class OpsServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OpsServer.class);
    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String PLAIN_TEXT = "text/plain; charset=utf-8";
    private static final int THREADS = 4;
    private static final int QUEUED_REQUESTS = 64;

    static {
        // Without these limits of the JDK's server, in seconds, a client that sends half a request keeps a thread for
        // ever.
        // They are read once, when the first server of the process is made.
        setUnlessSet("sun.net.httpserver.maxReqTime", "10");
        setUnlessSet("sun.net.httpserver.maxRspTime", "30");
    }

    private final HttpServer server;
    private final ThreadPoolExecutor threads;
    private final Supplier<String> scrape;
    private final StatusSource status;

    private OpsServer(HttpServer server, ThreadPoolExecutor threads, Supplier<String> scrape, StatusSource status) {
        this.server = server;
        this.threads = threads;
        this.scrape = scrape;
        this.status = status;
    }

    /**
     * Listens, and serves until closed.
     *
     * @param scrape all metrics in the Prometheus text format
     * @throws BindException if it cannot listen there; the message names the setting to change
     */
    public static OpsServer start(OpsSettings settings, Supplier<String> scrape, StatusSource status)
            throws IOException {
        HttpServer http = bind(settings);
        OpsServer server = new OpsServer(http, daemonThreads(), scrape, status);
        http.setExecutor(server.threads);
        http.createContext("/", server::serve);
        startAsDaemon(http);
        LOG.atInfo()
                .addKeyValue("host", settings.host())
                .addKeyValue("port", server.port())
                .log("ops server listens");
        return server;
    }

    /** The port it listens on, chosen by the system if the setting was 0. */
    public int port() {
        return server.getAddress().getPort();
    }

    /** Stops listening and cuts off the requests that are being served. A repeat does nothing. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static HttpServer bind(OpsSettings settings) throws IOException {
        InetSocketAddress address = new InetSocketAddress(settings.host(), settings.port());
        String where = settings.host() + ":" + settings.port();
        if (address.isUnresolved()) {
            throw named("cannot listen on " + where + ": unknown host; correct ops.host", null);
        }
        try {
            return HttpServer.create(address, 0);
        } catch (SocketException e) {
            String advice = isOurs(address)
                    ? "set ops.port to a free port, 0 picks one"
                    : "set ops.host to an address of this machine";
            throw named("cannot listen on " + where + ": " + e.getMessage() + "; " + advice, e);
        }
    }

    private static BindException named(String message, @Nullable Exception cause) {
        BindException named = new BindException(message);
        if (cause != null) {
            named.initCause(cause);
        }
        return named;
    }

    private static boolean isOurs(InetSocketAddress address) throws SocketException {
        return address.getAddress().isAnyLocalAddress()
                || NetworkInterface.getByInetAddress(address.getAddress()) != null;
    }

    private static ThreadPoolExecutor daemonThreads() {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                THREADS, THREADS, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(QUEUED_REQUESTS), task -> {
                    Thread thread = new Thread(task, "ops-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /** The server's dispatcher inherits the daemon flag of the thread that starts it. */
    private static void startAsDaemon(HttpServer http) throws IOException {
        Thread starter = new Thread(http::start, "ops-start");
        starter.setDaemon(true);
        starter.start();
        try {
            starter.join();
        } catch (InterruptedException e) {
            http.stop(0);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the ops server started", e);
        }
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String method = exchange.getRequestMethod();
            boolean isHead = method.equals("HEAD");
            Reply reply = isHead || method.equals("GET")
                    ? answer(exchange.getRequestURI().getPath())
                    : refuse(exchange);
            byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", reply.contentType());
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            if (isHead) {
                exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
            }
            exchange.sendResponseHeaders(reply.code(), isHead || body.length == 0 ? -1 : body.length);
            if (!isHead) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    private Reply answer(String path) {
        try {
            return switch (path) {
                case "/metrics" -> new Reply(200, PROMETHEUS_TEXT, scrape.get());
                case "/health" -> new Reply(200, PLAIN_TEXT, "ok\n");
                case "/ready" -> readiness();
                default -> new Reply(404, PLAIN_TEXT, "not found; there is /metrics, /health and /ready\n");
            };
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("path", path).setCause(e).log("ops request failed");
            return new Reply(500, PLAIN_TEXT, "internal error, see the log\n");
        }
    }

    private Reply readiness() {
        StringBuilder causes = new StringBuilder();
        for (PipelineStatus pipeline : status.pipelines()) {
            if (!pipeline.isReady()) {
                describe(pipeline, causes);
            }
        }
        return causes.isEmpty() ? new Reply(200, PLAIN_TEXT, "ready\n") : new Reply(503, PLAIN_TEXT, causes.toString());
    }

    private static void describe(PipelineStatus pipeline, StringBuilder causes) {
        if (pipeline.causes().isEmpty()) {
            causes.append(pipeline.name()).append(": ").append(pipeline.state()).append('\n');
        }
        for (String cause : pipeline.causes()) {
            causes.append(pipeline.name())
                    .append(": ")
                    .append(cause.replaceAll("\\s*\\R\\s*", " "))
                    .append('\n');
        }
    }

    private static Reply refuse(HttpExchange exchange) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        return new Reply(405, PLAIN_TEXT, "only GET and HEAD\n");
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private record Reply(int code, String contentType, String body) {}
}
