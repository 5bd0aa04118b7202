package dev.alluvium.storage.gcs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Google Cloud Storage for tests, in memory: that part of its JSON API, version 1, which an object store needs, written
 * after the public reference (cloud.google.com/storage/docs/json_api/v1). Asks for a token of its own service account and
 * answers 401 without one. Does not know versions, ACLs, composition or encryption.
 */
public final class GcsServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern OBJECTS = Pattern.compile("(/upload|/download)?/storage/v1/b/([^/]+)/o(?:/([^/]+))?");
    private static final Pattern BUCKET = Pattern.compile("/storage/v1/b/([^/]+)");
    private static final Pattern RANGE = Pattern.compile("bytes=([0-9]+)-([0-9]*)");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, GcsBucket> buckets = new ConcurrentHashMap<>();
    private final Map<String, GcsUpload> uploads = new ConcurrentHashMap<>();
    private final AtomicLong uploadIds = new AtomicLong();
    private final Set<String> denied = ConcurrentHashMap.newKeySet();
    private final Set<String> carelessUploads = ConcurrentHashMap.newKeySet();
    private final GcsAccount account;
    private volatile boolean isOpenToAll;

    private GcsServer(HttpServer server) {
        this.server = server;
        this.account = new GcsAccount(endpoint() + "/token");
    }

    /** A server on a free port of this machine, with the named buckets, all empty. */
    public static GcsServer start(String... buckets) throws IOException {
        // Answers are written in two pieces; without this the second waits for the client's delayed acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        GcsServer server = new GcsServer(http);
        List.of(buckets).forEach(server::createBucket);
        http.createContext("/", server::handle);
        http.setExecutor(server.threads);
        http.start();
        return server;
    }

    /** Adds a bucket, or empties the one there is. */
    public void createBucket(String name) {
        buckets.put(name, new GcsBucket(name));
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Writes the key of the service account that the server knows. */
    public Path writeKey(Path file) throws IOException {
        return account.writeKey(file);
    }

    /** From now on no token is asked for. */
    public void openToAll() {
        isOpenToAll = true;
    }

    /** Makes the tokens that were given out worthless. */
    public void expireTokens() {
        account.expireTokens();
    }

    /** How many tokens were given out. */
    public int tokensIssued() {
        return account.issued();
    }

    /** Takes a permission, such as {@code storage.objects.create}, from the account. */
    public void deny(String permission) {
        denied.add(permission);
    }

    /** Gives back what was taken. */
    public void permitAll() {
        denied.clear();
    }

    /** The object resource of what a bucket holds, as the API tells it. */
    JsonNode resource(String bucket, String name) throws GcsRefusal {
        return bucket(bucket).get(name, null).resource();
    }

    /** Writes an object as a console does, past any client. */
    void put(String bucket, String name, byte[] bytes) throws GcsRefusal {
        bucket(bucket).insert(name, JsonNodeFactory.instance.objectNode(), bytes, null);
    }

    /** From now on the bucket publishes whatever the precondition says. */
    void ignorePreconditions(String bucket) {
        Optional.ofNullable(buckets.get(bucket)).orElseThrow().ignorePreconditions();
    }

    /** From now on the bucket does so for resumable uploads, and keeps its word for puts of one request. */
    void ignorePreconditionsOfUploads(String bucket) {
        carelessUploads.add(bucket);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            if ("close".equalsIgnoreCase(exchange.getRequestHeaders().getFirst("Connection"))) {
                exchange.getResponseHeaders().set("Connection", "close"); // the JDK closes and does not say so
            }
            try {
                route(exchange);
            } catch (GcsRefusal refusal) {
                exchange.getRequestBody().readAllBytes();
                if (refusal.status() == 401) {
                    exchange.getResponseHeaders()
                            .set("WWW-Authenticate", "Bearer realm=\"https://accounts.google.com/\"");
                }
                answer(exchange, refusal.status(), refusal.resource());
            }
        }
    }

    private void route(HttpExchange exchange) throws IOException, GcsRefusal {
        String path = exchange.getRequestURI().getRawPath();
        Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
        if (path.equals("/token")) {
            token(exchange);
            return;
        }
        String uploadId = query.get("upload_id");
        if (uploadId != null) {
            resume(exchange, uploadId); // the address itself is the permission
            return;
        }
        requireToken(exchange);
        Matcher bucket = BUCKET.matcher(path);
        if (bucket.matches() && exchange.getRequestMethod().equals("GET")) {
            require("storage.buckets.get");
            answer(exchange, 200, bucket(decode(bucket.group(1))).resource());
            return;
        }
        Matcher objects = OBJECTS.matcher(path);
        if (!objects.matches()) {
            throw new GcsRefusal(404, "notFound", "Not Found");
        }
        GcsBucket found = bucket(decode(objects.group(2)));
        String name = objects.group(3) == null ? null : decode(objects.group(3));
        if ("/upload".equals(objects.group(1))) {
            insert(exchange, found, query);
        } else if (name == null) {
            list(exchange, found, query);
        } else {
            object(exchange, found, name, query);
        }
    }

    private void object(HttpExchange exchange, GcsBucket bucket, String name, Map<String, String> query)
            throws IOException, GcsRefusal {
        switch (exchange.getRequestMethod()) {
            case "GET" -> {
                require("storage.objects.get");
                GcsBlob blob = bucket.get(name, number(query, "generation"));
                if ("media".equals(query.get("alt"))) {
                    download(exchange, blob);
                } else {
                    answer(exchange, 200, selected(query, blob.resource()));
                }
            }
            case "DELETE" -> {
                require("storage.objects.delete");
                bucket.delete(name, number(query, "ifGenerationMatch"));
                exchange.sendResponseHeaders(204, -1);
            }
            default -> throw new GcsRefusal(405, "methodNotAllowed", "Method Not Allowed");
        }
    }

    private void list(HttpExchange exchange, GcsBucket bucket, Map<String, String> query)
            throws IOException, GcsRefusal {
        require("storage.objects.list");
        int maxResults = Integer.parseInt(query.getOrDefault("maxResults", "1000"));
        Optional<String> token = Optional.ofNullable(query.get("pageToken"));
        answer(exchange, 200, selected(query, bucket.list(query.getOrDefault("prefix", ""), maxResults, token)));
    }

    private void insert(HttpExchange exchange, GcsBucket bucket, Map<String, String> query)
            throws IOException, GcsRefusal {
        require("storage.objects.create");
        Long ifGenerationMatch = number(query, "ifGenerationMatch");
        byte[] body = exchange.getRequestBody().readAllBytes();
        switch (query.getOrDefault("uploadType", "")) {
            case "media" -> {
                ObjectNode metadata = JsonNodeFactory.instance.objectNode();
                metadata.put("contentType", exchange.getRequestHeaders().getFirst("Content-Type"));
                GcsBlob blob = bucket.insert(nameOf(query, metadata), metadata, body, ifGenerationMatch);
                answer(exchange, 200, selected(query, blob.resource()));
            }
            case "multipart" -> {
                String contentType = exchange.getRequestHeaders().getFirst("Content-Type");
                List<GcsPart> parts = GcsPart.split(contentType, body);
                if (parts.size() != 2) {
                    throw new GcsRefusal(400, "badRequest", "Malformed multipart body.");
                }
                ObjectNode metadata = metadata(parts.get(0).body());
                if (!metadata.has("contentType")) {
                    metadata.put("contentType", parts.get(1).contentType());
                }
                withKey(metadata, query);
                GcsBlob blob = bucket.insert(
                        nameOf(query, metadata), metadata, parts.get(1).body(), ifGenerationMatch);
                answer(exchange, 200, selected(query, blob.resource()));
            }
            case "resumable" -> {
                ObjectNode metadata = metadata(body);
                String type = exchange.getRequestHeaders().getFirst("X-Upload-Content-Type");
                if (!metadata.has("contentType") && type != null) {
                    metadata.put("contentType", type);
                }
                withKey(metadata, query);
                String name = nameOf(query, metadata);
                Long condition = carelessUploads.contains(bucket.name()) ? null : ifGenerationMatch;
                bucket.requireGeneration(name, condition);
                String id = "upload-" + uploadIds.incrementAndGet();
                uploads.put(id, new GcsUpload(bucket, name, metadata, condition));
                exchange.getResponseHeaders().set("Location", location(exchange, id));
                exchange.getResponseHeaders().set("X-GUploader-UploadID", id);
                exchange.sendResponseHeaders(200, -1);
            }
            default -> throw new GcsRefusal(400, "badRequest", "Invalid upload type.");
        }
    }

    /** The upload's own address: of the host that was asked, so that a proxy in between stays in between. */
    private static String location(HttpExchange exchange, String id) {
        return "http://" + exchange.getRequestHeaders().getFirst("Host")
                + exchange.getRequestURI().getRawPath() + "?uploadType=resumable&upload_id=" + id;
    }

    private void resume(HttpExchange exchange, String id) throws IOException, GcsRefusal {
        GcsUpload upload = uploads.get(id);
        if (upload == null) {
            throw new GcsRefusal(404, "notFound", "No such upload session.");
        }
        String range = exchange.getRequestHeaders().getFirst("Content-Range");
        Optional<GcsBlob> blob = upload.put(String.valueOf(range), exchange.getRequestBody());
        if (blob.isPresent()) {
            answer(exchange, 200, blob.get().resource());
        } else {
            upload.range().ifPresent(all -> exchange.getResponseHeaders().set("Range", all));
            exchange.sendResponseHeaders(308, -1);
        }
    }

    private void download(HttpExchange exchange, GcsBlob blob) throws IOException, GcsRefusal {
        int size = blob.bytes().length;
        int begin = 0;
        int end = size;
        String wanted = exchange.getRequestHeaders().getFirst("Range");
        Matcher range = wanted == null ? null : RANGE.matcher(wanted);
        if (range != null && range.matches()) {
            if (Long.parseLong(range.group(1)) >= size) {
                exchange.getResponseHeaders().set("Content-Range", "bytes */" + size);
                throw new GcsRefusal(416, "requestedRangeNotSatisfiable", "The requested range cannot be satisfied.");
            }
            begin = Integer.parseInt(range.group(1));
            end = range.group(2).isEmpty() ? size : (int) Math.min(size, Long.parseLong(range.group(2)) + 1);
            exchange.getResponseHeaders().set("Content-Range", "bytes " + begin + "-" + (end - 1) + "/" + size);
        }
        exchange.getResponseHeaders()
                .set("Content-Type", blob.metadata().path("contentType").asText());
        exchange.getResponseHeaders().set("X-Goog-Generation", Long.toString(blob.generation()));
        exchange.getResponseHeaders().set("X-Goog-Hash", "crc32c=" + blob.crc32c());
        exchange.getResponseHeaders().set("X-Goog-Stored-Content-Encoding", "identity");
        exchange.getResponseHeaders().set("X-Goog-Stored-Content-Length", Integer.toString(size));
        exchange.sendResponseHeaders(range == null ? 200 : 206, end == begin ? -1 : end - begin);
        exchange.getResponseBody().write(blob.bytes(), begin, end - begin);
    }

    private void token(HttpExchange exchange) throws IOException {
        Map<String, String> form = query(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        try {
            String token = account.exchange(form.getOrDefault("assertion", ""));
            answer.put("access_token", token).put("expires_in", 3600).put("token_type", "Bearer");
            answer(exchange, 200, answer);
        } catch (GeneralSecurityException | RuntimeException e) {
            answer.put("error", "invalid_grant").put("error_description", e.getMessage());
            answer(exchange, 400, answer);
        }
    }

    private void requireToken(HttpExchange exchange) throws GcsRefusal {
        String header = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        boolean isKnown = header.startsWith("Bearer ") && account.knows(header.substring("Bearer ".length()));
        if (!isKnown && !isOpenToAll) {
            throw new GcsRefusal(401, "authError", "Invalid Credentials");
        }
    }

    private void require(String permission) throws GcsRefusal {
        if (denied.contains(permission)) {
            throw new GcsRefusal(
                    403,
                    "forbidden",
                    "archive@test.iam.gserviceaccount.com does not have " + permission
                            + " access to the Google Cloud Storage object.");
        }
    }

    private GcsBucket bucket(String name) throws GcsRefusal {
        GcsBucket bucket = buckets.get(name);
        if (bucket == null) {
            throw new GcsRefusal(404, "notFound", "The specified bucket does not exist.");
        }
        return bucket;
    }

    private static void withKey(ObjectNode metadata, Map<String, String> query) {
        if (query.containsKey("kmsKeyName")) {
            metadata.put("kmsKeyName", query.get("kmsKeyName") + "/cryptoKeyVersions/1");
        }
    }

    private static String nameOf(Map<String, String> query, JsonNode metadata) throws GcsRefusal {
        String name = query.getOrDefault("name", metadata.path("name").asText());
        if (name.isEmpty() || name.getBytes(StandardCharsets.UTF_8).length > 1024) {
            throw new GcsRefusal(400, "invalid", "Invalid object name.");
        }
        return name;
    }

    private static ObjectNode metadata(byte[] json) throws GcsRefusal {
        try {
            return json.length == 0 ? JsonNodeFactory.instance.objectNode() : (ObjectNode) JSON.readTree(json);
        } catch (IOException | ClassCastException e) {
            throw new GcsRefusal(400, "parseError", "Parse Error");
        }
    }

    private static JsonNode selected(Map<String, String> query, JsonNode resource) {
        String fields = query.get("fields");
        return fields == null ? resource : GcsFields.select(fields, resource);
    }

    private static void answer(HttpExchange exchange, int status, JsonNode resource) throws IOException {
        byte[] bytes = JSON.writeValueAsBytes(resource);
        exchange.getResponseHeaders().set("Content-Type", "application/json; charset=UTF-8");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private static @Nullable Long number(Map<String, String> query, String name) {
        String text = query.get(name);
        return text == null ? null : Long.valueOf(text);
    }

    private static Map<String, String> query(@Nullable String raw) {
        Map<String, String> query = new HashMap<>();
        if (raw != null) {
            Arrays.stream(raw.split("&"))
                    .map(pair -> pair.split("=", 2))
                    .forEach(pair -> query.put(
                            URLDecoder.decode(pair[0], StandardCharsets.UTF_8),
                            pair.length == 1 ? "" : URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
        }
        return query;
    }

    /** A segment of a path, in which a plus is a plus. */
    private static String decode(String segment) {
        return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
