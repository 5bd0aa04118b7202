package dev.alluvium.storage.s3;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** A range of an object as it comes over the network: ends where the store said it would, or fails. For one thread. */
final class RangeStream extends InputStream {
    private final ResponseInputStream<GetObjectResponse> body;
    private final String key;
    private final S3Failures failures;
    private long remaining;

    RangeStream(ResponseInputStream<GetObjectResponse> body, String key, long length, S3Failures failures) {
        this.body = body;
        this.key = key;
        this.failures = failures;
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
        int read;
        try {
            read = body.read(bytes, offset, (int) Math.min(length, remaining));
        } catch (IOException | RuntimeException e) {
            throw failures.of("read " + key, e);
        }
        if (read < 0) {
            throw failures.of("read " + key, new IOException("the answer broke off"));
        }
        remaining -= read;
        return read;
    }

    /** Gives up what was not read: reading it off could take as long as the object is large. */
    @Override
    public void close() throws IOException {
        try {
            if (remaining > 0) {
                body.abort();
            } else {
                body.close();
            }
        } catch (IOException | RuntimeException e) {
            throw failures.of("read " + key, e);
        }
    }
}
