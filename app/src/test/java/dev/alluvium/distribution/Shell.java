package dev.alluvium.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Commands in a POSIX shell whose environment holds a {@code PATH} of chosen commands and nothing else. */
record Shell(Path directory, Path path, Map<String, String> environment) {
    /** What a command printed, standard error too, and how it ended. */
    record Outcome(int code, String output) {}

    /** Makes a folder for the {@code PATH} with this Java in it, and those other commands. */
    static Path commands(Path folder, String... others) throws IOException {
        Files.createDirectory(folder);
        command(folder, Path.of(System.getProperty("java.home"), "bin", "java"));
        for (String name : others) {
            command(
                    folder,
                    Arrays.stream(System.getenv("PATH").split(":"))
                            .map(entry -> Path.of(entry, name))
                            .filter(Files::isExecutable)
                            .findFirst()
                            .orElseThrow(() -> new AssertionError("this machine has no " + name)));
        }
        return folder;
    }

    private static void command(Path folder, Path original) throws IOException {
        Path script = folder.resolve(original.getFileName());
        Files.writeString(script, "#!/bin/sh\nexec '" + original + "' \"$@\"\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Starts a script that goes on; what it prints goes to a file. */
    Process start(String script, Path log) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-euc", script)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", path.toString());
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** Runs a script to its end, three minutes at most. */
    Outcome run(String script) throws IOException, InterruptedException {
        Path log = Files.createTempFile("shell", ".log");
        Process process = start(script, log);
        try {
            assertThat(process.waitFor(3, TimeUnit.MINUTES)).as(script).isTrue();
            return new Outcome(process.exitValue(), Files.readString(log, StandardCharsets.UTF_8));
        } finally {
            kill(process);
            Files.delete(log);
        }
    }

    /** Ends a process and all that it started, at once, and waits until it has. */
    static void kill(Process process) throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
    }
}
