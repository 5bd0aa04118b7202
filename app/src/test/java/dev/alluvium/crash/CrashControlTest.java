package dev.alluvium.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.batch.RotationSettings;
import dev.alluvium.batch.Rule;
import dev.alluvium.demo.EmbeddedBroker;
import dev.alluvium.topology.Stage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the crash test proves, it proves only if it would notice: each control leaves one rule of the protocol out and
 * must fail the checker, in the way that the rule exists to prevent.
 */
class CrashControlTest {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final RotationSettings NEVER = new RotationSettings(null, null, Duration.ofHours(1), null, null);
    private static final RotationSettings BY_AGE =
            new RotationSettings(null, null, Duration.ofMillis(1500), null, null);
    private static final RotationSettings FEW_ROWS =
            new RotationSettings(70L, null, Duration.ofMillis(1500), null, null);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static EmbeddedBroker broker;

    @BeforeAll
    static void startABroker() {
        broker = EmbeddedBroker.start(folder.resolve("broker"));
    }

    @AfterAll
    static void stopTheBroker() {
        broker.close();
    }

    @Test
    void aFileThatIsVisibleBeforeItsCutIsDurableIsDuplicated() throws Exception {
        try (Arena arena = new Arena(broker, folder, "durable", List.of(InstanceMain.DELTAS), 1)) {
            produce(arena);
            // All open batches grow old at once, so that several cuts share a transaction.
            for (int crash = 0; crash < 3; crash++) {
                FaultPoint fault = new FaultPoint(Stage.CUT_PUT, 6, FaultPoint.Fault.HALT_AFTER_UPLOAD);
                InstanceProcess instance = arena.start("a", BY_AGE, Set.of(Rule.DURABLE), fault);
                assertThat(Arena.await(LIMIT, () -> !instance.isAlive())).isTrue();
            }
            runToTheEnd(arena, Set.of());

            Findings findings = arena.check();

            assertThat(findings.problems())
                    .as(findings.toString())
                    .contains(Problem.DUPLICATED, Problem.MANIFEST_MISSING);
        }
    }

    @Test
    void rowsOfOpenBatchesAreLostWhenOffsetsAreNotHeldBack() throws Exception {
        try (Arena arena = new Arena(broker, folder, "held-back", List.of(InstanceMain.DELTAS), 1)) {
            produce(arena);
            InstanceProcess instance = arena.start("a", NEVER, Set.of(Rule.HELD_BACK), null);
            assertThat(Arena.await(LIMIT, arena::haveOffsetsMoved)).isTrue();
            instance.kill();
            runToTheEnd(arena, Set.of());

            Findings findings = arena.check();

            assertThat(findings.problems()).as(findings.toString()).contains(Problem.MISSING);
        }
    }

    @Test
    void whatIsArchivedIsArchivedAgainWhenTheFloorIsIgnoredAfterOffsetsAreLost() throws Exception {
        Findings without = forgetOffsets("floor-not", Set.of(Rule.FLOOR));
        Findings with = forgetOffsets("floor", Set.of());

        assertThat(without.problems())
                .as(without.toString())
                .containsAnyOf(Problem.DUPLICATED, Problem.MANIFEST_DUPLICATED);
        assertThat(with.isClean()).as(with.toString()).isTrue();
    }

    /** A run to the end, then the group's offsets are deleted, then another run with other rotation settings. */
    private static Findings forgetOffsets(String name, Set<Rule> without) throws Exception {
        try (Arena arena = new Arena(broker, folder, name, List.of(InstanceMain.DELTAS), 1)) {
            produce(arena);
            runToTheEnd(arena, without);
            arena.forgetOffsets(LIMIT);
            runToTheEnd(arena, without);
            return arena.check();
        }
    }

    private static void produce(Arena arena) throws Exception {
        SourceTraffic traffic = arena.startTraffic(5000, 0);
        assertThat(Arena.await(LIMIT, () -> traffic.committed() > 100)).isTrue();
        arena.stopTraffic();
    }

    private static void runToTheEnd(Arena arena, Set<Rule> without) throws Exception {
        InstanceProcess instance = arena.start("a", FEW_ROWS, without, null);
        assertThat(arena.awaitArchived(LIMIT))
                .as("archived; the log ends with " + String.join("\n", instance.lastLogLines()))
                .isTrue();
        assertThat(instance.terminate(LIMIT)).isTrue();
    }
}
