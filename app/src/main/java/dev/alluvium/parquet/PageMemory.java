package dev.alluvium.parquet;

import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.arrow.memory.BufferAllocator;

/**
 * Native memory for pages: held pages come from its allocator, and what encoders work with is shared by all files, so that
 * a thousand open files cost no more of it than the threads that write them. Thread safe. Close it after the files; the
 * allocator stays the caller's.
 */
public final class PageMemory implements AutoCloseable {
    private final BufferAllocator allocator;
    private final Deque<PageScratch> idle = new ArrayDeque<>();

    public PageMemory(BufferAllocator allocator) {
        this.allocator = allocator;
    }

    BufferAllocator allocator() {
        return allocator;
    }

    /** Something to work with, the caller's until it is {@linkplain #giveBack given back}. */
    PageScratch borrow() {
        synchronized (idle) {
            PageScratch scratch = idle.poll();
            return scratch == null ? new PageScratch(allocator) : scratch;
        }
    }

    void giveBack(PageScratch scratch) {
        scratch.trim();
        synchronized (idle) {
            idle.push(scratch);
        }
    }

    @Override
    public void close() {
        synchronized (idle) {
            idle.forEach(PageScratch::close);
            idle.clear();
        }
    }
}
