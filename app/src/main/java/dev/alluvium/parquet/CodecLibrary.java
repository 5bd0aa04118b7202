package dev.alluvium.parquet;

import com.github.luben.zstd.Zstd;
import java.util.Locale;
import org.xerial.snappy.Snappy;
import org.xerial.snappy.SnappyError;

/**
 * The native library of a codec. Both are unpacked into {@code java.io.tmpdir} and loaded from there, which a file system
 * that is mounted read-only or {@code noexec} does not allow.
 */
public final class CodecLibrary {
    private CodecLibrary() {}

    /**
     * Loads what the codec needs, if it needs anything, so that a start finds what the first file would.
     *
     * @throws IllegalStateException if it cannot be loaded; says where it was unpacked and what to do
     */
    public static void load(WriterSettings.Codec codec) {
        try {
            switch (codec) {
                case ZSTD -> Zstd.maxCompressionLevel();
                case SNAPPY -> Snappy.maxCompressedLength(1);
                case GZIP, NONE -> {}
            }
        } catch (LinkageError | SnappyError e) {
            throw new IllegalStateException(
                    "files.codec: the native library of " + codec.name().toLowerCase(Locale.ROOT)
                            + " cannot be loaded from " + System.getProperty("java.io.tmpdir")
                            + "; make that folder writable and mount it without noexec, or name another by"
                            + " JAVA_OPTS=-Djava.io.tmpdir=FOLDER",
                    e);
        }
    }
}
