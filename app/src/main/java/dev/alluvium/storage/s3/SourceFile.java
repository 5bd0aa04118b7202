package dev.alluvium.storage.s3;

import dev.alluvium.storage.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;

/**
 * A local file as it is about to be sent: its size, its checksum and those of its parts, from one reading. It is read
 * again, a part at a time and without being held in memory, whenever a request needs its bytes.
 *
 * @param crc of all bytes
 * @param partBytes size of each part but the last
 */
record SourceFile(Path path, long size, int crc, long partBytes, List<Integer> partCrcs) {
    private static final int MAX_PARTS = 10_000;
    private static final int BUFFER_BYTES = 256 << 10;

    /**
     * @param leastPartBytes parts are larger than this only if there would be too many
     * @throws StorageException not retryable, if the file cannot be read
     */
    static SourceFile read(String key, Path path, long leastPartBytes) throws StorageException {
        try (FileChannel in = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = in.size();
            long partBytes = Math.max(leastPartBytes, (size + MAX_PARTS - 1) / MAX_PARTS);
            CRC32C whole = new CRC32C();
            List<Integer> parts = new ArrayList<>();
            byte[] buffer = new byte[BUFFER_BYTES];
            for (long start = 0; start < size; start += partBytes) {
                parts.add(checksum(in, start, Math.min(size, start + partBytes), whole, buffer));
            }
            return new SourceFile(path, size, (int) whole.getValue(), partBytes, List.copyOf(parts));
        } catch (IOException e) {
            throw new StorageException("cannot read " + path + ", to be stored as " + key + ": " + e, e, false);
        }
    }

    private static int checksum(FileChannel in, long start, long end, CRC32C whole, byte[] buffer) throws IOException {
        CRC32C part = new CRC32C();
        long position = start;
        while (position < end) {
            int wanted = (int) Math.min(buffer.length, end - position);
            int read = in.read(ByteBuffer.wrap(buffer, 0, wanted), position);
            if (read < 0) {
                throw new IOException("the file has become shorter");
            }
            whole.update(buffer, 0, read);
            part.update(buffer, 0, read);
            position += read;
        }
        return (int) part.getValue();
    }

    int parts() {
        return partCrcs.size();
    }

    /** The bytes of the whole file. The caller closes it after the request. */
    Body body(String contentType) {
        return new Body(path, 0, size, contentType);
    }

    /** The bytes of a part, counted from 0. The caller closes it after the request. */
    Body part(int index) {
        long start = index * partBytes;
        return new Body(path, start, Math.min(partBytes, size - start), "application/octet-stream");
    }

    /**
     * A range of the file as the body of one request. Every attempt at the request reads it from its begin, and the stream
     * of the attempt before ends with that: the SDK does not close it. For one thread at a time.
     */
    static final class Body implements ContentStreamProvider, AutoCloseable {
        private final Path path;
        private final long start;
        private final long length;
        private final String contentType;
        private @Nullable FileChannel open;

        private Body(Path path, long start, long length, String contentType) {
            this.path = path;
            this.start = start;
            this.length = length;
            this.contentType = contentType;
        }

        RequestBody asRequest() {
            return RequestBody.fromContentProvider(this, length, contentType);
        }

        @Override
        public InputStream newStream() {
            close();
            try {
                FileChannel in = FileChannel.open(path, StandardOpenOption.READ);
                open = in;
                in.position(start);
                return new Bounded(Channels.newInputStream(in), length);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            FileChannel previous = open;
            open = null;
            if (previous != null) {
                try {
                    previous.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    /** The first bytes of a stream. For one thread. */
    private static final class Bounded extends InputStream {
        private final InputStream in;
        private long remaining;

        private Bounded(InputStream in, long length) {
            this.in = in;
            this.remaining = length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (remaining == 0) {
                return length == 0 ? 0 : -1;
            }
            int read = in.read(bytes, offset, (int) Math.min(length, remaining));
            remaining -= Math.max(read, 0);
            return read;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
