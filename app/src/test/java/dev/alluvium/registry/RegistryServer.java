package dev.alluvium.registry;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A schema registry in this process that answers as Confluent's does, or misbehaves on demand. */
public final class RegistryServer implements AutoCloseable {
    /** What every request meets. */
    public enum Mode {
        WELL,
        /** 401 to everybody. */
        UNAUTHORIZED,
        FORBIDDEN,
        /** 500 with JSON. */
        BROKEN,
        /** 200 with what is no JSON. */
        GARBAGE,
        /** 404 of something in front of the registry. */
        WRONG_PLACE,
        /** The connection stands, and nothing comes. */
        SILENT,
        /** Header and half of the body, then nothing. */
        STALLED
    }

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, String> answers = new ConcurrentHashMap<>();
    private final Set<String> deleted = ConcurrentHashMap.newKeySet();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile Mode mode = Mode.WELL;
    private volatile Consumer<String> listener = path -> {};
    private @Nullable HttpServer server;
    private int port;

    public RegistryServer() throws IOException {
        answers.put("/schemas/types", "[\"PROTOBUF\"]");
        start();
    }

    /** Listens, again on the same port if it has listened before. */
    public void start() throws IOException {
        HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        http.createContext("/", this::handle);
        http.setExecutor(threads);
        http.start();
        port = http.getAddress().getPort();
        server = http;
    }

    /** Refuses connections from now on. */
    public void stop() {
        HttpServer http = server;
        if (http != null) {
            http.stop(0);
        }
        server = null;
    }

    public void set(Mode next) {
        mode = next;
    }

    /** Tells of every request's path before it is answered, when it counts among {@link #requests} already. */
    void onRequest(Consumer<String> next) {
        listener = next;
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    public RegistrySettings settings() {
        return new RegistrySettings(List.of(url()), Optional.empty());
    }

    /** Paths that were asked for, in order. */
    public List<String> requests() {
        return requests;
    }

    List<String> authorizations() {
        return authorizations;
    }

    /**
     * Registers a schema under an id.
     *
     * @param references name, subject and version of each, in turn
     */
    public RegistryServer with(int id, String schema, String... references) {
        answers.put("/schemas/ids/" + id, body(schema, references));
        return this;
    }

    /** Registers a version of a subject, for references. */
    public RegistryServer withVersion(String subject, int version, String schema, String... references) {
        answers.put("/subjects/" + subject + "/versions/" + version, body(schema, references));
        answers.put("/subjects/" + subject + "/versions", "[" + version + "]");
        return this;
    }

    /** Deletes a version softly: it is there only for those who ask for deleted ones too. */
    RegistryServer withoutVersion(String subject, int version) {
        deleted.add("/subjects/" + subject + "/versions/" + version);
        return this;
    }

    RegistryServer withAnswer(String path, String json) {
        answers.put(path, json);
        return this;
    }

    private static String body(String schema, String... references) {
        ObjectNode body = JSON.createObjectNode().put("schemaType", "PROTOBUF").put("schema", schema);
        for (int i = 0; i < references.length; i += 3) {
            body.withArray("references")
                    .addObject()
                    .put("name", references[i])
                    .put("subject", references[i + 1])
                    .put("version", Integer.parseInt(references[i + 2]));
        }
        return body.toString();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        requests.add(path);
        listener.accept(path);
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        if (authorization != null) {
            authorizations.add(authorization);
        }
        boolean isHidden = deleted.contains(path)
                && !"deleted=true".equals(exchange.getRequestURI().getQuery());
        String found = isHidden ? null : answers.get(path);
        switch (mode) {
            case WELL -> {
                if (found == null) {
                    answer(exchange, 404, "{\"error_code\":40403,\"message\":\"Schema not found\"}");
                } else {
                    answer(exchange, 200, found);
                }
            }
            case UNAUTHORIZED -> answer(exchange, 401, "{\"error_code\":40101,\"message\":\"Unauthorized\"}");
            case FORBIDDEN -> answer(exchange, 403, "{\"error_code\":40301,\"message\":\"Forbidden\"}");
            case BROKEN -> answer(exchange, 500, "{\"error_code\":50001,\"message\":\"Error in the backend\"}");
            case GARBAGE -> answer(exchange, 200, "<html><body>Welcome to the proxy</body></html>");
            case WRONG_PLACE -> answer(exchange, 404, "<html><body>not here</body></html>");
            case SILENT -> {}
            case STALLED -> {
                exchange.sendResponseHeaders(200, 1000);
                exchange.getResponseBody().write("{\"schema".getBytes(StandardCharsets.UTF_8));
                exchange.getResponseBody().flush();
            }
        }
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    @Override
    public void close() {
        stop();
        threads.shutdownNow();
    }
}
