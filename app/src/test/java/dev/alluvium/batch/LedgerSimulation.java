package dev.alluvium.batch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A random walk through crashes, takeovers with zombies, lost answers, late puts, lost offsets, changing schemas and
 * drainings, with the real {@link PartitionLedger} in each instance. At the end faults stop, and everything must come to rest complete.
 * A seed determines every step.
 */
final class LedgerSimulation {
    private static final int WALKS_PER_SEED = 3;
    private static final int ROUNDS_TO_REST = 60;

    private final Scenario scenario;
    private final RandomGenerator random;
    private final SimulatedWorld world;
    private int faults;
    private int expiries;
    private int drains;
    private boolean isDraining;
    private int instancesBegun;

    private LedgerSimulation(
            Scenario scenario, RandomGenerator random, Consumer<Happening> met, @Nullable List<String> trace) {
        this.scenario = scenario;
        this.random = random;
        world = new SimulatedWorld(scenario, met, trace);
        faults = scenario.faults();
        expiries = scenario.expiries();
        drains = scenario.drains();
        for (String log : scenario.logs()) {
            int end = random.nextBoolean() ? log.length() - 1 : random.nextInt(log.length());
            world.partitions.add(new SimulatedPartition(world.partitions.size(), log, end));
        }
    }

    /**
     * The walks of one seed.
     *
     * @param met gets what happened
     * @return what went wrong, with the trace of the steps that led to it; empty when nothing did
     */
    static Optional<String> run(long seed, Function<RandomGenerator, Scenario> scenarios, Consumer<Happening> met) {
        for (int walk = 0; walk < WALKS_PER_SEED; walk++) {
            if (walk(seed, walk, scenarios, met, null) != null) {
                List<String> trace = new ArrayList<>();
                return Optional.of("seed " + seed + ", walk " + walk + ": " + walk(seed, walk, scenarios, met, trace)
                        + "\n    " + String.join("\n    ", trace));
            }
        }
        return Optional.empty();
    }

    private static @Nullable String walk(
            long seed,
            int walk,
            Function<RandomGenerator, Scenario> scenarios,
            Consumer<Happening> met,
            @Nullable List<String> trace) {
        RandomGenerator random = new SplittableRandom(seed * WALKS_PER_SEED + walk);
        Scenario scenario = scenarios.apply(random);
        if (trace != null) {
            trace.add(scenario.toString());
        }
        try {
            new LedgerSimulation(scenario, random, met, trace).walk();
            return null;
        } catch (Violation violation) {
            return violation.getMessage();
        } catch (IllegalStateException stop) {
            return new Violation(stop).getMessage();
        } catch (RuntimeException broken) {
            throw new AssertionError("seed " + seed + ", walk " + walk + ": neither kept nor violated", broken);
        }
    }

    private void walk() {
        for (int step = 0; step < scenario.steps(); step++) {
            if (random.nextInt(12) == 0) {
                disturb();
            } else {
                act();
            }
        }
        rest();
    }

    private void act() {
        if (world.instances.isEmpty() || random.nextInt(8) == 0) {
            start();
        } else {
            any(world.instances).act(random);
        }
    }

    /** A partition that nobody owns finds an owner: a new one or one that is there. */
    private void start() {
        SimulatedPartition partition = any(world.partitions);
        if (partition.owner != null || isDraining) {
            return;
        }
        List<SimulatedInstance> members =
                world.instances.stream().filter(other -> !other.isReplaced()).toList();
        world.actor("group");
        if (members.isEmpty() || random.nextInt(3) == 0) {
            SimulatedInstance beginner = new SimulatedInstance("instance " + ++instancesBegun, world, random);
            world.instances.add(beginner);
            beginner.take(partition);
        } else {
            any(members).take(partition);
        }
    }

    // ---- faults ----------------------------------------------------------------------------------------------------

    private void disturb() {
        world.actor("world");
        switch (random.nextInt(9)) {
            case 0 -> crash();
            case 1 -> replace();
            case 2 -> release();
            case 3 -> endZombie();
            case 4 -> expire();
            case 5 -> arrive();
            case 6 -> produce();
            case 7 -> changeSchemas();
            default -> drain();
        }
    }

    private void crash() {
        if (faults > 0 && !world.instances.isEmpty()) {
            faults--;
            world.happens(Happening.CRASH);
            any(world.instances).die();
        }
    }

    private void replace() {
        if (faults > 0 && !world.instances.isEmpty()) {
            faults--;
            SimulatedInstance replaced = any(world.instances);
            world.note(replaced.name, " is replaced");
            world.happens(Happening.TAKEOVER);
            replaced.lose();
        }
    }

