package dev.alluvium.crash;

import dev.alluvium.topology.Stage;
import dev.alluvium.topology.StageListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes every stage that a file reaches to the trace of this process, unbuffered, so that the trace outlives the
 * process; and brings the process down where it was told to. Thread safe.
 */
final class StageTrace implements StageListener, AutoCloseable {
    /** Begins the lines that say how many bytes open batches hold. */
    static final String OPEN = "OPEN";

    /** Exit code of a process that halted itself. */
    static final int EXIT_CODE = 137;

    private static final Duration UPLOAD_LIMIT = Duration.ofSeconds(3);

    private final FileChannel file;
    private final @Nullable FaultPoint fault;
    private final Map<Stage, Integer> counts = new EnumMap<>(Stage.class);

    StageTrace(Path trace, @Nullable FaultPoint fault) throws IOException {
        this.file = FileChannel.open(trace, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        this.fault = fault;
    }

    @Override
    public synchronized void reached(Stage stage, String objectKey) {
        int count = counts.merge(stage, 1, Integer::sum);
        write(stage + " " + objectKey);
        notifyAll();
        if (fault != null && fault.stage() == stage && fault.count() == count) {
            bringDown(fault.fault());
        }
    }

    /** Notes how many bytes the open batches hold. */
    synchronized void holds(long bytes) {
        write(OPEN + " " + bytes);
    }

    private void write(String line) {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        try {
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void bringDown(FaultPoint.Fault fault) {
        switch (fault) {
            case HALT -> Runtime.getRuntime().halt(EXIT_CODE);
            case HALT_AFTER_UPLOAD -> {
                awaitUpload();
                Runtime.getRuntime().halt(EXIT_CODE);
            }
            case STOP -> InstanceProcess.signal("STOP", ProcessHandle.current().pid());
        }
    }

    private synchronized void awaitUpload() {
        int before = counts.getOrDefault(Stage.OBJECT_STORED, 0);
        long deadline = System.nanoTime() + UPLOAD_LIMIT.toNanos();
        try {
            while (counts.getOrDefault(Stage.OBJECT_STORED, 0) == before && System.nanoTime() < deadline) {
                wait(100);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
