package dev.alluvium.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What {@link CpuProfiler} tells of an iteration: CPU time of the measuring thread, and the length of its last file. */
@State(Scope.Thread)
public class Cpu {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    static volatile double nanosPerRecord;
    static volatile double bytesPerRecord;

    private long started;
    private long records;

    /** Forgets what was counted. */
    @Setup(Level.Iteration)
    public void start() {
        records = 0;
        started = THREADS.getCurrentThreadCpuTime();
    }

    /** So many records are done. */
    void add(long count) {
        records += count;
    }

    /** So many records are done, and became a file of so many bytes. */
    void add(long count, long fileBytes) {
        records += count;
        bytesPerRecord = (double) fileBytes / count;
    }

    /** Leaves the outcome to the profiler. */
    @TearDown(Level.Iteration)
    public void stop() {
        nanosPerRecord = (double) (THREADS.getCurrentThreadCpuTime() - started) / Math.max(1, records);
    }
}
