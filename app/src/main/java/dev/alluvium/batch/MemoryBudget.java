package dev.alluvium.batch;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/**
 * The one number for the memory of a process: Arrow buffers, which it allocates, and encoded pages, which it is told
 * of. Thread safe. Closing it fails if a buffer was leaked.
 */
public final class MemoryBudget implements AutoCloseable {
    private final long limitBytes;
    private final RootAllocator allocator = new RootAllocator();
    private final AtomicLong pageBytes = new AtomicLong();

    public MemoryBudget(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Where all Arrow buffers of the process come from. */
    public BufferAllocator allocator() {
        return allocator;
    }

    /** Pages grew by so many bytes, or shrank. */
    void addPages(long bytes) {
        pageBytes.addAndGet(bytes);
    }

    public long usedBytes() {
        return allocator.getAllocatedMemory() + pageBytes.get();
    }

    public long limitBytes() {
        return limitBytes;
    }

    /** Whether the largest open batch should give its rows to the spool. */
    public boolean isExceeded() {
        return usedBytes() > limitBytes;
    }

    /** Whether enough was given back after the budget was exceeded: a fifth below the limit. */
    public boolean isRelieved() {
        return usedBytes() <= limitBytes - limitBytes / 5;
    }

    @Override
    public void close() {
        allocator.close();
    }
}
