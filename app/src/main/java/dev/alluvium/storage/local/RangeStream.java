package dev.alluvium.storage.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;

/** A range of an open file; closes it. For one thread. */
final class RangeStream extends InputStream {
    private final FileChannel channel;
    private final String key;
    private final Failures failures;
    private long position;
    private long remaining;

    RangeStream(FileChannel channel, String key, long position, long length, Failures failures) {
        this.channel = channel;
        this.key = key;
        this.failures = failures;
        this.position = position;
        this.remaining = length;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        if (remaining == 0) {
            return -1;
        }
        int wanted = (int) Math.min(length, remaining);
        int read;
        try {
            read = channel.read(ByteBuffer.wrap(bytes, offset, wanted), position);
        } catch (IOException e) {
            throw failures.of("read " + key, e);
        }
        if (read < 0) {
            remaining = 0;
            return -1;
        }
        position += read;
        remaining -= read;
        return read;
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } catch (IOException e) {
            throw failures.of("read " + key, e);
        }
    }
}
