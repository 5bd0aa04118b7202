package dev.alluvium.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** One partition with a hundred thousand short sessions. Quadratic work anywhere would show as minutes. */
class ManySessionsTest {
    private static final int SESSIONS = 100_000;
    private static final int UPLOADS_BEHIND = 50;

    private final MemoryLedger memory = new MemoryLedger();
    private final PartitionLedger<String> ledger = memory.open(0);
    private final Queue<Batch<String>> uploads = new ArrayDeque<>();
    private long offset;

    @Test
    void endWithOpenGroupsOnly() {
        playSessions();
        Batch<String> earlier = read("open");
        cut(earlier);
        read("later");
        read("open");
        finishUpTo(0);

        assertThat(memory.groups).containsOnlyKeys("open");
        assertThat(ledger.groupCount()).isOne();
        assertThat(ledger.holding()).extracting(Batch::group).containsExactly("later", "open");
        assertThat(memory.entry.floor()).isEqualTo(ledger.lowWater()).isEqualTo(2L * SESSIONS + 1);
    }

    @Test
    void areForgottenTogetherWhenTheSessionEndsThatWasOpenAllTheWhile() {
        Batch<String> longest = read("longest");
        playSessions();
        finishUpTo(0);
        assertThat(memory.groups).hasSize(SESSIONS);

        cut(longest);
        finishUpTo(0);

        assertThat(memory.groups).isEmpty();
        assertThat(memory.entry.floor()).isEqualTo(2L * SESSIONS + 1);
    }

    @Test
    void areFoundAgainByARestartWithAllTheirCuts() {
        Batch<String> longest = read("longest");
        cut(longest);
        for (int i = 0; i < SESSIONS; i++) {
            cut(read("session " + i));
        }
        PartitionLedger<String> restarted = memory.open(0);
        Queue<Batch<String>> closed = new ArrayDeque<>();

        restarted.place(0, "longest");
        restarted.processed(0, closed::add);
        for (int i = 0; i < SESSIONS; i++) {
            restarted.place(i + 1, "session " + i);
            restarted.processed(i + 1, closed::add);
        }

        assertThat(closed).hasSize(SESSIONS + 1).allMatch(batch -> batch.records() == 1);
    }

    /** Sessions of two records, each beginning while the one before is open, with uploads some files behind. */
    private void playSessions() {
        Batch<String> before = read("session 0");
        for (int i = 1; i < SESSIONS; i++) {
            Batch<String> batch = read("session " + i);
            read("session " + (i - 1));
            cut(before);
            finishUpTo(UPLOADS_BEHIND);
            before = batch;
        }
        read("session " + (SESSIONS - 1));
        cut(before);
    }

    private Batch<String> read(String group) {
        Batch<String> batch = Objects.requireNonNull(ledger.place(offset, group));
        ledger.processed(offset, closed -> {});
        offset++;
        return batch;
    }

    private void cut(Batch<String> batch) {
        ledger.cut(batch, batch.group(), 1, List.of(), "end");
        ledger.durable(batch);
        uploads.add(batch);
    }

    private void finishUpTo(int behind) {
        while (uploads.size() > behind) {
            Batch<String> batch = uploads.remove();
            ledger.stored(batch);
            ledger.finish(batch);
            ledger.settle();
        }
    }
}
