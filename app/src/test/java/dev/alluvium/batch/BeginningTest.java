package dev.alluvium.batch;

import static org.assertj.core.api.Assertions.assertThat;

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

    private static void read(PartitionLedger<String> ledger, long offset, String group) {
        ledger.place(offset, group);
        ledger.processed(offset, closed -> {});
    }
}
