package dev.alluvium.parquet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageWriter;
import org.apache.parquet.column.statistics.SizeStatistics;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.statistics.geospatial.GeospatialStatistics;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.jspecify.annotations.Nullable;

/** The finished, compressed pages of a column chunk, held until the row group goes to the file. */
final class ColumnPages implements PageWriter {

    /** What a page takes in the file beside its data: header and index entries. */
    private static final int FILE_OVERHEAD = 100;

    /** What a held page costs beside its data, measured by the heap of 5,000 pages. */
    private static final int HELD_OVERHEAD = 350;

    private record Page(
            BytesInput compressed,
            int rawBytes,
            int values,
            int rows,
            Statistics<?> statistics,
            SizeStatistics sizes,
            Encoding repetitions,
            Encoding definitions,
            Encoding data) {}

    private record DictionaryBytes(BytesInput compressed, int rawBytes, int entries, Encoding encoding) {}

    private final ColumnDescriptor column;
    private final ArrayCompressor compressor;
    private final List<Page> pages = new ArrayList<>();
    private @Nullable DictionaryBytes dictionary;
    private long compressedBytes;
    private long rawBytes;
    private long values;

    ColumnPages(ColumnDescriptor column, ArrayCompressor compressor) {
        this.column = column;
        this.compressor = compressor;
    }

    @Override
    public void writePage(
            BytesInput bytes,
            int valueCount,
            int rowCount,
            Statistics<?> statistics,
            SizeStatistics sizeStatistics,
            GeospatialStatistics geospatialStatistics,
            Encoding repetitions,
            Encoding definitions,
            Encoding data)
            throws IOException {
        BytesInput compressed = compressor.compress(bytes);
        int raw = Math.toIntExact(bytes.size());
        pages.add(new Page(
                compressed, raw, valueCount, rowCount, statistics, sizeStatistics, repetitions, definitions, data));
        compressedBytes += compressed.size();
        rawBytes += raw;
        values += valueCount;
    }

    @Override
    public void writeDictionaryPage(DictionaryPage page) throws IOException {
        BytesInput compressed = compressor.compress(page.getBytes());
        dictionary = new DictionaryBytes(
                compressed, page.getUncompressedSize(), page.getDictionarySize(), page.getEncoding());
        compressedBytes += compressed.size();
    }

    /** About how many bytes the pages take in the file together with those that are still open. */
    long estimatedBytes(long openRawBytes) {
        double ratio = rawBytes == 0 ? 1 : (double) compressedBytes / rawBytes;
        return compressedBytes + (long) (openRawBytes * ratio) + (pages.size() + 1L) * FILE_OVERHEAD;
    }

    /** Writes the column chunk; the pages stay held. */
    void writeTo(ParquetFileWriter file) throws IOException {
        file.startColumn(column, values, compressor.getCodecName());
        if (dictionary != null) {
            file.writeDictionaryPage(new DictionaryPage(
                    dictionary.compressed, dictionary.rawBytes, dictionary.entries, dictionary.encoding));
        }
        for (Page page : pages) {
            // The overloads without a row count write no page indexes, silently.
            file.writeDataPage(
                    page.values,
                    page.rawBytes,
                    page.compressed,
                    page.statistics,
                    page.rows,
                    page.repetitions,
                    page.definitions,
                    page.data,
                    null,
                    null,
                    page.sizes);
        }
        file.endColumn();
    }

    @Override
    public long getMemSize() {
        return compressedBytes;
    }

    @Override
    public long allocatedSize() {
        return compressedBytes + (long) pages.size() * HELD_OVERHEAD;
    }

    @Override
    @Deprecated
    public void writePage(
            BytesInput bytes,
            int valueCount,
            Statistics<?> statistics,
            Encoding repetitions,
            Encoding definitions,
            Encoding data) {
        throw new UnsupportedOperationException("pages need a row count");
    }

    @Override
    public void writePage(
            BytesInput bytes,
            int valueCount,
            int rowCount,
            Statistics<?> statistics,
            Encoding repetitions,
            Encoding definitions,
            Encoding data) {
        throw new UnsupportedOperationException("pages need size statistics");
    }

    @Override
    public void writePageV2(
            int rowCount,
            int nullCount,
            int valueCount,
            BytesInput repetitions,
            BytesInput definitions,
            Encoding dataEncoding,
            BytesInput data,
            Statistics<?> statistics) {
        throw new UnsupportedOperationException("pages are of version 1");
    }

    @Override
    public String memUsageString(String prefix) {
        return prefix + " " + pages.size() + " pages: " + compressedBytes + " bytes";
    }
}
