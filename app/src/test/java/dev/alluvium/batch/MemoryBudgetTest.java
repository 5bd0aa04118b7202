package dev.alluvium.batch;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.arrow.memory.ArrowBuf;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
    private static final int MIB = 1 << 20;

    @Test
    void countsWhatIsAllocatedIdleAndTold() {
        try (MemoryBudget budget = new MemoryBudget(16 * MIB)) {
            budget.allocator().buffer(MIB).close();
            budget.addHeap(3);
            try (ArrowBuf buffer = budget.allocator().buffer(2 * MIB)) {
                assertThat(budget.usedBytes()).isEqualTo(buffer.capacity() + MIB + 3);
            }
            budget.addHeap(-3);
        }
    }

    @Test
    void givesIdleMemoryBackBeforeItIsExceeded() {
        try (MemoryBudget budget = new MemoryBudget(16 * MIB)) {
            budget.allocator().buffer(2 * MIB).close();
            assertThat(budget.usedBytes()).isEqualTo(2 * MIB);
            try (ArrowBuf most = budget.allocator().buffer(15 * MIB)) {
                assertThat(budget.isExceeded()).isFalse();
                assertThat(budget.usedBytes()).isEqualTo(most.capacity());
                try (ArrowBuf more = budget.allocator().buffer(2 * MIB)) {
                    assertThat(more.capacity()).isEqualTo(2 * MIB);
                    assertThat(budget.isExceeded()).isTrue();
                }
            }
        }
    }

    @Test
    void countsIdleMemoryNotAsWhatIsLeftToGive() {
        try (MemoryBudget budget = new MemoryBudget(16 * MIB)) {
            budget.allocator().buffer(2 * MIB).close();
            try (ArrowBuf most = budget.allocator().buffer(12 * MIB)) {
                assertThat(most.capacity()).isEqualTo(12 * MIB);
                assertThat(budget.isRelieved()).isTrue();
            }
        }
    }

    @Test
    void roundsLargeBuffersUpByLittle() {
        try (MemoryBudget budget = new MemoryBudget(16 * MIB);
                ArrowBuf page = budget.allocator().buffer(70_000)) {
            assertThat(page.capacity()).isBetween(70_000L, 74_000L);
        }
    }
}
