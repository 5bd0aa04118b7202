package dev.alluvium.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How an incarnation takes a partition up. */
class BeginningTest {
    private final MemoryLedger memory = new MemoryLedger();

    @Test
    void raisesTheFloorToTheCommittedOffsetWithTheFirstRecord() {
        memory.entry = new PartitionEntry(3, 5);
        memory.groups.put("A", new GroupEntry(5, List.of()));
        PartitionLedger<String> ledger = memory.open(5);

        assertThat(memory.entry).isEqualTo(new PartitionEntry(3, 5));
        read(ledger, 6, "B");

        assertThat(memory.entry).isEqualTo(new PartitionEntry(5, 5));
    }

    @Test
    void keepsTheFloorWhenTheCommittedOffsetFellBehindIt() {
        memory.entry = new PartitionEntry(3, 0);

        read(memory.open(1), 1, "A");

        assertThat(memory.entry).isEqualTo(new PartitionEntry(3, 0));
    }

    @Test
    void passesWhatIsNoRecordOnlyWhileNothingIsHeld() {
        PartitionLedger<String> ledger = memory.open(0);
        ledger.reject(0);
        ledger.processed(0, closed -> {});

        ledger.pass(3);
        ledger.tidy();

        assertThat(ledger.committableOffset()).isEqualTo(3);
        assertThat(memory.entry).isEqualTo(new PartitionEntry(3, 1));
        read(ledger, 3, "A");
        ledger.pass(9);
        assertThat(ledger.committableOffset()).isEqualTo(3);
        assertThat(ledger.position()).isEqualTo(4);
    }

    @Test
    void decidesWhatAGapLeftOfACutAnewAndForgetsWhatItSwallowed() {
        memory.entry = new PartitionEntry(0, 0);
        Cut swallowed = new Cut(0, 3, "A/0", 2, 2, 1, List.of(), "rows", false);
        Cut shortened = new Cut(4, 9, "A/4", 4, 4, 1, List.of(), "rows", false);
        Cut whole = new Cut(9, 11, "A/9", 2, 2, 1, List.of(), "rows", false);
        memory.groups.put("A", new GroupEntry(0, List.of(swallowed, shortened, whole)));
        PartitionLedger<String> ledger = memory.open(6);
        List<Batch<String>> closed = new ArrayList<>();

        for (int offset = 6; offset <= 10; offset++) {
            ledger.place(offset, "A");
            ledger.processed(offset, closed::add);
        }

        assertThat(closed)
                .extracting(batch -> batch.status() + " " + batch.firstOffset() + " " + batch.records())
                .containsExactly("KEY_TAKEN 6 3", "DURABLE 9 2");
        Cut left = ledger.rewrite(closed.get(0), "A/4-0-6");
        assertThat(left).isEqualTo(new Cut(6, 9, "A/4-0-6", 3, 0, 1, List.of(), "rows", true));
        assertThat(memory.groups).containsEntry("A", new GroupEntry(3, List.of(left, whole)));
        assertThat(ledger.lowWater()).isEqualTo(6);
        ledger.durable(closed.get(0));
        closed.forEach(batch -> {
            ledger.stored(batch);
            ledger.finish(batch);
        });
        ledger.settle();
        assertThat(memory.entry.floor()).isEqualTo(11);
        assertThat(memory.groups).isEmpty();
    }

    private static void read(PartitionLedger<String> ledger, long offset, String group) {
        ledger.place(offset, group);
        ledger.processed(offset, closed -> {});
    }
}
