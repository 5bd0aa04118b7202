package dev.alluvium.parquet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.BytesUtils;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.values.RequiresFallback;
import org.apache.parquet.column.values.ValuesWriter;
import org.apache.parquet.column.values.plain.PlainValuesWriter;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridEncoder;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

/**
 * Dictionary encoding of a column (Parquet format, Encodings.md, RLE_DICTIONARY). Takes the place of parquet-column's
 * own writers because those start with 16 KiB for each column and do not count it: 200 columns of 10 rows held over
 * 3 MB. Grows from nothing, boxes nothing and tells its true size.
 */
final class DictionaryValues extends ValuesWriter implements RequiresFallback {

    private static final int EMPTY = -1;

    private final PrimitiveTypeName type;
    private final int maxDictionaryBytes;

    private int[] ids = new int[0];
    private int idCount;

    private int[] slots = new int[0];
    private int entries;
    private long[] numbers = new long[0];
    private byte[] bytes = new byte[0];
    private int[] ends = new int[0];
    private long dictionaryBytes;
    /** Entries that finished pages refer to: only these are written. */
    private int entriesInPages;

    private boolean fellBack;

    DictionaryValues(PrimitiveTypeName type, int maxDictionaryBytes) {
        this.type = type;
        this.maxDictionaryBytes = maxDictionaryBytes;
    }

    @Override
    public void writeInteger(int value) {
        addNumber(value, Integer.BYTES);
    }

    @Override
    public void writeLong(long value) {
        addNumber(value, Long.BYTES);
    }

    @Override
    public void writeFloat(float value) {
        addNumber(Float.floatToRawIntBits(value), Float.BYTES);
    }

    @Override
    public void writeDouble(double value) {
        addNumber(Double.doubleToRawLongBits(value), Double.BYTES);
    }

    private void addNumber(long value, int width) {
        if ((entries + 1) * 2 > slots.length) {
            growSlots();
        }
        int mask = slots.length - 1;
        int slot = hash(value) & mask;
        while (slots[slot] != EMPTY) {
            if (numbers[slots[slot]] == value) {
                addId(slots[slot]);
                return;
            }
            slot = (slot + 1) & mask;
        }
        if (entries == numbers.length) {
            numbers = Arrays.copyOf(numbers, Math.max(4, entries * 2));
        }
        numbers[entries] = value;
        dictionaryBytes += width;
        slots[slot] = entries;
        addId(entries++);
    }

    @Override
    public void writeBytes(Binary value) {
        if ((entries + 1) * 2 > slots.length) {
            growSlots();
        }
        ByteBuffer source = value.toByteBuffer();
        byte[] array = source.array();
        int from = source.arrayOffset() + source.position();
        int length = source.remaining();
        int mask = slots.length - 1;
        int slot = hash(array, from, length) & mask;
        while (slots[slot] != EMPTY) {
            int entry = slots[slot];
            if (Arrays.equals(bytes, start(entry), ends[entry], array, from, from + length)) {
                addId(entry);
                return;
            }
            slot = (slot + 1) & mask;
        }
        int start = entries == 0 ? 0 : ends[entries - 1];
        if (bytes.length - start < length) {
            bytes = Arrays.copyOf(bytes, Math.max(start + length, Math.min(bytes.length * 2, maxDictionaryBytes)));
        }
        System.arraycopy(array, from, bytes, start, length);
        if (entries == ends.length) {
            ends = Arrays.copyOf(ends, Math.max(4, entries * 2));
        }
        ends[entries] = start + length;
        dictionaryBytes += Integer.BYTES + (long) length;
        slots[slot] = entries;
        addId(entries++);
    }

    private int start(int entry) {
        return entry == 0 ? 0 : ends[entry - 1];
    }

    private void addId(int id) {
        if (idCount == ids.length) {
            ids = Arrays.copyOf(ids, Math.max(16, idCount + (idCount >> 1)));
        }
        ids[idCount++] = id;
    }

    private void growSlots() {
        slots = new int[Math.max(8, slots.length * 2)];
        Arrays.fill(slots, EMPTY);
        int mask = slots.length - 1;
        for (int entry = 0; entry < entries; entry++) {
            int slot = mask
                    & (type == PrimitiveTypeName.BINARY
                            ? hash(bytes, start(entry), ends[entry] - start(entry))
                            : hash(numbers[entry]));
            while (slots[slot] != EMPTY) {
                slot = (slot + 1) & mask;
            }
            slots[slot] = entry;
        }
    }

