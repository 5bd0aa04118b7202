package dev.alluvium.arrow;

import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.util.MemoryUtil;
import org.jspecify.annotations.Nullable;

/** One Arrow buffer that doubles when it is full; without memory until it is first needed. */
final class GrowingBuffer {
    /** Beyond this an int offset or an int-sized page is near; a batch must have been cut long before. */
    static final long MAX_BYTES = 1L << 30;

    /** Thousands of batches are open at once, most of them with few rows, so a cleared buffer keeps next to nothing. */
    static final long KEPT_BYTES = 1024;

    private final BatchMemory memory;
    private final String column;
    private @Nullable ArrowBuf buffer;
    private long address;
    private long capacity;

    GrowingBuffer(BatchMemory memory, String column) {
        this.memory = memory;
        this.column = column;
    }

    long address() {
        return address;
    }

    long capacity() {
        return capacity;
    }

    /** The buffer itself, owned by this object; allocated now if nothing needed it before. */
    ArrowBuf buffer() {
        ensure(Long.BYTES);
        if (buffer == null) {
            throw new IllegalStateException("column " + column + " has no buffer");
        }
        return buffer;
    }

    /** Makes room for that many bytes and keeps what is there; the address may change. */
    void ensure(long bytes) {
        if (bytes <= capacity) {
            return;
        }
        if (bytes > MAX_BYTES) {
            throw new IllegalStateException("column " + column + " needs a buffer of " + bytes + " bytes, more than "
                    + MAX_BYTES + ": cut the batch earlier");
        }
        ArrowBuf grown = memory.allocator.buffer(Math.min(MAX_BYTES, Math.max(bytes, 2 * capacity)));
        if (buffer != null) {
            MemoryUtil.copyMemory(address, grown.memoryAddress(), capacity);
            buffer.close();
        }
        memory.bytes += grown.capacity() - capacity;
        buffer = grown;
        address = grown.memoryAddress();
        capacity = grown.capacity();
    }

    /** Gives its memory back and takes over that of another one, which is left without. */
    void become(GrowingBuffer other) {
        close();
        buffer = other.buffer;
        address = other.address;
        capacity = other.capacity;
        other.buffer = null;
        other.address = 0;
        other.capacity = 0;
    }

    /** Keeps the memory only if it is small. What it holds is forgotten either way. */
    void clear() {
        if (capacity > KEPT_BYTES) {
            close();
        }
    }

    void close() {
        if (buffer != null) {
            buffer.close();
            memory.bytes -= capacity;
            buffer = null;
            address = 0;
            capacity = 0;
        }
    }
}
