package dev.alluvium.parquet;

import dev.alluvium.parquet.LearnedEncodings.Choice;
import dev.alluvium.parquet.WriterSettings.Codec;
import dev.alluvium.schema.ColumnType.Scalar;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.statistics.SizeStatistics;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.jspecify.annotations.Nullable;

/**
 * One leaf column of the open row group: takes rows, makes pages of version 1, and holds them compressed in native memory
 * until the row group goes to the file. One thread.
 */
final class ColumnEncoder {
    /** What a page takes in the file beside its data: header and index entries. */
    private static final int FILE_OVERHEAD = 100;

    /** Heap of a held page, measured by that of 5,000. */
    private static final int PAGE_HEAP = 400;

    /** Heap of a column beside its pages, measured by that of 200. */
    private static final int COLUMN_HEAP = 800;

    /** About what compression leaves of a dictionary. */
    private static final double DICTIONARY_RATIO = 0.6;

    private record Page(
            ArrowBuf compressed,
            int rawBytes,
            int slots,
            int rows,
            Statistics<?> statistics,
            SizeStatistics sizes,
            Encoding encoding) {}

    private final ColumnDescriptor descriptor;
    private final String name;
    private final WriterSettings settings;
    private final LearnedEncodings learned;
    private final PageLevels levels;
    private final ColumnValues values;
    private final List<Page> pages = new ArrayList<>();
    private @Nullable Choice choice;
    private Codec codec;
    private boolean isInDictionary;
    /** Entries of the dictionary that pages refer to. */
    private int entriesInPages;

    private long slots;
    private long compressedBytes;
    private long nativeBytes;

    /** @param name under which what pays for it is learned */
    ColumnEncoder(
            ColumnDescriptor descriptor,
            String name,
            Scalar type,
            WriterSettings settings,
            LearnedEncodings learned,
            BufferAllocator allocator) {
        this.descriptor = descriptor;
        this.name = name;
        this.settings = settings;
        this.learned = learned;
        this.levels = new PageLevels(descriptor);
        this.values = switch (type) {
            case UTF8, JSON, ENUM, BINARY -> new StringValues(allocator);
            default -> new NumberValues(type);
        };
        this.codec = settings.codec();
    }

    /**
     * Makes pages of rows, as few and as even as the limits allow.
     *
     * @param to exclusive
     */
    void write(LeafColumn leaf, int from, int to, PageScratch scratch) throws IOException {
        int rows = to - from;
        long plainBytes = leaf.plainBytes(from, to);
        long byRows = (rows + settings.pageRows() - 1L) / settings.pageRows();
        long byBytes = Math.min(rows, (plainBytes + settings.pageBytes() - 1) / settings.pageBytes());
        int parts = (int) Math.max(byRows, byBytes);
        if (parts <= 1) {
            writePage(leaf, from, to, plainBytes, scratch);
            return;
        }
        for (int part = 0; part < parts; part++) {
            int start = from + (int) ((long) rows * part / parts);
            int end = from + (int) ((long) rows * (part + 1) / parts);
            write(leaf, start, end, scratch);
        }
    }

    private void writePage(LeafColumn leaf, int from, int to, long plainBytes, PageScratch scratch) throws IOException {
        LeafLevels of = scratch.levels;
        of.compute(leaf, from, to);
        values.load(leaf, of, scratch);
        Encoding encoding = encoding(plainBytes, scratch);

        long start = scratch.raw.reserve(levels.maxBytes(of) + values.maxBytes(scratch));
        long at = levels.write(of, start);
        Dictionary dictionary = values.dictionary();
        if (encoding == Encoding.RLE_DICTIONARY && dictionary != null) {
            entriesInPages = dictionary.size();
            at = HybridRuns.writePlaces(scratch.ids, of.values(), entriesInPages, at);
        } else {
            at = values.write(encoding, scratch, at);
        }
        hold(encoding, (int) (at - start), to - from, scratch);
    }

    /** What the page has; if it is a dictionary, the places are in the scratch. Once a page cannot, none that follows will. */
    private Encoding encoding(long plainBytes, PageScratch scratch) throws IOException {
        if (scratch.levels.values() == 0) {
            return Encoding.PLAIN;
        }
        Choice chosen = choice;
        if (chosen == null) {
            chosen = begin(plainBytes, scratch);
        } else if (isInDictionary) {
            isInDictionary = values.findAll(scratch, settings.pageBytes());
        }
        if (!isInDictionary && entriesInPages == 0) {
            values.closeDictionary();
        }
        return isInDictionary ? Encoding.RLE_DICTIONARY : chosen.fallback();
    }

