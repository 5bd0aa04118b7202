package dev.alluvium.parquet;

import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

/** Byte strings, text or not. They stay in Arrow's memory until they are in a page. */
final class StringValues implements ColumnValues {
    private static final List<Encoding> ENCODINGS = List.of(Encoding.PLAIN, Encoding.DELTA_LENGTH_BYTE_ARRAY);

    private final BufferAllocator allocator;
    private @Nullable BytesDictionary dictionary;
    private long data;
    private int count;
    private long bytes;
    private boolean isContiguous;
    /** Whether the dictionary has met all loaded values, and nothing since. */
    private boolean areFound;

    StringValues(BufferAllocator allocator) {
        this.allocator = allocator;
    }

    @Override
    public void load(LeafColumn leaf, LeafLevels levels, PageScratch scratch) {
        count = levels.values();
        bytes = 0;
        areFound = false;
        isContiguous = true;
        scratch.reserveStrings(count);
        if (count == 0) {
            return;
        }
        data = leaf.dataAddress();
        long offsets = leaf.offsetsAddress();
        if (levels.isDense()) {
            loadDense(offsets + ((long) levels.firstPlace() << 2), scratch.starts, scratch.lengths);
        } else {
            gather(offsets, levels.places(), scratch.starts, scratch.lengths);
        }
    }

    private void loadDense(long offsets, int[] starts, int[] lengths) {
        int start = MemoryUtil.getInt(offsets);
        int first = start;
        for (int i = 0; i < count; i++) {
            int end = MemoryUtil.getInt(offsets + ((i + 1L) << 2));
            starts[i] = start;
            lengths[i] = end - start;
            start = end;
        }
        bytes = (long) start - first;
    }

    private void gather(long offsets, int[] places, int[] starts, int[] lengths) {
        for (int i = 0; i < count; i++) {
            long at = offsets + ((long) places[i] << 2);
            int start = MemoryUtil.getInt(at);
            int length = MemoryUtil.getInt(at + Integer.BYTES) - start;
            starts[i] = start;
            lengths[i] = length;
            bytes += length;
        }
        isContiguous = starts[count - 1] + lengths[count - 1] - starts[0] == bytes;
    }

    @Override
    public List<Encoding> encodings() {
        return ENCODINGS;
    }

    @Override
    public long maxBytes(PageScratch scratch) {
        return bytes + DeltaPacking.maxBytes(count) + HybridRuns.maxBytes(count, Integer.SIZE);
    }

    @Override
    public long write(Encoding encoding, PageScratch scratch, long address) {
        return switch (encoding) {
            case PLAIN -> writePlain(scratch.starts, scratch.lengths, address);
            case DELTA_LENGTH_BYTE_ARRAY -> writeDeltaLength(scratch, address);
            default -> throw new IllegalArgumentException("byte strings have no encoding " + encoding);
        };
    }

    private long writePlain(int[] starts, int[] lengths, long address) {
        long at = address;
        for (int i = 0; i < count; i++) {
            int length = lengths[i];
            MemoryUtil.putInt(at, length);
            NativeBytes.copy(data + starts[i], at + Integer.BYTES, length);
            at += Integer.BYTES + length;
        }
        return at;
    }

    private long writeDeltaLength(PageScratch scratch, long address) {
        int[] lengths = scratch.lengths;
        long[] numbers = scratch.numbers(count);
        for (int i = 0; i < count; i++) {
            numbers[i] = lengths[i];
        }
        long at = DeltaPacking.write(numbers, count, true, scratch.block, address);
        if (count > 0 && isContiguous) {
            MemoryUtil.copyMemory(data + scratch.starts[0], at, bytes);
            return at + bytes;
        }
        for (int i = 0; i < count; i++) {
            NativeBytes.copy(data + scratch.starts[i], at, lengths[i]);
            at += lengths[i];
        }
        return at;
    }

    @Override
    public void addTo(Statistics<?> statistics, PageScratch scratch) {
        BytesDictionary met = dictionary;
        if (met != null && areFound) {
            add(statistics, met.address(met.least()), met.length(met.least()));
            add(statistics, met.address(met.greatest()), met.length(met.greatest()));
            return;
        }
        int least = least(scratch.starts, scratch.lengths);
        add(statistics, data + scratch.starts[least], scratch.lengths[least]);
        int greatest = greatest(scratch.starts, scratch.lengths);
        add(statistics, data + scratch.starts[greatest], scratch.lengths[greatest]);
    }

    private int least(int[] starts, int[] lengths) {
        int least = 0;
        long leastPrefix = NativeBytes.prefix(data + starts[0], lengths[0]);
        for (int i = 1; i < count; i++) {
            long prefix = NativeBytes.prefix(data + starts[i], lengths[i]);
            int order = Long.compareUnsigned(prefix, leastPrefix);
            if (order < 0 || (order == 0 && compare(starts, lengths, i, least) < 0)) {
                least = i;
                leastPrefix = prefix;
            }
        }
        return least;
    }

    private int greatest(int[] starts, int[] lengths) {
        int greatest = 0;
        long greatestPrefix = NativeBytes.prefix(data + starts[0], lengths[0]);
        for (int i = 1; i < count; i++) {
            long prefix = NativeBytes.prefix(data + starts[i], lengths[i]);
            int order = Long.compareUnsigned(prefix, greatestPrefix);
            if (order > 0 || (order == 0 && compare(starts, lengths, i, greatest) > 0)) {
                greatest = i;
                greatestPrefix = prefix;
            }
        }
        return greatest;
    }

    private int compare(int[] starts, int[] lengths, int first, int second) {
        return NativeBytes.compare(data + starts[first], lengths[first], data + starts[second], lengths[second]);
    }

    private static void add(Statistics<?> statistics, long address, int length) {
        byte[] value = new byte[length];
        MemoryUtil.copyFromMemory(address, value, 0, length);
        statistics.updateStats(Binary.fromConstantByteArray(value));
    }

    @Override
    public long stringBytes() {
        return bytes;
    }

    @Override
    public boolean canHaveDictionary() {
        return true;
    }

    @Override
    public boolean findAll(PageScratch scratch, long maxBytes) {
        if (dictionary == null) {
            dictionary = new BytesDictionary(allocator);
        }
        areFound = dictionary.find(data, scratch.starts, scratch.lengths, count, scratch.ids(count), maxBytes)
                && count > 0;
        return areFound || count == 0;
    }

    @Override
    public @Nullable Dictionary dictionary() {
        return dictionary;
    }

    @Override
    public void closeDictionary() {
        if (dictionary != null) {
            dictionary.close();
            dictionary = null;
        }
        areFound = false;
    }
}