    private void release() {
        if (!world.instances.isEmpty() && random.nextInt(3) == 0) {
            SimulatedInstance instance = any(world.instances);
            if (!instance.isReplaced()) {
                instance.commit();
                instance.release(any(instance.tasks));
            }
        }
    }

    private void endZombie() {
        if (!world.instances.isEmpty()) {
            SimulatedInstance instance = any(world.instances);
            if (instance.isReplaced()) {
                instance.die();
            }
        }
    }

    private void expire() {
        SimulatedPartition partition = any(world.partitions);
        if (expiries > 0 && partition.owner == null && partition.offset != SimulatedPartition.NO_OFFSET) {
            expiries--;
            if (random.nextInt(3) == 0) {
                world.happens(Happening.REWOUND);
                partition.rewind(random.nextInt((int) partition.offset + 1));
                world.note("somebody sets the offset of partition ", partition.number, " to ", partition.offset);
            } else {
                world.happens(Happening.EXPIRED);
                partition.offset = SimulatedPartition.NO_OFFSET;
                world.note("the offset of partition ", partition.number, " expires");
            }
        }
    }

    private void arrive() {
        if (!world.late.isEmpty()) {
            world.arrive(any(world.late));
        }
    }

    private void produce() {
        SimulatedPartition partition = any(world.partitions);
        int last = partition.log.length() - 1;
        partition.end = Math.min(last, partition.end + random.nextInt(1, 6));
        world.note("partition ", partition.number, " ends at ", partition.end);
    }

    private void changeSchemas() {
        if (world.schemas < Scenario.SCHEMAS) {
            world.schemas++;
            world.note("schemas change, the ", world.schemas, "th time");
        }
    }

    /** Drains the pipeline; once it is closed and drained, it starts with another grouping of what is left. */
    private void drain() {
        if (isDraining) {
            List.copyOf(world.instances).stream()
                    .filter(instance -> instance.isDraining() && instance.isEmptied())
                    .forEach(SimulatedInstance::die);
            isDraining = world.partitions.stream().anyMatch(partition -> partition.owner != null);
            if (!isDraining && world.partitions.stream().allMatch(SimulatedPartition::isDrained)) {
                world.happens(Happening.REGROUPED);
                world.partitions.forEach(this::regroup);
            }
        } else if (drains > 0) {
            drains--;
            isDraining = true;
            world.note("drain");
            world.instances.forEach(SimulatedInstance::drain);
        }
    }

    private void regroup(SimulatedPartition partition) {
        StringBuilder log = new StringBuilder(partition.log);
        for (int o = 0; o < log.length() - 1; o++) {
            if (log.charAt(o) != Scenario.GAP) {
                log.setCharAt(o, Scenario.log(random, 1, 3, 10, 0).charAt(0));
            }
        }
        partition.regroup(log.toString());
        world.note("partition ", partition.number, " is grouped anew: ", partition.log);
    }

    // ---- rest ------------------------------------------------------------------------------------------------------

    private void rest() {
        world.actor("world");
        world.note("no more faults");
        for (SimulatedInstance instance : List.copyOf(world.instances)) {
            if (instance.isReplaced() || instance.isDraining()) {
                instance.die();
            }
        }
        isDraining = false;
        int lateOnes = world.late.isEmpty() ? 0 : random.nextInt(world.late.size() + 1);
        for (int i = 0; i < lateOnes; i++) {
            world.arrive(any(world.late));
        }
        world.partitions.forEach(partition -> partition.end = partition.log.length() - 1);
        comeToRest();
        world.checkQuiet();
        world.partitions.forEach(partition -> partition.end = partition.log.length());
        comeToRest();
        world.checkQuiet();
        world.checkTidied();
        while (!world.late.isEmpty()) {
            world.arrive(any(world.late));
        }
        world.checkQuiet();
    }

    private void comeToRest() {
        for (int round = 0; round < ROUNDS_TO_REST; round++) {
            boolean hasActed = false;
            for (SimulatedPartition partition : world.partitions) {
                if (partition.owner == null) {
                    start();
                    hasActed = true;
                }
            }
            for (SimulatedInstance instance : List.copyOf(world.instances)) {
                hasActed |= instance.actUntilIdle(random);
            }
            if (!hasActed) {
                return;
            }
        }
        throw new Violation("(5) does not come to rest");
    }

    private <T> T any(List<T> candidates) {
        return candidates.get(random.nextInt(candidates.size()));
    }
}
