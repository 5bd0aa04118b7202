package dev.alluvium.parquet;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.xerial.snappy.Snappy;

/** Page compression straight over the codec libraries: parquet-hadoop's own factory needs Hadoop. One thread. */
final class PageCodecs implements CompressionCodecFactory {

    private final int level;

    /** @param level of gzip and zstd */
    PageCodecs(int level) {
        this.level = level;
    }

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
    public Compressor getCompressor(CompressionCodecName codec) {
        return new Compressor(codec, level);
    }

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
        return new Decompressor(codec);
    }

    @Override
    public void release() {}

    /** Compresses pages into arrays of their own, by way of a scratch buffer that it keeps until released. */
    static final class Compressor implements BytesInputCompressor {
        private final CompressionCodecName codec;
        private final int level;
        private byte[] scratch = new byte[0];

        private Compressor(CompressionCodecName codec, int level) {
            this.codec = codec;
            this.level = level;
        }

        @Override
        public BytesInput compress(BytesInput page) throws IOException {
            // Over a buffer: the checksum is then taken without another copy.
            return BytesInput.from(ByteBuffer.wrap(compress(bytesOf(page))));
        }

        private byte[] compress(byte[] raw) throws IOException {
            return switch (codec) {
                case UNCOMPRESSED -> raw;
                case SNAPPY -> {
                    byte[] out = scratch(Snappy.maxCompressedLength(raw.length));
                    yield Arrays.copyOf(out, Snappy.rawCompress(raw, 0, raw.length, out, 0));
                }
                case ZSTD -> {
                    byte[] out = scratch(Math.toIntExact(Zstd.compressBound(raw.length)));
                    long length = Zstd.compressByteArray(out, 0, out.length, raw, 0, raw.length, level);
                    if (Zstd.isError(length)) {
                        throw new IOException("zstd level " + level + ": " + Zstd.getErrorName(length));
                    }
                    yield Arrays.copyOf(out, (int) length);
                }
                case GZIP -> gzip(raw);
                default -> throw new IllegalStateException("no compressor for " + codec);
            };
        }

        private byte[] scratch(int bytes) {
            if (scratch.length < bytes) {
                scratch = new byte[bytes];
            }
            return scratch;
        }

        private byte[] gzip(byte[] raw) throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream(64 + raw.length / 4);
            try (GZIPOutputStream gzip = new GZIPOutputStream(out) {
                {
                    def.setLevel(level);
                }
            }) {
                gzip.write(raw);
            }
            return out.toByteArray();
        }

        long heldBytes() {
            return scratch.length;
        }

        @Override
        public CompressionCodecName getCodecName() {
            return codec;
        }

        @Override
        public void release() {
            scratch = new byte[0];
        }
    }

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
