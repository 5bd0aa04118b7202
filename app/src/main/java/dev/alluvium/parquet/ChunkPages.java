package dev.alluvium.parquet;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.zip.CRC32;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputDecompressor;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DictionaryPageHeader;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Util;
import org.apache.parquet.format.converter.ParquetMetadataConverter;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.jspecify.annotations.Nullable;

/**
 * The pages of one column chunk, checked against their checksums and decompressed one at a time. Takes the place of
 * parquet-hadoop's reader, whose options cannot be built without Hadoop.
 */
final class ChunkPages implements PageReader {

    private static final ParquetMetadataConverter CONVERTER = new ParquetMetadataConverter();

    private record Page(PageHeader header, BytesInput compressed) {}

    private final ColumnChunkMetaData chunk;
    private final BytesInputDecompressor decompressor;
    private final Deque<Page> dataPages = new ArrayDeque<>();
    private @Nullable Page dictionary;

    /**
     * @param in the whole chunk
     * @param needsChecksums whether a page without one is damaged
     * @throws IOException if a page does not have its checksum, or the chunk is not made of pages as this product
     *     writes them
     */
    ChunkPages(
            ColumnChunkMetaData chunk,
            ByteArrayInputStream in,
            BytesInputDecompressor decompressor,
            boolean needsChecksums)
            throws IOException {
        this.chunk = chunk;
        this.decompressor = decompressor;
        while (in.available() > 0) {
            PageHeader header = Util.readPageHeader(in);
            byte[] page = in.readNBytes(header.getCompressed_page_size());
            if (page.length != header.getCompressed_page_size()) {
                throw new IOException("column " + chunk.getPath() + " ends within a page");
            }
            if (needsChecksums || header.isSetCrc()) {
                checkChecksum(header, page);
            }
            if (header.getType() == PageType.DICTIONARY_PAGE) {
                dictionary = new Page(header, BytesInput.from(page));
            } else if (header.getType() == PageType.DATA_PAGE) {
                dataPages.add(new Page(header, BytesInput.from(page)));
            } else {
                throw new IOException("column " + chunk.getPath() + " has a page of type " + header.getType());
            }
        }
    }

    private void checkChecksum(PageHeader header, byte[] page) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(page);
        if (!header.isSetCrc() || header.getCrc() != (int) crc.getValue()) {
            throw new IOException(
                    "column " + chunk.getPath() + " has a page of " + page.length + " bytes with checksum "
                            + Integer.toHexString((int) crc.getValue()) + ", its header says "
                            + (header.isSetCrc() ? Integer.toHexString(header.getCrc()) : "none"));
        }
    }

    @Override
    public long getTotalValueCount() {
        return chunk.getValueCount();
    }

    @Override
    public @Nullable DictionaryPage readDictionaryPage() {
        if (dictionary == null) {
            return null;
        }
        DictionaryPageHeader header = dictionary.header.getDictionary_page_header();
        return new DictionaryPage(raw(dictionary), header.getNum_values(), CONVERTER.getEncoding(header.getEncoding()));
    }

    @Override
    public @Nullable DataPage readPage() {
        Page page = dataPages.poll();
        if (page == null) {
            return null;
        }
        DataPageHeader header = page.header.getData_page_header();
        return new DataPageV1(
                raw(page),
                header.getNum_values(),
                page.header.getUncompressed_page_size(),
                Statistics.getBuilderForReading(chunk.getPrimitiveType()).build(),
                CONVERTER.getEncoding(header.getRepetition_level_encoding()),
                CONVERTER.getEncoding(header.getDefinition_level_encoding()),
                CONVERTER.getEncoding(header.getEncoding()));
    }

    private BytesInput raw(Page page) {
        try {
            return decompressor.decompress(page.compressed, page.header.getUncompressed_page_size());
        } catch (IOException e) {
            throw new UncheckedIOException("column " + chunk.getPath() + ": " + e.getMessage(), e);
        }
    }
}
