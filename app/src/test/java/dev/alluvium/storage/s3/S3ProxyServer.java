package dev.alluvium.storage.s3;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An S3 server for tests: S3Proxy as a process of its own (its jar brings other versions of everything) on a free port
 * of 127.0.0.1, which asks for signatures. A bucket is a folder, an object a plain file in it.
 */
public final class S3ProxyServer implements AutoCloseable {
    /** The build puts it there. */
    private static final Path JAR = Path.of("target", "test-servers", "s3proxy-jar-with-dependencies.jar");

    /** The only user it lets in, for those who know the server by its address alone. */
    public static final String ACCESS_KEY = "alluvium-test";

    public static final String SECRET_KEY = "not-a-secret/only+for=tests";
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final Path folder;
    private final int port;
    private Process process;

    private S3ProxyServer(Path folder, int port, Process process) {
        this.folder = folder;
        this.port = port;
        this.process = process;
    }

    /**
     * Starts a server and waits until it answers.
     *
     * @param folder empty, for the objects and the server's log
     */
    public static S3ProxyServer start(Path folder) throws IOException, InterruptedException {
        Files.createDirectories(folder.resolve("buckets"));
        int port = freePort();
        Files.write(
                folder.resolve("s3proxy.conf"),
                List.of(
                        "s3proxy.endpoint=http://127.0.0.1:" + port,
                        "s3proxy.authorization=aws-v4",
                        "s3proxy.identity=" + ACCESS_KEY,
                        "s3proxy.credential=" + SECRET_KEY,
                        "s3proxy.ignore-unknown-headers=true",
                        "jclouds.provider=filesystem-nio2",
                        "jclouds.identity=local",
                        "jclouds.credential=local",
                        "jclouds.filesystem.basedir="
                                + folder.resolve("buckets").toAbsolutePath()));
        S3ProxyServer server = new S3ProxyServer(folder, port, launch(folder));
        server.awaitAnswer();
        return server;
    }

    /** Its address, for path-style requests. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + port);
    }

    public String accessKey() {
        return ACCESS_KEY;
    }

    public String secretKey() {
        return SECRET_KEY;
    }

    /** Makes a bucket, and gives the folder in which its objects lie as files named by their keys. */
    public Path createBucket(String name) throws IOException {
        // Open to others means public-read to this server.
        return Files.createDirectory(
                bucket(name), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /** The folder of a bucket. */
    public Path bucket(String name) {
        return folder.resolve("buckets").resolve(name);
    }

    /** Ends the process at once, as a crash would. The objects stay. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Starts it again after {@link #kill}, on the same port and with the same objects. */
    public void restart() throws IOException, InterruptedException {
        kill();
        process = launch(folder);
        awaitAnswer();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Process launch(Path folder) throws IOException {
        if (!Files.exists(JAR)) {
            throw new IOException(JAR.toAbsolutePath() + " is missing: build with Maven, which copies it there");
        }
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx160m",
                        "-XX:+UseSerialGC",
                        "-jar",
                        JAR.toAbsolutePath().toString(),
                        "--properties",
                        folder.resolve("s3proxy.conf").toAbsolutePath().toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("s3proxy.log").toFile()))
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        return process;
    }

    private void awaitAnswer() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!answers()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IOException(
                        "the S3 server does not start: " + Files.readString(folder.resolve("s3proxy.log")));
            }
            Thread.sleep(50);
        }
    }

    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