    /** Rounded doubles differ in their high bits only: these must reach the low ones. */
    private static int hash(long value) {
        long mixed = value * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 32) ^ (int) (mixed >>> 51);
    }

    private static int hash(byte[] array, int from, int length) {
        int hash = length;
        for (int i = from; i < from + length; i++) {
            hash = 31 * hash + array[i];
        }
        return hash(hash);
    }

    /** Whether values of the open page go into this dictionary. */
    boolean isActive() {
        return !fellBack;
    }

    /** Bytes that the open page's values and the whole dictionary take before compression. */
    long encodedBytes() {
        int width = BytesUtils.getWidthFromMaxInt(Math.max(0, entries - 1));
        return dictionaryBytes + ((long) idCount * width + 7) / 8;
    }

    @Override
    public boolean shouldFallBack() {
        return dictionaryBytes > maxDictionaryBytes;
    }

    @Override
    public boolean isCompressionSatisfying(long rawBytes, long encodedBytes) {
        return encodedBytes + dictionaryBytes < rawBytes;
    }

    @Override
    public void fallBackAllValuesTo(ValuesWriter plain) {
        fellBack = true;
        for (int i = 0; i < idCount; i++) {
            writeEntry(ids[i], plain);
        }
        idCount = 0;
        ids = new int[0];
        if (entriesInPages == 0) {
            clearDictionary();
        }
    }

    private void writeEntry(int entry, ValuesWriter plain) {
        switch (type) {
            case INT32 -> plain.writeInteger((int) numbers[entry]);
            case INT64 -> plain.writeLong(numbers[entry]);
            case FLOAT -> plain.writeFloat(Float.intBitsToFloat((int) numbers[entry]));
            case DOUBLE -> plain.writeDouble(Double.longBitsToDouble(numbers[entry]));
            case BINARY ->
                plain.writeBytes(Binary.fromReusedByteArray(bytes, start(entry), ends[entry] - start(entry)));
            default -> throw new IllegalStateException("no dictionary for " + type);
        }
    }

    @Override
    public BytesInput getBytes() {
        int width = BytesUtils.getWidthFromMaxInt(Math.max(0, entries - 1));
        try (RunLengthBitPackingHybridEncoder encoder = new RunLengthBitPackingHybridEncoder(
                width, 64, Math.max(64, idCount * Integer.BYTES), HeapByteBufferAllocator.getInstance())) {
            for (int i = 0; i < idCount; i++) {
                encoder.writeInt(ids[i]);
            }
            entriesInPages = entries;
            return BytesInput.from(PageCodecs.bytesOf(
                    BytesInput.concat(BytesInput.from(new byte[] {(byte) width}), encoder.toBytes())));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public @Nullable DictionaryPage toDictPageAndClose() {
        if (entriesInPages == 0) {
            return null;
        }
        try (PlainValuesWriter plain =
                new PlainValuesWriter(64, maxDictionaryBytes, HeapByteBufferAllocator.getInstance())) {
            for (int entry = 0; entry < entriesInPages; entry++) {
                writeEntry(entry, plain);
            }
            return new DictionaryPage(
                    BytesInput.from(PageCodecs.bytesOf(plain.getBytes())), entriesInPages, Encoding.PLAIN);
        }
    }

    @Override
    public Encoding getEncoding() {
        return Encoding.RLE_DICTIONARY;
    }

    @Override
    public void reset() {
        idCount = 0;
    }

    @Override
    public void resetDictionary() {
        clearDictionary();
        fellBack = false;
    }

    private void clearDictionary() {
        slots = new int[0];
        numbers = new long[0];
        bytes = new byte[0];
        ends = new int[0];
        entries = 0;
        entriesInPages = 0;
        dictionaryBytes = 0;
    }

    @Override
    public long getBufferedSize() {
        return encodedBytes();
    }

    @Override
    public long getAllocatedSize() {
        return 4L * (ids.length + slots.length + ends.length) + 8L * numbers.length + bytes.length;
    }

    @Override
    public String memUsageString(String prefix) {
        return prefix + " dictionary of " + entries + " entries: " + getAllocatedSize() + " bytes";
    }
}
