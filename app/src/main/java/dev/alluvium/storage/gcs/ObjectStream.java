package dev.alluvium.storage.gcs;

import com.google.cloud.ReadChannel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/** A range of an object that is being downloaded. For one thread. */
final class ObjectStream extends InputStream {
    private final ReadChannel channel;
    private final String attempt;
    private final Failures failures;
    private final ByteBuffer first;
    private boolean isAtEnd;

    /**
     * Asks for the range and waits for its first bytes, so that an object that is not there is told at once.
     *
     * @param channel positioned and limited; closed by this stream, also if this throws
     * @param attempt what is being done, for messages
     * @param firstBytes to ask for at once, at least one
     */
    ObjectStream(ReadChannel channel, String attempt, Failures failures, int firstBytes) throws IOException {
        this.channel = channel;
        this.attempt = attempt;
        this.failures = failures;
        this.first = ByteBuffer.allocate(firstBytes);
        try {
            fetch(first);
            first.flip();
        } catch (IOException e) {
            channel.close();
            throw e;
        }
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
        if (first.hasRemaining()) {
            int count = Math.min(length, first.remaining());
            first.get(bytes, offset, count);
            return count;
        }
        return fetch(ByteBuffer.wrap(bytes, offset, length));
    }

    private int fetch(ByteBuffer target) throws IOException {
        if (isAtEnd) {
            return -1;
        }
        try {
            int count = channel.read(target);
            isAtEnd = count < 0;
            return count;
        } catch (IOException | RuntimeException e) {
            if (Failures.statusOf(e) == Failures.RANGE_NOT_SATISFIABLE) {
                isAtEnd = true; // the range begins where the object ends, or behind it
                return -1;
            }
            throw failures.of(attempt, e);
        }
    }

    @Override
    public void close() {
        channel.close();
    }
}
