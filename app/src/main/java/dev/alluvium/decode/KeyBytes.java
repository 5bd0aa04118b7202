package dev.alluvium.decode;

import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;

/** The values that name a group, one after the other, as bytes: equal for equal values and for no others. Reused. */
final class KeyBytes {
    private static final byte NULL = 0;
    private static final byte NUMBER = 1;
    private static final byte TEXT = 2;
    private static final byte DIGEST = 3;

    /** Longer texts are known by their digest, so that a table of keys stays small. */
    private static final int MAX_TEXT = 256;

    private static final int DIGEST_LENGTH = 32;

    private byte[] bytes = new byte[64];
    private int length;
    private final MessageDigest digest = PartitionText.digest();

    void clear() {
        length = 0;
    }

    void addNull() {
        ensure(1);
        bytes[length++] = NULL;
    }

    void add(long number) {
        ensure(1 + Long.BYTES);
        bytes[length++] = NUMBER;
        putLong(number);
    }

    void add(byte[] text, int start, int end) {
        int count = end - start;
        ensure(1 + Long.BYTES + MAX_TEXT);
        if (count <= MAX_TEXT) {
            bytes[length++] = TEXT;
            putLong(count);
            System.arraycopy(text, start, bytes, length, count);
            length += count;
            return;
        }
        bytes[length++] = DIGEST;
        digest.update(text, start, count);
        try {
            length += digest.digest(bytes, length, DIGEST_LENGTH);
        } catch (DigestException e) {
            throw new IllegalStateException(e);
        }
    }

    private void putLong(long number) {
        for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
            bytes[length++] = (byte) (number >>> shift);
        }
    }

    private void ensure(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * (length + more));
        }
    }

    /** As many bytes of it as {@link #length} says. */
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }
}
