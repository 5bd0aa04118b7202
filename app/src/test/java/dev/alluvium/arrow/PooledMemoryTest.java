package dev.alluvium.arrow;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PooledMemoryTest {
    private static final int CHUNK = 64 << 10;

    private final PooledMemory pool = new PooledMemory(2 * CHUNK);
    private final RootAllocator allocator = allocator(pool);

    private static RootAllocator allocator(PooledMemory pool) {
        var configuration =
                RootAllocator.configBuilder().allocationManagerFactory(pool).build();
        return new RootAllocator(configuration);
    }

    @AfterEach
    void giveBack() {
        allocator.close();
        pool.drop();
    }

    @Test
    void handsTheSameMemoryOutAgain() {
        long address;
        try (ArrowBuf buffer = allocator.buffer(CHUNK)) {
            address = buffer.memoryAddress();
            assertThat(pool.keptBytes()).isZero();
        }
        assertThat(pool.keptBytes()).isEqualTo(CHUNK);
        try (ArrowBuf smaller = allocator.buffer(CHUNK / 2);
                ArrowBuf same = allocator.buffer(CHUNK)) {
            assertThat(same.memoryAddress()).isEqualTo(address);
            assertThat(smaller.capacity()).isEqualTo(CHUNK / 2);
            assertThat(pool.keptBytes()).isZero();
        }
    }

    @Test
    void keepsNoMoreThanItsLimit() {
        ArrowBuf[] buffers = new ArrowBuf[5];
        for (int i = 0; i < buffers.length; i++) {
            buffers[i] = allocator.buffer(CHUNK);
        }
        for (ArrowBuf buffer : buffers) {
            buffer.close();
        }

        assertThat(pool.keptBytes()).isEqualTo(2 * CHUNK);
        assertThat(allocator.getAllocatedMemory()).isZero();
        pool.drop();
        assertThat(pool.keptBytes()).isZero();
    }

    @Test
    void keepsNothingSmall() {
        allocator.buffer(128).close();

        assertThat(pool.keptBytes()).isZero();
    }
}
