package dev.alluvium.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * No rule is there for nothing: without any one of them records are lost or doubled, the pipeline stops or the ledger
 * grows. The counterexamples are left in {@code target/counterexamples}.
 */
class RuleNecessityTest {
    private static final long SEEDS = 10_000;

    @ParameterizedTest
    @EnumSource
    void doesHarmWithout(Rule rule) throws IOException {
        requireHarm(rule.name(), random -> scenarioFor(rule, random), scenario -> scenario.without(rule));
    }

    @ParameterizedTest
    @EnumSource
    void doesHarmWithout(Scenario.WorldRule rule) throws IOException {
        requireHarm(rule.name(), Scenario::random, scenario -> scenario.without(rule));
    }

    private static Scenario scenarioFor(Rule rule, RandomGenerator random) {
        Scenario scenario = Scenario.random(random);
        // Only when no file is finished after the last crash does anything remain to be tidied.
        return rule == Rule.TIDY ? scenario.on("AAB!!!!") : scenario;
    }

    private static void requireHarm(
            String rule, Function<RandomGenerator, Scenario> scenarios, Function<Scenario, Scenario> without)
            throws IOException {
        Path traces = Files.createDirectories(Path.of("target", "counterexamples"));
        for (long seed = 0; seed < SEEDS; seed++) {
            Optional<String> harm = LedgerSimulation.run(seed, scenarios.andThen(without), happening -> {});
            if (harm.isPresent()) {
                Files.writeString(traces.resolve(rule + ".txt"), harm.get());
                System.out.println("without " + rule + ", "
                        + harm.get().lines().findFirst().orElseThrow());
                assertThat(LedgerSimulation.run(seed, scenarios, happening -> {}))
                        .as("the same seed with all rules")
                        .isEmpty();
                return;
            }
        }
        assertThat(SEEDS)
                .as("seeds without harm, though " + rule + " is not kept")
                .isZero();
    }
}
