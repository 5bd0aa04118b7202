package dev.alluvium.parquet;

import dev.alluvium.schema.ColumnType.Scalar;
import java.util.List;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.statistics.Statistics;
import org.jspecify.annotations.Nullable;

/** Numbers, times and booleans: all of them are 64 bits in the scratch. */
final class NumberValues implements ColumnValues {
    private static final int PACKED = 8;

    private final Scalar type;
    /** Bytes of a value; 0 for a bit. */
    private final int width;

    private final boolean isFloating;
    private final boolean isUnsigned;
    private @Nullable NumberDictionary dictionary;
    private int count;

    NumberValues(Scalar type) {
        this.type = type;
        this.width = switch (type) {
            case BOOL -> 0;
            case INT32, UINT32, DATE, FLOAT32 -> Integer.BYTES;
            default -> Long.BYTES;
        };
        this.isFloating = type == Scalar.FLOAT32 || type == Scalar.FLOAT64;
        this.isUnsigned = type == Scalar.UINT32 || type == Scalar.UINT64;
    }

    @Override
    public void load(LeafColumn leaf, LeafLevels levels, PageScratch scratch) {
        count = levels.values();
        long[] to = scratch.numbers(count);
        if (count == 0) {
            return;
        }
        long data = leaf.dataAddress();
        if (!levels.isDense()) {
            gather(data, levels.places(), to);
            return;
        }
        int first = levels.firstPlace();
        for (int i = 0; i < count; i++) {
            to[i] = get(data, first + i);
        }
    }

    private void gather(long data, int[] places, long[] to) {
        for (int i = 0; i < count; i++) {
            to[i] = get(data, places[i]);
        }
    }

    private long get(long data, int index) {
        if (width == Long.BYTES) {
            return MemoryUtil.getLong(data + ((long) index << 3));
        }
        return width == Integer.BYTES
                ? MemoryUtil.getInt(data + ((long) index << 2))
                : MemoryUtil.getByte(data + (index >> 3)) >> (index & 7) & 1;
    }

    @Override
    public List<Encoding> encodings() {
        if (width == 0) {
            return List.of(Encoding.PLAIN);
        }
        return List.of(Encoding.PLAIN, isFloating ? Encoding.BYTE_STREAM_SPLIT : Encoding.DELTA_BINARY_PACKED);
    }

    @Override
    public long maxBytes(PageScratch scratch) {
        return DeltaPacking.maxBytes(count) + HybridRuns.maxBytes(count, Integer.SIZE);
    }

    @Override
    public long write(Encoding encoding, PageScratch scratch, long address) {
        return switch (encoding) {
            case PLAIN ->
                width == 0
                        ? writeBits(scratch.numbers, count, address)
                        : writePlain(scratch.numbers, count, width, address);
            case BYTE_STREAM_SPLIT -> writeSplit(scratch.numbers, count, width, address);
            case DELTA_BINARY_PACKED ->
                DeltaPacking.write(scratch.numbers, count, width == Integer.BYTES, scratch.block, address);
            default -> throw new IllegalArgumentException(type + " has no encoding " + encoding);
        };
    }

    private static long writeBits(long[] values, int count, long address) {
        for (int i = 0; i < count; i += PACKED) {
            int bits = 0;
            for (int k = Math.min(PACKED, count - i) - 1; k >= 0; k--) {
                bits = bits << 1 | (int) values[i + k];
            }
            MemoryUtil.putByte(address + (i >> 3), (byte) bits);
        }
        return address + ((count + PACKED - 1) >> 3);
    }

    /** Guarded by FileBenchmark. */
    static long writePlain(long[] values, int count, int width, long address) {
        if (width == Long.BYTES) {
            for (int i = 0; i < count; i++) {
                MemoryUtil.putLong(address + ((long) i << 3), values[i]);
            }
        } else {
            for (int i = 0; i < count; i++) {
                MemoryUtil.putInt(address + ((long) i << 2), (int) values[i]);
            }
        }
        return address + (long) count * width;
    }

