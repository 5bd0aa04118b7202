package dev.alluvium.batch;

import dev.alluvium.arrow.PooledMemory;
import dev.alluvium.parquet.PageMemory;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.memory.util.CommonUtil;

/**
 * The one number for the memory of a process: Arrow buffers and encoded pages, which it allocates, and the heap that open
 * files hold besides, which it is told of. Thread safe. Closing it fails if a buffer was leaked.
 */
public final class MemoryBudget implements AutoCloseable {
    /** Larger buffers are rounded up to so many bytes; by default to a power of two, which wastes a third of pages. */
    private static final long ROUNDED_BYTES = 4096;

    /** Of the limit, what may lie idle between two record batches. */
    private static final int IDLE_PART = 8;

    private static final long MAX_IDLE_BYTES = 32L << 20;

    private final long limitBytes;
    private final PooledMemory pool;
    private final RootAllocator allocator;
    private final PageMemory pages;
    private final AtomicLong heapBytes = new AtomicLong();

    public MemoryBudget(long limitBytes) {
        this.limitBytes = limitBytes;
        this.pool = new PooledMemory(Math.min(MAX_IDLE_BYTES, limitBytes / IDLE_PART));
        var configuration = RootAllocator.configBuilder()
                .allocationManagerFactory(pool)
                .roundingPolicy(MemoryBudget::rounded)
                .build();
        this.allocator = new RootAllocator(configuration);
        this.pages = new PageMemory(allocator);
    }

    /** Where all Arrow buffers of the process come from. */
    public BufferAllocator allocator() {
        return allocator;
    }

    private static long rounded(long bytes) {
        return bytes < ROUNDED_BYTES
                ? CommonUtil.nextPowerOfTwo(bytes)
                : (bytes + ROUNDED_BYTES - 1) / ROUNDED_BYTES * ROUNDED_BYTES;
    }

    /** Where the pages of all files of the process come from. */
    PageMemory pages() {
        return pages;
    }

    /** The heap of open files grew by so many bytes, or shrank. */
    void addHeap(long bytes) {
        heapBytes.addAndGet(bytes);
    }

    /** Bytes in use, with what lies idle for the next record batches. */
    public long usedBytes() {
        return allocator.getAllocatedMemory() + pool.keptBytes() + heapBytes.get();
    }

    public long limitBytes() {
        return limitBytes;
    }

    /** Whether the largest open batch should give its rows to the spool. */
    public boolean isExceeded() {
        return !isWithin(limitBytes);
    }

    /** Whether enough was given back after the budget was exceeded: a fifth below the limit. */
    public boolean isRelieved() {
        return isWithin(limitBytes - limitBytes / 5);
    }

    /** Whether no more is used, if need be after what lies idle was given back. */
    private boolean isWithin(long bytes) {
        if (usedBytes() > bytes) {
            pool.drop();
        }
        return usedBytes() <= bytes;
    }

    @Override
    public void close() {
        pages.close();
        allocator.close();
        pool.drop();
    }
}
