package dev.alluvium.parquet;

import java.nio.ByteBuffer;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.util.CommonUtil;
import org.apache.arrow.memory.util.MemoryUtil;
import org.jspecify.annotations.Nullable;

/** Native memory that is used over and over. Whoever makes one closes it. One thread. */
final class NativeBuffer implements AutoCloseable {
    private final BufferAllocator allocator;
    private @Nullable ArrowBuf memory;
    private @Nullable ByteBuffer view;
    private long address;
    private long capacity;

    NativeBuffer(BufferAllocator allocator) {
        this.allocator = allocator;
    }

    /**
     * Makes room, at the price of what is there.
     *
     * @return the address of the first byte
     * @throws IllegalStateException if that is more than a page can have
     */
    long reserve(long bytes) {
        return reserve(bytes, 0);
    }

    /** As above, but keeps the first bytes. */
    long reserve(long bytes, long kept) {
        if (bytes <= capacity) {
            return address;
        }
        if (bytes > Integer.MAX_VALUE) {
            throw new IllegalStateException("a page needs " + bytes + " bytes: cut the batch earlier");
        }
        // A power of two, which a pooling allocator has at hand.
        ArrowBuf grown = allocator.buffer(Math.min(Integer.MAX_VALUE, CommonUtil.nextPowerOfTwo(bytes)));
        MemoryUtil.copyMemory(address, grown.memoryAddress(), kept);
        close();
        memory = grown;
        address = grown.memoryAddress();
        capacity = grown.capacity();
        return address;
    }

    long address() {
        return address;
    }

    long capacity() {
        return capacity;
    }

    /** All of the memory; not to be kept, and shared by all who ask. */
    ByteBuffer view() {
        ByteBuffer shared = view;
        if (shared == null) {
            if (memory == null) {
                throw new IllegalStateException("nothing is reserved");
            }
            shared = memory.nioBuffer(0, (int) Math.min(Integer.MAX_VALUE, capacity));
            view = shared;
        }
        return shared;
    }

    /** The first bytes in memory of their own, up to its writer index; it is the caller's. */
    ArrowBuf copy(int bytes) {
        ArrowBuf copy = allocator.buffer(bytes);
        MemoryUtil.copyMemory(address, copy.memoryAddress(), bytes);
        copy.writerIndex(bytes);
        return copy;
    }

    @Override
    public void close() {
        if (memory != null) {
            memory.close();
            memory = null;
            view = null;
            address = 0;
            capacity = 0;
        }
    }
}
