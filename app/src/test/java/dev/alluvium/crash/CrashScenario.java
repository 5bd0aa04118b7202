package dev.alluvium.crash;

import dev.alluvium.topology.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The enemy: brings two instances down again and again, at named stages and at any moment, while the traffic goes on,
 * and lets the archive come to rest at the end. What it does is decided by its seed; when, by the machine.
 */
final class CrashScenario {
    private static final int RECORDS_PER_SECOND = 800;
    /** Longer than session and transaction timeout of the instances together. */
    private static final Duration DEATH = Duration.ofSeconds(11);

    private static final Duration STAGE_LIMIT = Duration.ofSeconds(90);
    private static final Duration ARCHIVED_LIMIT = Duration.ofMinutes(3);
    private static final Duration TERMINATE_LIMIT = Duration.ofSeconds(60);

    private final Arena arena;
    private final long seed;
    private final int rounds;
    private final CrashTable table = new CrashTable();
    private final Enemy first;
    private final Enemy second;

    /**
     * @param rounds how often everything happens: one round has all named stages, 10 kills, 3 zombies and 3 wipes
     */
    CrashScenario(Arena arena, long seed, int rounds) {
        this.arena = arena;
        this.seed = seed;
        this.rounds = rounds;
        this.first = new Enemy("a", new Random(seed));
        this.second = new Enemy("b", new Random(seed + 1));
    }

    /** Runs to the end, when everything is archived and both instances have ended in order. */
    CrashTable run() throws Exception {
        SourceTraffic traffic = arena.startTraffic(RECORDS_PER_SECOND, 0);
        for (int round = 0; round < rounds; round++) {
            crashes();
            zombies(traffic);
        }
        traffic.close();
        table.traffic(traffic.committed(), traffic.aborted());
        rest();
        return table;
    }

    private void crashes() throws Exception {
        ExecutorService enemies = Executors.newFixedThreadPool(2);
        try {
            Future<?> one = enemies.submit(crashes(first, Stage.CUT_PUT, Stage.UPLOAD_STARTED, Stage.LEDGER_ADVANCED));
            Future<?> other =
                    enemies.submit(crashes(second, Stage.CUT_COMMITTED, Stage.OBJECT_STORED, Stage.DONE_COMMITTED));
            one.get();
            other.get();
        } finally {
            enemies.shutdownNow();
        }
    }

    private static Callable<?> crashes(Enemy enemy, Stage... stages) {
        return () -> {
            enemy.killIfStarted();
            for (Stage stage : stages) {
                enemy.haltAt(stage);
            }
            enemy.start(null);
            for (int kill = 0; kill < 3; kill++) {
                enemy.awaitWork();
                enemy.kill();
                if (kill == 1) {
                    enemy.wipe();
                }
                enemy.start(null);
            }
            return null;
        };
    }

    private void zombies(SourceTraffic traffic) throws Exception {
        // It decided a file that nobody may know of.
        first.awaitWork();
        first.kill();
        first.stopAt(Stage.CUT_PUT);
        first.wake(false);
        second.awaitWork();
        second.kill();
        second.wipe();
        second.start(null);

        // It was about to publish a file that another one has to publish, too.
        first.kill();
        first.stopAt(Stage.UPLOAD_STARTED);
        first.wake(false);
        second.kill();
        second.start(null);

        // With a single loud partition, its transactions have nothing to say of most of its tasks: it has two at least.
        if (!Arena.await(STAGE_LIMIT, arena::isShared)) {
            throw first.unexpected("does not share the partitions with the other within " + STAGE_LIMIT);
        }
        traffic.silence(IntStream.range(1, Arena.PARTITIONS).boxed().collect(Collectors.toSet()));
        TimeUnit.SECONDS.sleep(4);
        first.suspend();
        first.wake(true);
        TimeUnit.SECONDS.sleep(2);
        traffic.silence(Set.of());
    }

