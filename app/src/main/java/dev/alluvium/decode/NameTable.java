package dev.alluvium.decode;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.openhft.hashing.LongHashFunction;
import org.jspecify.annotations.Nullable;

/** Numbers by name, looked up by a name's bytes where they lie, so that no string is made per record. */
final class NameTable {
    private static final LongHashFunction XX = LongHashFunction.xx();

    private byte[] @Nullable [] names = new byte[32][];
    private int[] values = new int[32];
    private int count;

    /** Adds a name that is not in the table. */
    void put(String name, int value) {
        if (++count * 2 > names.length) {
            grow();
        }
        insert(name.getBytes(StandardCharsets.UTF_8), value);
    }

    /** The number of a name, or -1. */
    int find(byte[] bytes, int position, int length) {
        int slot = slot(XX.hashBytes(bytes, position, length));
        for (byte[] name = names[slot]; name != null; name = names[slot]) {
            if (Arrays.equals(name, 0, name.length, bytes, position, position + length)) {
                return values[slot];
            }
            slot = (slot + 1) & (names.length - 1);
        }
        return -1;
    }

    private void insert(byte[] name, int value) {
        int slot = slot(XX.hashBytes(name));
        while (names[slot] != null) {
            slot = (slot + 1) & (names.length - 1);
        }
        names[slot] = name;
        values[slot] = value;
    }

    private void grow() {
        byte[] @Nullable [] oldNames = names;
        int[] oldValues = values;
        names = new byte[2 * oldNames.length][];
        values = new int[2 * oldValues.length];
        for (int i = 0; i < oldNames.length; i++) {
            byte[] name = oldNames[i];
            if (name != null) {
                insert(name, oldValues[i]);
            }
        }
    }

    private int slot(long hash) {
        return (int) (hash >>> 32) & (names.length - 1);
    }
}
