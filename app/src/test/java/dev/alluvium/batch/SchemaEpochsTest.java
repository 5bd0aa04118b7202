package dev.alluvium.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SchemaEpochsTest {
    private final MemoryLedger memory = new MemoryLedger();

    @Test
    void noteWhatADecoderLearnsFromTheRecordOn() {
        PartitionLedger<String> ledger = memory.open(0);
        place(ledger, 0, "a");
        ledger.learned(1, "two");
        place(ledger, 1, "a");

        assertThat(memory.entry.epochs()).containsExactly(new SchemaEpoch(1, "two"));
        assertThat(ledger.schemasFrom(2)).as("what it has learned itself").isNull();
    }

    @Test
    void holdFromTheSameRecordsOnAfterACrash() {
        memory.entry = entry(0, new SchemaEpoch(3, "two"), new SchemaEpoch(5, "three"), new SchemaEpoch(6, "four"));

        PartitionLedger<String> again = memory.open(2);

        assertThat(again.schemasFrom(2)).isNull();
        assertThat(again.schemasFrom(3)).isEqualTo("two");
        assertThat(again.schemasFrom(4)).isNull();
        assertThat(again.schemasFrom(9)).as("the records between are gone").isEqualTo("four");
        assertThat(again.schemasFrom(10)).isNull();
    }

    @Test
    void beginWithTheOneInEffectAtThePosition() {
        memory.entry = entry(4, new SchemaEpoch(1, "two"), new SchemaEpoch(9, "three"));

        assertThat(memory.open(4).schemasFrom(4)).isEqualTo("two");
    }

    @Test
    void areForgottenBelowTheFloorButForTheLast() {
        PartitionLedger<String> ledger = memory.open(0);
        for (int offset = 0; offset < 4; offset++) {
            ledger.learned(offset, "state " + offset);
            ledger.reject(offset);
            ledger.processed(offset, batch -> {});
        }
        ledger.settle();

        assertThat(memory.entry).isEqualTo(entry(4, new SchemaEpoch(3, "state 3")));
    }

    @Test
    void areKeptAboveTheFloorWhileABatchHoldsRecords() {
        PartitionLedger<String> ledger = memory.open(0);
        ledger.learned(0, "one");
        place(ledger, 0, "a");
        ledger.learned(1, "two");
        place(ledger, 1, "a");
        ledger.settle();

        assertThat(memory.entry.epochs()).containsExactly(new SchemaEpoch(0, "one"), new SchemaEpoch(1, "two"));
    }

    @Test
    void letADecoderLearnOnlyAboveAllThatIsDecided() {
        PartitionLedger<String> ledger = memory.open(0);
        assertThat(ledger.mayLearn(0)).isTrue();
        Batch<String> batch = place(ledger, 0, "a");
        place(ledger, 1, "a");
        ledger.cut(batch, "key", 1, List.of(), "rows");
        ledger.reject(2);
        ledger.processed(2, closed -> {});
        place(ledger, 3, "a");

        PartitionLedger<String> again = memory.open(0);

        assertThat(again.mayLearn(1)).as("inside the cut").isFalse();
        assertThat(again.mayLearn(2)).as("at the dead letter").isFalse();
        assertThat(again.mayLearn(3)).as("what is nowhere yet").isTrue();
    }

    @Test
    void keepADecoderFromLearningBeforeTheLastOfThem() {
        memory.entry = entry(0, new SchemaEpoch(5, "two"));

        assertThat(memory.open(0).mayLearn(4)).isFalse();
        assertThat(memory.open(0).mayLearn(5)).isTrue();
    }

    @Test
    void areNotOvertakenByARecordThatIsReadAgain() {
        memory.entry = entry(8, new SchemaEpoch(7, "two"));
        PartitionLedger<String> rewound = memory.open(2);

        rewound.learned(2, "less");

        assertThat(memory.entry.epochs()).containsExactly(new SchemaEpoch(7, "two"));
    }

    private static PartitionEntry entry(long floor, SchemaEpoch... epochs) {
        return new PartitionEntry(floor, floor, List.of(epochs));
    }

    private static Batch<String> place(PartitionLedger<String> ledger, long offset, String group) {
        Batch<String> batch = Objects.requireNonNull(ledger.place(offset, group));
        ledger.processed(offset, closed -> {});
        return batch;
    }
}