    private void rest() throws IOException, ExecutionException, InterruptedException {
        if (!arena.awaitArchived(ARCHIVED_LIMIT)) {
            throw first.unexpected("and the other have not archived everything within " + ARCHIVED_LIMIT);
        }
        first.terminate();
        second.terminate();
    }

    /** What is done to one instance, one thing after another. */
    private final class Enemy {
        private final String instance;
        private final Random random;
        private @Nullable InstanceProcess process;

        Enemy(String instance, Random random) {
            this.instance = instance;
            this.random = random;
        }

        void start(@Nullable FaultPoint fault) throws IOException {
            process = arena.start(instance, Arena.anyRotation(random), Set.of(), fault);
        }

        private InstanceProcess process() {
            if (process == null) {
                throw new IllegalStateException(instance + " was never started");
            }
            return process;
        }

        /** Starts the instance so that it ends itself at a stage, and waits until it has. */
        void haltAt(Stage stage) throws IOException, InterruptedException {
            start(new FaultPoint(stage, 1 + random.nextInt(4), FaultPoint.Fault.HALT));
            if (!Arena.await(STAGE_LIMIT, () -> !process().isAlive())) {
                throw unexpected("did not reach " + stage + " within " + STAGE_LIMIT);
            }
            if (process().exitCode() != StageTrace.EXIT_CODE) {
                throw unexpected("ended by itself with exit code " + process().exitCode());
            }
            table.halted(stage, process().trace());
        }

        /** Starts the instance so that it stops itself at a stage, and waits until it has. */
        void stopAt(Stage stage) throws IOException, InterruptedException {
            start(new FaultPoint(stage, 1 + random.nextInt(4), FaultPoint.Fault.STOP));
            if (!Arena.await(STAGE_LIMIT, () -> process().isSuspended())) {
                throw unexpected("did not reach " + stage + " within " + STAGE_LIMIT);
            }
        }

        private IllegalStateException unexpected(String what) {
            return new IllegalStateException(instance + " " + what + "; its log ends with\n"
                    + String.join("\n", process().lastLogLines()));
        }

        void suspend() {
            requireAlive();
            process().suspend();
        }

        /** Lets a stopped instance sleep until it is dead for everybody else, and continues it. */
        void wake(boolean isIdle) throws InterruptedException {
            TimeUnit.MILLISECONDS.sleep(DEATH.toMillis());
            List<String> trace = process().trace();
            process().resume();
            table.woke(isIdle, trace);
            TimeUnit.SECONDS.sleep(2);
        }

        /** Waits until the instance holds rows or has moved a file, and for some time more. */
        void awaitWork() throws InterruptedException {
            boolean isWorking = Arena.await(
                    STAGE_LIMIT,
                    () -> !process().isAlive()
                            || process().trace().stream().anyMatch(line -> !line.equals(StageTrace.OPEN + " 0")));
            if (!isWorking) {
                throw unexpected("did no work within " + STAGE_LIMIT);
            }
            TimeUnit.MILLISECONDS.sleep(random.nextInt(2500));
        }

        void kill() {
            requireAlive();
            process().kill();
            table.killed(process().trace());
        }

        void killIfStarted() {
            if (process != null) {
                kill();
            }
        }

        void requireAlive() {
            if (!process().isAlive()) {
                throw unexpected("ended by itself with exit code " + process().exitCode());
            }
        }

        void wipe() throws IOException {
            List<Path> files = new ArrayList<>();
            Path state = arena.home(instance).resolve("state");
            if (Files.exists(state)) {
                try (Stream<Path> walk = Files.walk(state)) {
                    walk.sorted(Comparator.reverseOrder()).forEach(files::add);
                }
            }
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
            table.wiped();
        }

        void terminate() {
            requireAlive();
            if (!process().terminate(TERMINATE_LIMIT)) {
                throw unexpected("did not end within " + TERMINATE_LIMIT + " of SIGTERM");
            }
        }
    }

    @Override
    public String toString() {
        return "seed " + seed + ", " + rounds + " rounds";
    }
}
