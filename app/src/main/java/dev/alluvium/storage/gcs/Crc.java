package dev.alluvium.storage.gcs;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.HexFormat;

/** A CRC-32C in its two spellings: the API's (base64 of the big-endian bytes) and the port's ({@code crc32c:1a2b3c4d}). */
record Crc(int value) {
    /**
     * @throws IllegalArgumentException if it is not the base64 of four bytes
     */
    static Crc ofBase64(String text) {
        byte[] bytes = Base64.getDecoder().decode(text);
        if (bytes.length != Integer.BYTES) {
            throw new IllegalArgumentException("not a CRC-32C: " + text);
        }
        return new Crc(ByteBuffer.wrap(bytes).getInt());
    }

    String base64() {
        return Base64.getEncoder()
                .encodeToString(ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
    }

    String checksum() {
        return "crc32c:" + HexFormat.of().toHexDigits(value);
    }
}
