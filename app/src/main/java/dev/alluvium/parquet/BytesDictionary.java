package dev.alluvium.parquet;

import java.util.Arrays;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.util.MemoryUtil;

/** Distinct byte strings, in native memory as the file will have them: length, then bytes. */
final class BytesDictionary implements Dictionary {
    private static final int EMPTY = -1;

    private final NativeBuffer plain;
    /** Where an entry begins in {@link #plain}. */
    private int[] starts = new int[0];

    private int[] hashes = new int[0];
    private int[] slots = new int[0];
    private int size;
    private int end;

    /** The least and the greatest place of values found last, by their bytes. */
    private int least;

    private int greatest;
    /** The find in which a place was last met. */
    private int[] finds = new int[0];

    private int find;

    BytesDictionary(BufferAllocator allocator) {
        this.plain = new NativeBuffer(allocator);
    }

    /**
     * Finds the places of strings, new ones at the end. Guarded by FileBenchmark.
     *
     * @param base address that starts are relative to
     * @return false if it would have to hold more than {@code maxBytes}; it may have grown, and some ids are missing
     */
    boolean find(long base, int[] from, int[] lengths, int count, int[] ids, long maxBytes) {
        find++;
        least = EMPTY;
        greatest = EMPTY;
        for (int i = 0; i < count; i++) {
            int id = place(base + from[i], lengths[i]);
            if (end > maxBytes) {
                return false;
            }
            if (finds[id] != find) {
                finds[id] = find;
                meet(id);
            }
            ids[i] = id;
        }
        return true;
    }

    private void meet(int id) {
        if (least == EMPTY || compare(id, least) < 0) {
            least = id;
        }
        if (greatest == EMPTY || compare(id, greatest) > 0) {
            greatest = id;
        }
    }

    private int compare(int first, int second) {
        return NativeBytes.compare(address(first), length(first), address(second), length(second));
    }

    private int place(long address, int length) {
        if ((size + 1) * 2 > slots.length) {
            growSlots();
        }
        int hash = NativeBytes.hash(address, length);
        int mask = slots.length - 1;
        int slot = hash & mask;
        while (true) {
            int id = slots[slot];
            if (id == EMPTY) {
                slots[slot] = size;
                return add(address, length, hash);
            }
            if (hashes[id] == hash && length(id) == length && NativeBytes.areEqual(address, address(id), length)) {
                return id;
            }
            slot = (slot + 1) & mask;
        }
    }

    private int add(long address, int length, int hash) {
        if (size == starts.length) {
            int room = Math.max(4, size * 2);
            starts = Arrays.copyOf(starts, room);
            hashes = Arrays.copyOf(hashes, room);
            finds = Arrays.copyOf(finds, room);
        }
        starts[size] = end;
        hashes[size] = hash;
        long at = plain.reserve((long) end + Integer.BYTES + length, end) + end;
        MemoryUtil.putInt(at, length);
        NativeBytes.copy(address, at + Integer.BYTES, length);
        end += Integer.BYTES + length;
        return size++;
    }

    private void growSlots() {
        slots = new int[Math.max(8, slots.length * 2)];
        Arrays.fill(slots, EMPTY);
        int mask = slots.length - 1;
        for (int id = 0; id < size; id++) {
            int slot = hashes[id] & mask;
            while (slots[slot] != EMPTY) {
                slot = (slot + 1) & mask;
            }
            slots[slot] = id;
        }
    }

    /** Place of the least value of those found last. */
    int least() {
        return least;
    }

    /** Place of the greatest value of those found last. */
    int greatest() {
        return greatest;
    }

    /** Address of a value's bytes, valid until the next one is added. */
    long address(int id) {
        return plain.address() + starts[id] + Integer.BYTES;
    }

    int length(int id) {
        return MemoryUtil.getInt(plain.address() + starts[id]);
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public long plainBytes(int count) {
        return count == size ? end : starts[count];
    }

    @Override
    public long writePlain(int count, long address) {
        long bytes = plainBytes(count);
        MemoryUtil.copyMemory(plain.address(), address, bytes);
        return address + bytes;
    }

    @Override
    public long heapBytes() {
        return (long) Integer.BYTES * (starts.length + hashes.length + finds.length + slots.length);
    }

    @Override
    public long nativeBytes() {
        return plain.capacity();
    }

    @Override
    public void close() {
        plain.close();
        starts = new int[0];
        hashes = new int[0];
        finds = new int[0];
        slots = new int[0];
        size = 0;
        end = 0;
    }
}
