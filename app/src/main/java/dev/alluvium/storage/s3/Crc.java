package dev.alluvium.storage.s3;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A CRC-32C in the three spellings there are: an int, the port's {@code crc32c:} with hex digits, and S3's base64 of the
 * big-endian bytes.
 */
final class Crc {
    private static final String ALGORITHM = "crc32c:";

    private Crc() {}

    static String portForm(int crc) {
        return ALGORITHM + String.format("%08x", crc);
    }

    static String wireForm(int crc) {
        return Base64.getEncoder()
                .encodeToString(ByteBuffer.allocate(Integer.BYTES).putInt(crc).array());
    }

    /**
     * The port's form of what S3 tells; a value that is none, or that of a composite, has none.
     *
     * @throws IllegalArgumentException if it is no CRC-32C of a whole object
     */
    static String portForm(String wireForm) {
        byte[] bytes = Base64.getDecoder().decode(wireForm);
        if (bytes.length != Integer.BYTES) {
            throw new IllegalArgumentException("no CRC-32C: " + wireForm);
        }
        return portForm(ByteBuffer.wrap(bytes).getInt());
    }

    /** S3's checksum of checksums for an object in parts, such as {@code AAAAAA==-3}. */
    static String composite(List<Integer> parts) {
        ByteBuffer bytes = ByteBuffer.allocate(parts.size() * Integer.BYTES);
        parts.forEach(bytes::putInt);
        CRC32C crc = new CRC32C();
        crc.update(bytes.array());
        return wireForm((int) crc.getValue()) + "-" + parts.size();
    }
}
