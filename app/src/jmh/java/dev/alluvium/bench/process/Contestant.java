package dev.alluvium.bench.process;

import dev.alluvium.schema.MessageTypes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Who takes part, in the order of the table. */
enum Contestant {
    /** Reads and throws away. */
    POLL(false),
    /** Reads, parses with the generated class and throws away. */
    PARSE(false),
    /** A consumer of one's own with parquet-protobuf. */
    HANDROLLED(true),
    /** The product, as it is started: {@code alluvium run}. */
    ALLUVIUM(true),
    /** The product, with Kafka Streams getting its records one by one; takes part only when it is named. */
    ALLUVIUM_BY_RECORD(true);

    /** What a contestant prints that writes no files, when it is done. */
    static final String DONE = "done";

    private final boolean writesFiles;

    Contestant(boolean writesFiles) {
        this.writesFiles = writesFiles;
    }

    boolean writesFiles() {
        return writesFiles;
    }

    /** As options and results spell it. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Its command.
     *
     * @param home the checkout
     */
    List<String> command(Task task, Path home) throws IOException {
        return switch (this) {
            case POLL -> consumer(ConsumerProcess.Mode.POLL, task);
            case PARSE -> consumer(ConsumerProcess.Mode.PARSE, task);
            case HANDROLLED -> consumer(ConsumerProcess.Mode.WRITE, task);
            case ALLUVIUM -> product(home, configuration(task, true));
            case ALLUVIUM_BY_RECORD -> product(home, configuration(task, false));
        };
    }

    /** Who takes part unless others are named. */
    static Contestant[] usual() {
        return new Contestant[] {POLL, PARSE, HANDROLLED, ALLUVIUM};
    }

    private static List<String> product(Path home, Path configuration) {
        return List.of(home.resolve("alluvium").toString(), "run", configuration.toString());
    }

    private static List<String> consumer(ConsumerProcess.Mode mode, Task task) {
        List<String> command = new ArrayList<>(java(ConsumerProcess.class, "2g"));
        command.add(mode.name());
        command.addAll(task.arguments());
        return command;
    }

    /** Java with this process's class path. */
    static List<String> java(Class<?> main, String heap) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName());
    }

    private static Path configuration(Task task, boolean isByRun) throws IOException {
        Path descriptors = Files.write(
                task.work().resolve("bench.desc"),
                MessageTypes.descriptorSet(task.data().prototype().getDescriptorForType()));
        String message = task.data().prototype().getDescriptorForType().getFullName();
        String name = task.work().getFileName().toString();
        String yaml = String.format(
                Locale.ROOT,
                """
                application: bench
                kafka:
                  bootstrap.servers: "%s"
                  consumer.max.poll.records: "%d"
                storage: { type: local, path: "%s" }
                spool: { path: "%s" }
                state: { path: "%s" }
                ops: { port: 0 }
                pipelines:
                  - name: "%s"
                    threads: %d
                    source: { topics: ["%s"], start: earliest, byRun: %b }
                    data: { type: protobuf, descriptorSet: "%s", message: %s, coordinates: false }
                    files: { codec: zstd, level: 3, key: "%s-{partition}-{firstOffset}.parquet" }
                    rotation: { bytes: 128 MiB, idle: 2s }
                    deadLetters: { topic: "%s-dead" }
                    manifest: { topic: "%s-manifest" }
                """,
                task.bootstrapServers(),
                Task.POLL_RECORDS,
                task.files(),
                task.work().resolve("spool"),
                task.work().resolve("state"),
                name,
                Task.THREADS,
                task.topic(),
                isByRun,
                descriptors,
                message,
                task.topic(),
                name,
                name);
        return Files.writeString(task.work().resolve("alluvium.yaml"), yaml);
    }
}