    /** Chooses what the row group has, by its first page with values. */
    private Choice begin(long plainBytes, PageScratch scratch) throws IOException {
        Choice chosen = learned.choose(name, scratch.levels.values());
        if (chosen == null) {
            chosen = EncodingTrial.run(values, scratch, settings, pages.isEmpty());
            learned.learn(name, chosen);
            isInDictionary = chosen.isDictionary();
        } else {
            isInDictionary = chosen.isDictionary()
                    && values.findAll(scratch, settings.pageBytes())
                    && paysItself(plainBytes, scratch);
        }
        choice = chosen;
        codec = pages.isEmpty() ? chosen.codec() : codec;
        return chosen;
    }

    /** What paid elsewhere may be useless here, where all values differ. */
    private boolean paysItself(long plainBytes, PageScratch scratch) {
        Dictionary dictionary = values.dictionary();
        if (dictionary == null) {
            return false;
        }
        int size = dictionary.size();
        long places = (long) scratch.levels.values() * HybridRuns.widthOf(size - 1) / Byte.SIZE;
        return dictionary.plainBytes(size) + places < plainBytes;
    }

    private void hold(Encoding encoding, int rawBytes, int rows, PageScratch scratch) throws IOException {
        LeafLevels of = scratch.levels;
        Statistics<?> statistics = Statistics.createStats(descriptor.getPrimitiveType());
        statistics.incrementNumNulls(of.slots() - of.values());
        if (of.values() > 0) {
            values.addTo(statistics, scratch);
        }
        ArrowBuf compressed = compressed(rawBytes, scratch);
        SizeStatistics sizes = levels.sizes(of, values.stringBytes());
        pages.add(new Page(compressed, rawBytes, of.slots(), rows, statistics, sizes, encoding));
        slots += of.slots();
        compressedBytes += compressed.writerIndex();
        nativeBytes += compressed.capacity();
    }

    private ArrowBuf compressed(int rawBytes, PageScratch scratch) throws IOException {
        int level = choice == null ? settings.level() : choice.level();
        int length = scratch.compressor.compress(codec, level, scratch.raw, rawBytes, scratch.packed);
        return scratch.packed.copy(length);
    }

    /** Memory that it holds, in bytes. */
    long heldBytes() {
        Dictionary dictionary = values.dictionary();
        return heapBytes() + nativeBytes + (dictionary == null ? 0 : dictionary.nativeBytes());
    }

    /** The part of it that is heap. */
    long heapBytes() {
        Dictionary dictionary = values.dictionary();
        return pages.isEmpty()
                ? 0
                : COLUMN_HEAP + (long) pages.size() * PAGE_HEAP + (dictionary == null ? 0 : dictionary.heapBytes());
    }

    /** About how many bytes it takes in the file. */
    long estimatedBytes() {
        Dictionary dictionary = values.dictionary();
        double plain = dictionary == null ? 0 : dictionary.plainBytes(entriesInPages);
        return compressedBytes + (long) (plain * DICTIONARY_RATIO) + (pages.size() + 1L) * FILE_OVERHEAD;
    }

    /** Writes the column chunk to the file and forgets it. */
    void writeTo(ParquetFileWriter file, PageScratch scratch) throws IOException {
        file.startColumn(descriptor, slots, PageCodecs.nameOf(codec));
        Dictionary dictionary = values.dictionary();
        if (dictionary != null && entriesInPages > 0) {
            writeDictionary(file, dictionary, scratch);
        }
        for (Page page : pages) {
            // The overloads without a row count write no page indexes, silently.
            file.writeDataPage(
                    page.slots,
                    page.rawBytes,
                    BytesInput.from(page.compressed.nioBuffer(0, (int) page.compressed.writerIndex())),
                    page.statistics,
                    page.rows,
                    Encoding.RLE,
                    Encoding.RLE,
                    page.encoding,
                    null,
                    null,
                    page.sizes);
        }
        file.endColumn();
        discard();
    }

    private void writeDictionary(ParquetFileWriter file, Dictionary dictionary, PageScratch scratch)
            throws IOException {
        int rawBytes = (int) dictionary.plainBytes(entriesInPages);
        long start = scratch.raw.reserve(rawBytes);
        dictionary.writePlain(entriesInPages, start);
        try (ArrowBuf compressed = compressed(rawBytes, scratch)) {
            BytesInput bytes = BytesInput.from(compressed.nioBuffer(0, (int) compressed.writerIndex()));
            file.writeDictionaryPage(new DictionaryPage(bytes, rawBytes, entriesInPages, Encoding.PLAIN));
        }
    }

    /** Forgets its pages and gives the memory back. */
    void discard() {
        pages.forEach(page -> page.compressed.close());
        pages.clear();
        values.closeDictionary();
        choice = null;
        codec = settings.codec();
        isInDictionary = false;
        entriesInPages = 0;
        slots = 0;
        compressedBytes = 0;
        nativeBytes = 0;
    }
}
