package dev.alluvium.bench.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs one contestant on one topic and takes its measure. */
final class Heat {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final long LOOK_MS = 50;
    private static final long END_SECONDS = 30;

    private final Path home;
    private final ProcessHandle broker;
    private final String bootstrapServers;
    private final Path folder;
    private int number;

    /**
     * The heats of one benchmark.
     *
     * @param home the checkout
     * @param folder what a run wrote is removed after it, but for its log
     */
    Heat(Path home, ProcessHandle broker, String bootstrapServers, Path folder) {
        this.home = home;
        this.broker = broker;
        this.bootstrapServers = bootstrapServers;
        this.folder = folder;
    }

    /** One run from launch to end. */
    Run run(Contestant contestant, Topic topic) throws IOException, SQLException, InterruptedException {
        String name = contestant.label() + "-" + topic.name() + "-" + number++;
        Path work = Files.createDirectories(folder.resolve(name));
        Path files = Files.createDirectories(folder.resolve(name + "-files"));
        Task task = new Task(bootstrapServers, topic.data(), topic.name(), topic.records(), files, work);
        Path output = folder.resolve(name + ".out");
        double brokerBefore = cpuSeconds(broker);
        long begin = System.nanoTime();
        Process process = new ProcessBuilder(contestant.command(task, home))
                .directory(work.toFile())
                .redirectOutput(output.toFile())
                .redirectError(folder.resolve(name + ".log").toFile())
                .start();
        try (WrittenFiles written = new WrittenFiles(files)) {
            String fault = await(process, contestant, topic, written, output, begin);
            double seconds = (System.nanoTime() - begin) / 1e9;
            double cpu = cpuSeconds(process.toHandle());
            double brokerCpu = cpuSeconds(broker) - brokerBefore;
            long peak = peakRssMiB(process);
            if (fault.isEmpty() && contestant.writesFiles()) {
                fault = written.difference(topic);
            }
            long rows = contestant.writesFiles() ? written.rows() : topic.records();
            return new Run(
                    contestant,
                    topic.records(),
                    seconds,
                    cpu,
                    brokerCpu,
                    peak,
                    rows,
                    written.count(),
                    written.bytes(),
                    fault);
        } finally {
            end(process);
            delete(work);
            delete(files);
        }
    }

    /** Waits until all rows are there; what hindered it, or nothing. */
    private static String await(
            Process process, Contestant contestant, Topic topic, WrittenFiles written, Path output, long begin)
            throws IOException, SQLException, InterruptedException {
        while (System.nanoTime() - begin < LIMIT.toNanos()) {
            boolean isDone = contestant.writesFiles()
                    ? written.rows() >= topic.records()
                    : Files.readString(output).contains(Contestant.DONE);
            if (isDone) {
                return "";
            }
            if (process.waitFor(LOOK_MS, TimeUnit.MILLISECONDS)) {
                return "ended with exit code " + process.exitValue();
            }
        }
        return "not done after " + LIMIT.toMinutes() + " minutes";
    }

    private static double cpuSeconds(ProcessHandle process) {
        return process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L) / 1e9;
    }

    private static long peakRssMiB(Process process) {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        try (BufferedReader lines = Files.newBufferedReader(status, StandardCharsets.UTF_8)) {
            return lines.lines()
                            .filter(line -> line.startsWith("VmHWM"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                            .findFirst()
                            .orElse(0)
                    / 1024;
        } catch (IOException e) {
            return 0; // not Linux
        }
    }

    private static void end(Process process) throws IOException, InterruptedException {
        process.getOutputStream().close();
        process.destroy();
        if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }
}
