package dev.alluvium.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** CPU time of the measuring thread: what counts on a machine that others use too. */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class Cpu {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private long started;
    private long records;
    /** Length of the last file. */
    public long fileBytes;

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

    /** Nanoseconds of CPU a record, of this iteration. */
    public double cpuNanosPerRecord() {
        return records == 0 ? 0 : (double) (THREADS.getCurrentThreadCpuTime() - started) / records;
    }
}
