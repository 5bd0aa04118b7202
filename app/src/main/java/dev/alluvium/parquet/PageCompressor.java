package dev.alluvium.parquet;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import dev.alluvium.parquet.WriterSettings.Codec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.apache.arrow.memory.util.MemoryUtil;
import org.jspecify.annotations.Nullable;
import org.xerial.snappy.Snappy;

/** Compresses pages from native memory into native memory; keeps the native state of the levels it was asked for. One thread. */
final class PageCompressor implements AutoCloseable {
    private static final int GZIP_FRAME = 18;
    private static final long GZIP_HEADER = 0x00000000_00088B1FL;

    private static final int MAX_ZSTD_LEVEL = 22;

    /** By level. Nothing of the native library is touched before it is needed. */
    private final @Nullable ZstdCompressCtx[] zstd = new @Nullable ZstdCompressCtx[MAX_ZSTD_LEVEL + 1];

    /**
     * Compresses the first bytes of one buffer into another.
     *
     * @param level of gzip and zstd
     * @return how many bytes they became
     */
    int compress(Codec codec, int level, NativeBuffer from, int length, NativeBuffer to) throws IOException {
        return switch (codec) {
            case NONE -> {
                MemoryUtil.copyMemory(from.address(), to.reserve(length), length);
                yield length;
            }
            case SNAPPY ->
                (int) Snappy.rawCompress(from.address(), length, to.reserve(Snappy.maxCompressedLength(length)));
            case ZSTD -> {
                to.reserve(Zstd.compressBound(length));
                ByteBuffer target = to.view();
                yield zstd(level).compressDirectByteBuffer(target, 0, target.capacity(), from.view(), 0, length);
            }
            case GZIP -> gzip(level, from, length, to);
        };
    }

    private ZstdCompressCtx zstd(int level) {
        ZstdCompressCtx context = zstd[level];
        if (context == null) {
            context = new ZstdCompressCtx().setLevel(level);
            zstd[level] = context;
        }
        return context;
    }

    private static int gzip(int level, NativeBuffer from, int length, NativeBuffer to) {
        ByteBuffer raw = from.view().duplicate().position(0).limit(length);
        CRC32 checksum = new CRC32();
        checksum.update(raw.duplicate());
        to.reserve(length + length / 1000L + 64 + GZIP_FRAME);
        ByteBuffer out = to.view().duplicate().order(ByteOrder.LITTLE_ENDIAN).clear();
        out.putLong(GZIP_HEADER).putShort((short) 0);
        Deflater deflater = new Deflater(level, true);
        try {
            deflater.setInput(raw);
            deflater.finish();
            while (!deflater.finished()) {
                deflater.deflate(out);
            }
        } finally {
            deflater.end();
        }
        out.putInt((int) checksum.getValue()).putInt(length);
        return out.position();
    }

    @Override
    public void close() {
        for (int level = 0; level < zstd.length; level++) {
            ZstdCompressCtx context = zstd[level];
            if (context != null) {
                context.close();
                zstd[level] = null;
            }
        }
    }
}
