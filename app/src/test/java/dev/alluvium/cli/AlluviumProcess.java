package dev.alluvium.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** {@code alluvium run} in a process of its own, as operators see it: its log, {@code /ready} and its exit code. */
final class AlluviumProcess implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final Process process;
    private final Path log;
    private final int opsPort;

    private AlluviumProcess(Process process, Path log, int opsPort) {
        this.process = process;
        this.log = log;
        this.opsPort = opsPort;
    }

    /**
     * Starts it.
     *
     * @param folder for the configuration file and the log
     * @param opsPort as the configuration says
     */
    static AlluviumProcess start(Path folder, String configuration, int opsPort) throws IOException {
        Path file = Files.writeString(folder.resolve("a.yaml"), configuration);
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-opens=java.base/java.nio=ALL-UNNAMED",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.alluvium.cli.Main",
                        "run",
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new AlluviumProcess(process, log, opsPort);
    }

    /** Status and body of {@code /ready}, with a space between. */
    String ready() {
        try {
            HttpResponse<String> response = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + opsPort + "/ready"))
                            .timeout(Duration.ofSeconds(5))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            return response.statusCode() + " " + response.body();
        } catch (IOException e) {
            return e.toString(); // it is not listening yet
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    void awaitReadiness() throws Exception {
        await("readiness", () -> ready().equals("200 ready\n"));
    }

    /** Lines of the log that contain a text. */
    List<String> lines(String text) {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> line.contains(text)).toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    void await(String what, BooleanSupplier isDone) throws Exception {
        Instant limit = Instant.now().plus(LIMIT);
        while (!isDone.getAsBoolean()) {
            if (Instant.now().isAfter(limit) || !process.isAlive()) {
                throw new AssertionError(
                        "not in time: " + what + "; /ready says " + ready() + "\n" + Files.readString(log));
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    /** Sends it the signal to stop; returns its exit code. */
    int terminate() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("it does not stop");
        }
        return process.exitValue();
    }

    @Override
    public void close() throws IOException {
        try {
            process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
