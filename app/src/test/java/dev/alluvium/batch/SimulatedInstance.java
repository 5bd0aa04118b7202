package dev.alluvium.batch;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A stream thread: tasks that share one transaction. It may be replaced without knowing and go on as a zombie. How
 * often it cuts, commits and reads is chance and differs from one instance to the next.
 */
final class SimulatedInstance {
    private static final int STEPS = 7;

    final String name;
    final List<SimulatedTask> tasks = new ArrayList<>();

    private final SimulatedWorld world;
    private final int[] weights = new int[STEPS];
    private final int rowLimit;
    private int weightSum;
    private boolean isDraining;

    SimulatedInstance(String name, SimulatedWorld world, RandomGenerator random) {
        this.name = name;
        this.world = world;
        rowLimit = random.nextBoolean() ? Integer.MAX_VALUE : random.nextInt(1, 7);
        for (int i = 0; i < STEPS; i++) {
            weights[i] = random.nextInt(1, 9);
            weightSum += weights[i];
        }
    }

    /** Takes up a partition that nobody owns. */
    void take(SimulatedPartition partition) {
        SimulatedTask task = new SimulatedTask(world, partition, rowLimit);
        partition.owner = this;
        tasks.add(task);
        world.note(name, " takes ", task);
        if (isDraining) {
            task.drain();
        }
    }

    /** Whether another instance has, or will have, one of its partitions. */
    boolean isReplaced() {
        for (SimulatedTask task : tasks) {
            if (task.partition.owner != this) {
                return true;
            }
        }
        return false;
    }

    void drain() {
        isDraining = true;
        tasks.forEach(SimulatedTask::drain);
    }

    boolean isDraining() {
        return isDraining;
    }

    /** Whether it may close: nothing that it read is unfinished. */
    boolean isEmptied() {
        return tasks.stream().allMatch(SimulatedTask::isEmptied);
    }

    /** One step of any kind. */
    boolean act(RandomGenerator random) {
        int chance = random.nextInt(weightSum);
        int step = 0;
        while (chance >= weights[step]) {
            chance -= weights[step];
            step++;
        }
        return act(step, tasks.get(random.nextInt(tasks.size())), random, true);
    }

    /** Every kind of step as often as it does anything, without faults. */
    boolean actUntilIdle(RandomGenerator random) {
        boolean hasActed = false;
        int first = random.nextInt(STEPS);
        for (int i = 0; i < STEPS; i++) {
            for (SimulatedTask task : List.copyOf(tasks)) {
                while (act((first + i) % STEPS, task, random, false)) {
                    hasActed = true;
                }
            }
        }
        return hasActed;
    }

    private boolean act(int step, SimulatedTask task, RandomGenerator random, boolean losesAnswers) {
        world.actor(name);
        return switch (step) {
            case 0 -> task.process();
            case 1 -> task.cut(random);
            case 2 -> task.upload(random, losesAnswers);
            case 3 -> task.rewrite(random);
            case 4 -> task.finish(random);
            case 5 -> task.tidy();
            case 6 -> commit();
            default -> throw new IllegalArgumentException("no step " + step);
        };
    }

    /** Commits the open transaction, or dies of it; tells whether anything is different now. */
    boolean commit() {
        boolean sendsOffsets = tasks.stream().anyMatch(SimulatedTask::sendsOffset);
        boolean isReplaced = isReplaced();
        if (isReplaced && sendsOffsets) {
            world.happens(Happening.FENCED);
            world.note("commit is fenced");
            die();
            return true;
        }
        if (!sendsOffsets && tasks.stream().noneMatch(SimulatedTask::isDirty)) {
            return false;
        }
        boolean hasChanged = false;
        for (SimulatedTask task : tasks) {
            hasChanged |= task.commit();
        }
        if (isReplaced) {
            world.happens(Happening.UNFENCED);
        }
        if (hasChanged) {
            world.note(isReplaced ? "commit of a zombie, not fenced" : "commit");
        }
        if (world.scenario.isStrict()) {
            tasks.forEach(task -> world.checkCommitted(task.partition));
            if (!isReplaced) {
                tasks.forEach(SimulatedTask::checkRestore);
            }
        }
        return hasChanged;
    }

    /** Ends at once; what it has sent to the store may arrive yet. */
    void die() {
        world.note(name, " ends");
        tasks.forEach(SimulatedTask::leaveRequests);
        lose();
        world.instances.remove(this);
    }

    /** Is replaced in all its partitions and goes on without knowing. */
    void lose() {
        for (SimulatedTask task : tasks) {
            if (task.partition.owner == this) {
                task.partition.owner = null;
            }
        }
    }

    /** Hands back one partition in order; the others stay. */
    void release(SimulatedTask task) {
        world.note(name, " gives back partition ", task.partition.number);
        task.leaveRequests();
        task.partition.owner = null;
        tasks.remove(task);
        if (tasks.isEmpty()) {
            world.instances.remove(this);
        }
    }
}
