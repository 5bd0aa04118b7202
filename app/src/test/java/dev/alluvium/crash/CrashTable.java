package dev.alluvium.crash;

import dev.alluvium.topology.Stage;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts crashes by the rows of the crash table. Thread safe. */
final class CrashTable {
    private final Map<CrashRow, Integer> named = new EnumMap<>(CrashRow.class);
    private final Map<CrashRow, Integer> random = new EnumMap<>(CrashRow.class);
    private final Map<CrashRow, Integer> files = new EnumMap<>(CrashRow.class);
    private final Map<Stage, Integer> stages = new EnumMap<>(Stage.class);
    private int kills;
    private int zombies;
    private int idleZombies;
    private int wipes;
    private long committed;
    private long aborted;

    /** kill -9 at any moment. */
    synchronized void killed(List<String> trace) {
        kills++;
        CrashRow.rowsOf(trace).forEach((row, count) -> {
            random.merge(row, 1, Integer::sum);
            files.merge(row, count, Integer::sum);
        });
    }

    /** A process ended itself at a named stage. */
    synchronized void halted(Stage stage, List<String> trace) {
        stages.merge(stage, 1, Integer::sum);
        named.merge(CrashRow.after(stage), 1, Integer::sum);
        CrashRow.rowsOf(trace).forEach((row, count) -> files.merge(row, count, Integer::sum));
    }

    /** A process woke that was stopped for longer than its session and its transactions live. */
    synchronized void woke(boolean isIdle, List<String> trace) {
        zombies++;
        idleZombies += isIdle ? 1 : 0;
        random.merge(CrashRow.ZOMBIE, 1, Integer::sum);
        CrashRow.rowsOf(trace).forEach((row, count) -> {
            if (row != CrashRow.LEDGER_ADVANCED) {
                files.merge(CrashRow.ZOMBIE, count, Integer::sum);
            }
        });
    }

    /** A process starts without the state directory of the one before. */
    synchronized void wiped() {
        wipes++;
    }

    /** How many transactions the sources' producer has committed and aborted. */
    synchronized void traffic(long committedTransactions, long abortedTransactions) {
        committed = committedTransactions;
        aborted = abortedTransactions;
    }

    /** Part of the source transactions that was aborted. */
    synchronized double abortedShare() {
        return (double) aborted / Math.max(1, committed + aborted);
    }

    synchronized int kills() {
        return kills;
    }

    synchronized int zombies() {
        return zombies;
    }

    /** Zombies that owned a partition without traffic. */
    synchronized int idleZombies() {
        return idleZombies;
    }

    synchronized int wipes() {
        return wipes;
    }

    /** How many crashes fell into the row, named and random. */
    synchronized int crashes(CrashRow row) {
        return named.getOrDefault(row, 0) + random.getOrDefault(row, 0);
    }

    synchronized int halts(Stage stage) {
        return stages.getOrDefault(stage, 0);
    }

    @Override
    public synchronized String toString() {
        StringBuilder text =
                new StringBuilder(String.format("%-40s %6s %6s %6s%n", "crash", "named", "random", "files"));
        for (CrashRow row : CrashRow.values()) {
            text.append(String.format(
                    "%-40s %6d %6d %6d%n",
                    row.text(), named.getOrDefault(row, 0), random.getOrDefault(row, 0), files.getOrDefault(row, 0)));
        }
        return text.append(String.format(
                        "%d kill -9, %d halts at named stages %s, %d zombies (%d with an idle task), %d wiped state directories;"
                                + " source transactions: %d committed, %d aborted",
                        kills,
                        stages.values().stream().mapToInt(Integer::intValue).sum(),
                        stages,
                        zombies,
                        idleZombies,
                        wipes,
                        committed,
                        aborted))
                .toString();
    }
}
