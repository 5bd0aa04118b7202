package dev.alluvium.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A schema registry that nobody here wrote: Apicurio, as a process of its own on a free port of 127.0.0.1, which keeps
 * everything in memory. It needs a newer Java than these tests.
 */
public final class ApicurioServer implements AutoCloseable {
    /** The build puts it there. */
    private static final Path TARBALL = Path.of("target", "test-servers", "apicurio-registry-app-all.tar.gz");

    private static final int LEAST_JAVA = 21;
    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path folder;
    private final Process process;
    private final URI url;

    private ApicurioServer(Path folder, Process process, URI url) {
        this.folder = folder;
        this.process = process;
        this.url = url;
    }

    /** The {@code java} of a JDK that it runs on, where .ci/run looks for one; empty if there is none. */
    public static Optional<Path> java() {
        List<Path> homes = new ArrayList<>();
        for (String variable : List.of("JAVA_HOME_25", "JAVA_HOME_21")) {
            Optional.ofNullable(System.getenv(variable)).map(Path::of).ifPresent(homes::add);
        }
        if (Runtime.version().feature() >= LEAST_JAVA) {
            homes.add(Path.of(System.getProperty("java.home")));
        }
        Path installed = Path.of("/usr/lib/jvm");
        if (Files.isDirectory(installed)) {
            try (Stream<Path> all = Files.list(installed)) {
                all.filter(home -> home.getFileName().toString().matches(".*(25|21).*"))
                        .sorted()
                        .forEach(homes::add);
            } catch (IOException e) {
                return Optional.empty();
            }
        }
        return homes.stream()
                .map(home -> home.resolve("bin").resolve("java"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /**
     * Starts a server and waits until it answers.
     *
     * @param folder empty, for the program and its log
     */
    public static ApicurioServer start(Path java, Path folder) throws IOException, InterruptedException {
        if (!Files.exists(TARBALL)) {
            throw new IOException(TARBALL.toAbsolutePath() + " is missing: build with Maven, which copies it there");
        }
        int unpacked = new ProcessBuilder(
                        "tar", "-xzf", TARBALL.toAbsolutePath().toString(), "-C", folder.toString())
                .inheritIO()
                .start()
                .waitFor();
        if (unpacked != 0) {
            throw new IOException("cannot unpack " + TARBALL);
        }
        int port = freePort();
        Process process = new ProcessBuilder(
                        java.toString(),
                        "-Xmx300m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Dquarkus.http.host=127.0.0.1",
                        "-Dquarkus.http.port=" + port,
                        "-Dquarkus.management.host=127.0.0.1",
                        "-Dquarkus.management.port=0",
                        "-jar",
                        runner(folder).toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("apicurio.log").toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        ApicurioServer server =
                new ApicurioServer(folder, process, URI.create("http://127.0.0.1:" + port + "/apis/ccompat/v7"));
        server.awaitAnswer();
        return server;
    }

    private static Path runner(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.getFileName().toString().matches(".*-runner\\.jar|quarkus-run\\.jar"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no program in " + TARBALL));
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Its address for clients of Confluent's API. */
    public URI url() {
        return url;
    }

    public RegistrySettings settings() {
        return new RegistrySettings(List.of(url), Optional.empty());
    }

    /**
     * Registers a schema as the next version of a subject and returns its id.
     *
     * @param references name, subject and version of each, in turn
     */
    public int register(String subject, String schema, String... references) throws IOException, InterruptedException {
        ObjectNode body = JSON.createObjectNode().put("schemaType", "PROTOBUF").put("schema", schema);
        for (int i = 0; i < references.length; i += 3) {
            body.withArray("references")
                    .addObject()
                    .put("name", references[i])
                    .put("subject", references[i + 1])
                    .put("version", Integer.parseInt(references[i + 2]));
        }
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(URI.create(url + "/subjects/" + subject + "/versions"))
                        .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                        .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        JsonNode id = JSON.readTree(answer.body()).path("id");
        if (!id.isInt()) {
            throw new IOException("cannot register: " + answer.statusCode() + " " + answer.body());
        }
        return id.asInt();
    }

    private void awaitAnswer() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!answers()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                close();
                throw new IOException("Apicurio does not start: " + Files.readString(folder.resolve("apicurio.log")));
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private boolean answers() throws InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url + "/schemas/types")).build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
