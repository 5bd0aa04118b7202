package dev.alluvium.parquet;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The bytes of a data file, read by range, wherever it lies. Used by one thread. */
public interface ByteSource extends Closeable {

    /** Length of the file in bytes; the same for as long as this source is open. */
    long length() throws IOException;

    /**
     * Reads bytes from a position into the target, at least one unless the target is full.
     *
     * @return how many bytes were read, or -1 at the end of the file
     */
    int read(long position, ByteBuffer target) throws IOException;

    /** A file of the local disk. */
    static ByteSource of(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        return new ByteSource() {
            @Override
            public long length() throws IOException {
                return channel.size();
            }

            @Override
            public int read(long position, ByteBuffer target) throws IOException {
                return channel.read(target, position);
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }
}