    /** All first bytes, then all second ones (Parquet format, Encodings.md, BYTE_STREAM_SPLIT). Guarded by FileBenchmark. */
    private static long writeSplit(long[] values, int count, int width, long address) {
        int whole = count & -PACKED;
        for (int part = 0; part < width; part++) {
            long at = address + (long) part * count;
            int shift = part << 3;
            for (int i = 0; i < whole; i += PACKED) {
                long bytes = ((values[i] >>> shift) & 0xFF)
                        | ((values[i + 1] >>> shift) & 0xFF) << 8
                        | ((values[i + 2] >>> shift) & 0xFF) << 16
                        | ((values[i + 3] >>> shift) & 0xFF) << 24
                        | ((values[i + 4] >>> shift) & 0xFF) << 32
                        | ((values[i + 5] >>> shift) & 0xFF) << 40
                        | ((values[i + 6] >>> shift) & 0xFF) << 48
                        | ((values[i + 7] >>> shift) & 0xFF) << 56;
                MemoryUtil.putLong(at + i, bytes);
            }
            for (int i = whole; i < count; i++) {
                MemoryUtil.putByte(at + i, (byte) (values[i] >>> shift));
            }
        }
        return address + (long) count * width;
    }

    @Override
    public void addTo(Statistics<?> statistics, PageScratch scratch) {
        if (isFloating) {
            addFloating(statistics, scratch.numbers);
            return;
        }
        long flip = isUnsigned ? Long.MIN_VALUE : 0;
        long least = Long.MAX_VALUE;
        long greatest = Long.MIN_VALUE;
        long[] values = scratch.numbers;
        for (int i = 0; i < count; i++) {
            long value = values[i] ^ flip;
            least = Math.min(least, value);
            greatest = Math.max(greatest, value);
        }
        add(statistics, least ^ flip);
        add(statistics, greatest ^ flip);
    }

    /** By the bits, made such that they order as {@link Double#compare} does; only NaN is beyond the infinities then. */
    private void addFloating(Statistics<?> statistics, long[] values) {
        long lowest = ordered(bits(Double.NEGATIVE_INFINITY));
        long highest = ordered(bits(Double.POSITIVE_INFINITY));
        long least = Long.MAX_VALUE;
        long greatest = Long.MIN_VALUE;
        for (int i = 0; i < count; i++) {
            long value = ordered(values[i]);
            least = Math.min(least, value);
            greatest = Math.max(greatest, value);
        }
        if (greatest > highest || least < lowest) {
            least = Long.MAX_VALUE;
            greatest = Long.MIN_VALUE;
            for (int i = 0; i < count; i++) {
                long value = ordered(values[i]);
                if (value > highest || value < lowest) {
                    statistics.incrementNanCount();
                } else {
                    least = Math.min(least, value);
                    greatest = Math.max(greatest, value);
                }
            }
        }
        if (least <= greatest) {
            add(statistics, ordered(least));
            add(statistics, ordered(greatest));
        }
    }

    private long bits(double value) {
        return type == Scalar.FLOAT64 ? Double.doubleToRawLongBits(value) : Float.floatToRawIntBits((float) value);
    }

    /** Bits of a floating-point number to a number that orders as it does, and back. */
    private static long ordered(long bits) {
        return bits ^ ((bits >> 63) >>> 1);
    }

    private void add(Statistics<?> statistics, long bits) {
        switch (type) {
            case BOOL -> statistics.updateStats(bits != 0);
            case INT32, UINT32, DATE -> statistics.updateStats((int) bits);
            case FLOAT32 -> statistics.updateStats(Float.intBitsToFloat((int) bits));
            case FLOAT64 -> statistics.updateStats(Double.longBitsToDouble(bits));
            default -> statistics.updateStats(bits);
        }
    }

    @Override
    public long stringBytes() {
        return 0;
    }

    @Override
    public boolean canHaveDictionary() {
        return width > 0;
    }

    @Override
    public boolean findAll(PageScratch scratch, long maxBytes) {
        if (dictionary == null) {
            dictionary = new NumberDictionary(width);
        }
        return dictionary.find(scratch.numbers, count, scratch.ids(count), maxBytes);
    }

    @Override
    public @Nullable Dictionary dictionary() {
        return dictionary;
    }

    @Override
    public void closeDictionary() {
        dictionary = null;
    }
}
