package dev.alluvium.parquet;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.xerial.snappy.Snappy;

/** Reads compressed pages straight over the codec libraries: parquet-hadoop's own factory needs Hadoop. One thread. */
final class PageCodecs implements CompressionCodecFactory {

    static CompressionCodecName nameOf(WriterSettings.Codec codec) {
        return switch (codec) {
            case NONE -> CompressionCodecName.UNCOMPRESSED;
            case SNAPPY -> CompressionCodecName.SNAPPY;
            case GZIP -> CompressionCodecName.GZIP;
            case ZSTD -> CompressionCodecName.ZSTD;
        };
    }

    /** The bytes as an array of their own or as the one behind them. */
    static byte[] bytesOf(BytesInput input) {
        ByteBuffer bytes = input.toByteBuffer(HeapByteBufferAllocator.getInstance(), unused -> {});
        if (bytes.hasArray() && bytes.arrayOffset() == 0 && bytes.remaining() == bytes.array().length) {
            return bytes.array();
        }
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return copy;
    }

    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName codec) {
        throw new UnsupportedOperationException("pages are compressed where they are made");
    }

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
        return new Decompressor(codec);
    }

    @Override
    public void release() {}

    /** Decompresses pages; the size that the page header states must be the true one. */
    private record Decompressor(CompressionCodecName codec) implements BytesInputDecompressor {

        @Override
        public BytesInput decompress(BytesInput page, int rawBytes) throws IOException {
            return BytesInput.from(decompress(bytesOf(page), rawBytes));
        }

        @Override
        public void decompress(ByteBuffer page, int pageBytes, ByteBuffer raw, int rawBytes) throws IOException {
            byte[] in = new byte[pageBytes];
            page.get(in);
            raw.put(decompress(in, rawBytes));
        }

        private byte[] decompress(byte[] page, int rawBytes) throws IOException {
            byte[] raw = switch (codec) {
                case UNCOMPRESSED -> page;
                case SNAPPY -> Snappy.uncompress(page);
                case GZIP -> {
                    try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(page))) {
                        yield gzip.readAllBytes();
                    }
                }
                case ZSTD -> {
                    byte[] out = new byte[rawBytes];
                    long length = Zstd.decompressByteArray(out, 0, rawBytes, page, 0, page.length);
                    if (Zstd.isError(length)) {
                        throw new IOException("zstd: " + Zstd.getErrorName(length));
                    }
                    yield length == rawBytes ? out : Arrays.copyOf(out, (int) length);
                }
                default -> throw new IOException("codec " + codec + " is not supported");
            };
            if (raw.length != rawBytes) {
                throw new IOException("page has " + raw.length + " bytes, its header says " + rawBytes);
            }
            return raw;
        }

        @Override
        public void release() {}
    }
}
