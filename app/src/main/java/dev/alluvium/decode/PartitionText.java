package dev.alluvium.decode;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * How the values that divide files are written into object keys and group ids: letters, digits, {@code -}, {@code _} and
 * {@code .} as they are, every other byte of their UTF-8 as {@code %XX}, which readers of hive-style folders take back.
 * A {@code .} at the beginning is written so too: it would hide a folder, make none of it, or name one of the store's own.
 * Different values have different texts.
 */
public final class PartitionText {
    /** Stands for no value; what Hive, Spark and DuckDB read as null. */
    public static final String NULL = "__HIVE_DEFAULT_PARTITION__";

    /** Stands for the empty text, since a folder needs a name. */
    public static final String EMPTY = "__EMPTY__";

    /** The most characters of a text; of a longer one the beginning is kept, {@code ~} and a hash. */
    public static final int MAX_LENGTH = 96;

    /** Half of a SHA-256 in hex. */
    private static final int HASH_LENGTH = 32;

    private static final String AS_IS = "-_.";
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private PartitionText() {}

    /** The text of a value. */
    static String of(byte[] utf8, int start, int end) {
        if (start == end) {
            return EMPTY;
        }
        StringBuilder text = new StringBuilder();
        int kept = 0;
        for (int i = start; i < end && text.length() <= MAX_LENGTH; i++) {
            append(text, utf8[i], i == start);
            kept = text.length() <= MAX_LENGTH - HASH_LENGTH - 1 ? text.length() : kept;
        }
        if (text.length() > MAX_LENGTH) {
            return text.substring(0, kept) + '~' + hash(utf8, start, end);
        }
        return unlikeOthers(text.toString());
    }

    static String of(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        return of(utf8, 0, utf8.length);
    }

    private static void append(StringBuilder text, byte b, boolean isFirst) {
        boolean isPlain =
                (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || AS_IS.indexOf(b) >= 0;
        if (isPlain && !(isFirst && b == '.')) {
            text.append((char) b);
        } else {
            text.append('%').append(HEX.toHexDigits(b));
        }
    }

    /** A value that is written as what stands for another one has its first character escaped. */
    private static String unlikeOthers(String text) {
        boolean isTaken = text.equals(NULL) || text.equals(EMPTY);
        return isTaken ? '%' + HEX.toHexDigits((byte) text.charAt(0)) + text.substring(1) : text;
    }

    /** Stands for bytes that are too long for a key: the first 32 hex digits of their SHA-256. */
    public static String hash(byte[] bytes, int start, int end) {
        MessageDigest digest = digest();
        digest.update(bytes, start, end - start);
        return HexFormat.of().formatHex(digest.digest(), 0, HASH_LENGTH / 2);
    }

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
