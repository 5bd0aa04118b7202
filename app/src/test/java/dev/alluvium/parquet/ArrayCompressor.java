package dev.alluvium.parquet;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.xerial.snappy.Snappy;

/** Compresses pages for {@link ColumnStoreEncoder}, by way of arrays. */
final class ArrayCompressor implements BytesInputCompressor {
    private final CompressionCodecName codec;
    private final int level;
    private byte[] scratch = new byte[0];

    ArrayCompressor(CompressionCodecName codec, int level) {
        this.codec = codec;
        this.level = level;
    }

    @Override
    public BytesInput compress(BytesInput page) throws IOException {
        // Over a buffer: the checksum is then taken without another copy.
        return BytesInput.from(ByteBuffer.wrap(compress(PageCodecs.bytesOf(page))));
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
