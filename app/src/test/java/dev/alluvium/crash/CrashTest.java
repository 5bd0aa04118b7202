package dev.alluvium.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.demo.EmbeddedBroker;
import dev.alluvium.topology.Stage;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * No crash loses or doubles a record: see docs/crash-test.md. {@code -Dalluvium.crash=long} runs it for long ({@code
 * -Dalluvium.crash.rounds=N}), {@code -Dalluvium.crash.seed=N} with another seed.
 */
class CrashTest {
    private static final int LONG_ROUNDS = 10;

    @Test
    void everyCommittedRecordIsArchivedExactlyOnceWhateverDies(@TempDir Path folder) throws Exception {
        long seed = Long.getLong("alluvium.crash.seed", 1);
        boolean isLong = "long".equals(System.getProperty("alluvium.crash"));
        int rounds = isLong ? Integer.getInteger("alluvium.crash.rounds", LONG_ROUNDS) : 1;
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"));
                Arena arena = new Arena(
                        broker, folder, "crash", List.of(InstanceMain.DELTAS, InstanceMain.TELEMETRY), seed)) {
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
}
