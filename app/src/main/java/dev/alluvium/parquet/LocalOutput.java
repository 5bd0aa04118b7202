package dev.alluvium.parquet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A new file of the local disk, readable by its owner only. Small writes are gathered in a buffer that exists between
 * two flushes only, since many files are open at once. Closing the stream leaves the file open.
 */
final class LocalOutput extends PositionOutputStream implements OutputFile {

    private static final int BUFFER_BYTES = 64 << 10;

    private final Path file;
    private final FileChannel channel;
    private @Nullable ByteBuffer buffer;
    private long position;

    LocalOutput(Path file) throws IOException {
        this.file = file;
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] mode = posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        this.channel = FileChannel.open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode);
    }

    @Override
    public long getPos() {
        return position;
    }

    @Override
    public void write(int value) throws IOException {
        room(1).put((byte) value);
        position++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (length >= BUFFER_BYTES) {
            flush();
            writeFully(ByteBuffer.wrap(bytes, offset, length));
        } else {
            room(length).put(bytes, offset, length);
        }
        position += length;
    }

    private ByteBuffer room(int bytes) throws IOException {
        if (buffer != null && buffer.remaining() < bytes) {
            flush();
        }
        if (buffer == null) {
            buffer = ByteBuffer.allocate(BUFFER_BYTES);
        }
        return buffer;
    }

    @Override
    public void flush() throws IOException {
        if (buffer != null) {
            ByteBuffer full = buffer.flip();
            buffer = null;
            writeFully(full);
        }
    }

    private void writeFully(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        flush();
    }

    /** Closes the file. What was not flushed is lost. */
    void release() throws IOException {
        buffer = null;
        channel.close();
    }

    @Override
    public PositionOutputStream create(long blockSizeHint) {
        return this;
    }

    @Override
    public PositionOutputStream createOrOverwrite(long blockSizeHint) {
        throw new UnsupportedOperationException("data files are never overwritten");
    }

    @Override
    public boolean supportsBlockSize() {
        return false;
    }

    @Override
    public long defaultBlockSize() {
        return 0;
    }

    @Override
    public String getPath() {
        return file.toString();
    }
}
