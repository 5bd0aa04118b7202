package dev.alluvium.arrow;

import java.util.Arrays;
import org.apache.arrow.memory.AllocationManager;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.ReferenceManager;
import org.apache.arrow.memory.util.MemoryUtil;

/**
 * Where an allocator's native memory comes from: chunks of powers of two from 16 KiB to 16 MiB are kept for the next who
 * needs one, up to a limit. Columns grow and are given back with every record batch; memory that comes fresh from the
 * operating system each time costs a page fault for every 4 KiB, a third of the time of decoding. Thread safe.
 */
public final class PooledMemory implements AllocationManager.Factory {
    private static final int LEAST_BITS = 14;
    private static final int MOST_BITS = 24;

    private final long keptLimitBytes;
    /** Idle chunks by size class, as stacks. */
    private final long[][] idle = new long[MOST_BITS - LEAST_BITS + 1][4];

    private final int[] idleCounts = new int[MOST_BITS - LEAST_BITS + 1];
    private volatile long keptBytes;

    /** @param keptLimitBytes idle memory at most */
    public PooledMemory(long keptLimitBytes) {
        this.keptLimitBytes = keptLimitBytes;
    }

    /** Bytes that are idle. */
    public long keptBytes() {
        return keptBytes;
    }

    /** Gives all idle memory back to the operating system. */
    public synchronized void drop() {
        for (int sizeClass = 0; sizeClass < idleCounts.length; sizeClass++) {
            while (idleCounts[sizeClass] > 0) {
                MemoryUtil.freeMemory(idle[sizeClass][--idleCounts[sizeClass]]);
            }
        }
        keptBytes = 0;
    }

    @Override
    public AllocationManager create(BufferAllocator allocator, long size) {
        int sizeClass = sizeClass(size);
        long address = sizeClass < 0 ? 0 : take(sizeClass, size);
        return new Chunk(allocator, address == 0 ? MemoryUtil.allocateMemory(size) : address, size);
    }

    /** Position among the classes that are kept, or -1. */
    private static int sizeClass(long size) {
        int bits = Long.numberOfTrailingZeros(size);
        return size == 1L << bits && bits >= LEAST_BITS && bits <= MOST_BITS ? bits - LEAST_BITS : -1;
    }

    private synchronized long take(int sizeClass, long size) {
        if (idleCounts[sizeClass] == 0) {
            return 0;
        }
        keptBytes -= size;
        return idle[sizeClass][--idleCounts[sizeClass]];
    }

    private synchronized boolean keep(int sizeClass, long size, long address) {
        if (keptBytes + size > keptLimitBytes) {
            return false;
        }
        int count = idleCounts[sizeClass];
        if (count == idle[sizeClass].length) {
            idle[sizeClass] = Arrays.copyOf(idle[sizeClass], 2 * count);
        }
        idle[sizeClass][count] = address;
        idleCounts[sizeClass] = count + 1;
        keptBytes += size;
        return true;
    }

    @Override
    public ArrowBuf empty() {
        return new ArrowBuf(ReferenceManager.NO_OP, null, 0, 0);
    }

    private final class Chunk extends AllocationManager {
        private final long address;
        private final long size;

        Chunk(BufferAllocator allocator, long address, long size) {
            super(allocator);
            this.address = address;
            this.size = size;
        }

        @Override
        public long getSize() {
            return size;
        }

        @Override
        protected long memoryAddress() {
            return address;
        }

        @Override
        protected void release0() {
            int sizeClass = sizeClass(size);
            if (sizeClass < 0 || !keep(sizeClass, size, address)) {
                MemoryUtil.freeMemory(address);
            }
        }
    }
}
