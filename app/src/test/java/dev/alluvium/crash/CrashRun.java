package dev.alluvium.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.topology.Stage;
import java.util.List;

/** What the crash tests of all stores have in common: the scenario, and the figures that it must come to. */
final class CrashRun {
    static final List<String> PIPELINES = List.of(InstanceMain.DELTAS, InstanceMain.TELEMETRY);
    private static final int LONG_ROUNDS = 10;

    private CrashRun() {}

    /** {@code -Dalluvium.crash.seed=N}, or 1. */
    static long seed() {
        return Long.getLong("alluvium.crash.seed", 1);
    }

    /**
     * Runs one round, or many ({@code -Dalluvium.crash=long}, {@code -Dalluvium.crash.rounds=N}), and judges.
     *
     * @param arena of both {@link #PIPELINES}
     */
    static void run(Arena arena, long seed) throws Exception {
        boolean isLong = "long".equals(System.getProperty("alluvium.crash"));
        int rounds = isLong ? Integer.getInteger("alluvium.crash.rounds", LONG_ROUNDS) : 1;
        CrashTable table = new CrashScenario(arena, seed, rounds).run();
        Findings findings = arena.check();
        System.out.println("crash test, seed " + seed + "\n" + table + "\n" + findings);

        assertThat(findings.isClean()).as("seed %d: %s", seed, findings).isTrue();
        assertThat(findings.total("deltas records")).isGreaterThan(1000);
        assertThat(findings.total("telemetry records")).isGreaterThan(1000);
        assertThat(findings.total("deltas dead letters")).isPositive();
        assertThat(table.abortedShare()).isBetween(0.05, 0.15);
        for (CrashRow row : CrashRow.values()) {
            assertThat(table.crashes(row)).as(row.text()).isPositive();
        }
        for (Stage stage : Stage.values()) {
            assertThat(table.halts(stage)).as(stage.name()).isPositive();
        }
        assertThat(table.kills()).isGreaterThanOrEqualTo(10);
        assertThat(table.zombies()).isGreaterThanOrEqualTo(3);
        assertThat(table.idleZombies()).isPositive();
        assertThat(table.wipes()).isGreaterThanOrEqualTo(3);
    }
}
