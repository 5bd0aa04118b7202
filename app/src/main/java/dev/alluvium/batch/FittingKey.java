package dev.alluvium.batch;

import dev.alluvium.decode.PartitionText;
import java.nio.charset.StandardCharsets;

/**
 * Makes a key that every store takes of one that is too long for some, or begins like their own names. What becomes of it
 * follows from the key alone, so the same file has the same key in any store, and none is refused when it is decided.
 */
final class FittingKey {
    /** The longest name of a file or folder, in bytes of UTF-8. */
    private static final int MAX_NAME = 255;

    /** S3 and Google Cloud Storage take 1,024 bytes, of which 512 and a slash are left to the prefix of the store. */
    private static final int MAX_KEY = 511;

    /** What {@link KeyTemplate#qualify} adds at most: two dashes, an int and a long. */
    private static final int QUALIFIER = 31;

    /** What looks like the ending of a file's name and is longer is part of a value. */
    private static final int MAX_ENDING = 16;

    private static final char CUT = '~';

    private FittingKey() {}

    static String of(String key) {
        String plain = key.startsWith(".") ? "%2E" + key.substring(1) : key;
        String[] names = plain.split("/", -1);
        int last = names.length - 1;
        String ending = ending(names[last]);
        for (int i = 0; i < last; i++) {
            names[i] = fitting(names[i], MAX_NAME, "");
        }
        names[last] = fitting(names[last], MAX_NAME - QUALIFIER, ending);
        String whole = String.join("/", names);
        return length(whole) <= MAX_KEY - QUALIFIER ? whole : fewerFolders(names, CUT + hash(plain) + ending);
    }

    /** The first folders, as many as there is room for, and a name that stands for the others and the name. */
    private static String fewerFolders(String[] names, String name) {
        StringBuilder key = new StringBuilder();
        int left = MAX_KEY - QUALIFIER - length(name);
        for (String folder : names) {
            left -= length(folder) + 1;
            if (left < 0) {
                break;
            }
            key.append(folder).append('/');
        }
        return key.append(name).toString();
    }

    private static String fitting(String name, int max, String ending) {
        if (length(name) <= max) {
            return name;
        }
        String end = CUT + hash(name) + ending;
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        int kept = max - length(end);
        while ((utf8[kept] & 0xC0) == 0x80) {
            kept--;
        }
        // Not in the middle of %XX, which readers take back.
        for (int back = 1; back <= 2; back++) {
            kept -= utf8[kept - back] == '%' ? back : 0;
        }
        return new String(utf8, 0, kept, StandardCharsets.UTF_8) + end;
    }

    private static String ending(String name) {
        int dot = name.lastIndexOf('.');
        return dot < 0 || length(name.substring(dot)) > MAX_ENDING ? "" : name.substring(dot);
    }

    private static String hash(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return PartitionText.hash(utf8, 0, utf8.length);
    }

    private static int length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
