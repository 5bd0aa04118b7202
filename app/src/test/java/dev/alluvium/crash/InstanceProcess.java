package dev.alluvium.crash;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** An instance in a JVM of its own, to be mistreated. Its output is added to a log in its home. */
final class InstanceProcess implements AutoCloseable {
    private static final Duration END_LIMIT = Duration.ofSeconds(60);

    private final InstanceSettings settings;
    private final Process process;

    private InstanceProcess(InstanceSettings settings, Process process) {
        this.settings = settings;
        this.process = process;
    }

    /** Starts an instance; its trace begins empty, its state directory and spool are as the last one left them. */
    static InstanceProcess start(InstanceSettings settings) throws IOException {
        Files.createDirectories(settings.home());
        Files.deleteIfExists(settings.trace());
        Files.createFile(settings.trace());
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
        command.add("--add-opens=java.base/java.nio=ALL-UNNAMED");
        if (Runtime.version().feature() >= 24) {
            command.add("--enable-native-access=ALL-UNNAMED");
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), InstanceMain.class.getName()));
        command.addAll(settings.toArguments());
        File log = settings.home().resolve("log").toFile();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
        return new InstanceProcess(settings, process);
    }

    InstanceSettings settings() {
        return settings;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Exit code of a process that has ended. */
    int exitCode() {
        return process.exitValue();
    }

    /** kill -9. */
    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** SIGSTOP. */
    void suspend() {
        signal("STOP", process.pid());
    }

    /** SIGCONT. */
    void resume() {
        signal("CONT", process.pid());
    }

    /** SIGTERM; whether the process ended by itself within the limit. */
    boolean terminate(Duration limit) {
        process.destroy();
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Whether the process is stopped by a signal; only where the kernel says so in /proc. */
    boolean isSuspended() {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) == 'T';
        } catch (IOException e) {
            return false;
        }
    }

    /** The end of the log, for messages. */
    List<String> lastLogLines() {
        try (Stream<String> lines = Files.lines(settings.home().resolve("log"))) {
            List<String> all = lines.toList();
            return all.subList(Math.max(0, all.size() - 20), all.size());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the instance has traced so far. */
    List<String> trace() {
        try (Stream<String> lines = Files.lines(settings.trace())) {
            return lines.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("process " + process.pid() + " does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static void signal(String name, long pid) {
        try {
            int code = new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IllegalStateException("kill -" + name + " " + pid + " says " + code);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Leaves nothing running. */
    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }
}
