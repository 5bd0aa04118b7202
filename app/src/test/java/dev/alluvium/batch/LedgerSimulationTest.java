package dev.alluvium.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * {@code -Dalluvium.simulation.seeds=N} runs so many seeds; {@code -Dalluvium.simulation.seed=S} runs one, as when it
 * failed.
 */
class LedgerSimulationTest {
    private static final long SEEDS = Long.getLong("alluvium.simulation.seeds", 10_000);

    private final EnumSet<Happening> met = EnumSet.noneOf(Happening.class);

    @Test
    void archivesEveryRecordOnceUnderAnyFaults() {
        Long only = Long.getLong("alluvium.simulation.seed");
        LongStream seeds = only == null ? LongStream.range(0, SEEDS) : LongStream.of(only);

        Optional<String> failure = seeds.mapToObj(seed -> LedgerSimulation.run(seed, Scenario::random, met::add))
                .flatMap(Optional::stream)
                .findFirst();

        assertThat(failure).as("the first seed that fails, and its steps").isEmpty();
    }

    @Test
    void meetsEveryKindOfTroubleButAZombieThatCommits() {
        LongStream.range(0, 500).forEach(seed -> LedgerSimulation.run(seed, Scenario::random, met::add));

        assertThat(EnumSet.complementOf(met)).containsExactly(Happening.UNFENCED);
    }
}
