package dev.alluvium.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DrainingTest {
    private final MemoryLedger memory = new MemoryLedger();

    @Test
    void readsOnUntilEveryDecisionOfEarlierIncarnationsIsBehind() {
        memory.entry = new PartitionEntry(0, 6);
        Cut decided = new Cut(1, 4, "A/1", 1, 0, 1, List.of(), "age", false);
        memory.groups.put("A", new GroupEntry(0, List.of(decided)));
        memory.groups.put("B", new GroupEntry(9, List.of()));

        assertThat(memory.open(0).drainTarget()).isEqualTo(9);
        memory.groups.remove("B");
        assertThat(memory.open(0).drainTarget()).isEqualTo(6);
        memory.entry = new PartitionEntry(0, 0);
        assertThat(memory.open(0).drainTarget()).isEqualTo(4);
    }

    @Test
    void leavesNothingBehindThatAnotherGroupingCouldMeet() {
        PartitionLedger<String> drained = memory.open(0);
        Batch<String> first = read(drained, 0, "A");
        read(drained, 1, "B");
        finish(drained, first);
        Batch<String> second = read(drained, 2, "A");
        drained.reject(3);
        drained.processed(3, closed -> {});

        // The records from 4 on are discarded: the ledger never hears of them.
        assertThat(drained.drainTarget()).isEqualTo(4);
        assertThat(drained.lowWater()).isEqualTo(1);
        finish(drained, drained.holding().iterator().next());
        finish(drained, second);

        assertThat(drained.committableOffset()).isEqualTo(4);
        assertThat(memory.entry).isEqualTo(new PartitionEntry(4, 4));
        assertThat(memory.groups).isEmpty();
        PartitionLedger<String> successor = memory.open(4);
        assertThat(successor.drainTarget()).isEqualTo(4);
        assertThat(read(successor, 4, "C").firstOffset()).isEqualTo(4);
    }

    @Test
    void losesAndDoublesNothingUnderFaultsWhenRecordsAreGroupedAnewAfterwards() {
        AtomicInteger regrouped = new AtomicInteger();

        Optional<String> failure = LongStream.range(0, 1_200)
                .mapToObj(seed -> LedgerSimulation.run(
                        seed,
                        random -> Scenario.random(random).draining(4),
                        happening -> regrouped.addAndGet(happening == Happening.REGROUPED ? 1 : 0)))
                .flatMap(Optional::stream)
                .findFirst();

        assertThat(failure).isEmpty();
        assertThat(regrouped).hasValueGreaterThan(1_000);
    }

    private static Batch<String> read(PartitionLedger<String> ledger, long offset, String group) {
        Batch<String> batch = Objects.requireNonNull(ledger.place(offset, group));
        ledger.processed(offset, closed -> {});
        return batch;
    }

    private static void finish(PartitionLedger<String> ledger, Batch<String> batch) {
        ledger.cut(batch, batch.group() + "/" + batch.firstOffset(), 1, List.of(), "drain");
        ledger.durable(batch);
        ledger.stored(batch);
        ledger.finish(batch);
        ledger.settle();
    }
}
