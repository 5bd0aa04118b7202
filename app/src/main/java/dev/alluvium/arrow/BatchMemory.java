package dev.alluvium.arrow;

import org.apache.arrow.memory.BufferAllocator;

/** Where the buffers of one batch come from, and how many bytes they hold together. */
final class BatchMemory {
    final BufferAllocator allocator;
    long bytes;

    BatchMemory(BufferAllocator allocator) {
        this.allocator = allocator;
    }
}
