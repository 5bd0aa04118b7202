package dev.alluvium.decode;

import java.util.Arrays;
import net.openhft.hashing.LongHashFunction;
import org.jspecify.annotations.Nullable;

/** The keys of one map of one message while it is checked, each with the position of the entry that brought it last. */
final class MapKeys {
    private static final LongHashFunction XX = LongHashFunction.xx();

    /** So few keys are compared one by one; above it a table of twice the size finds them. */
    private static final int SCANNED = 8;

    private int count;
    private long[] hashes = new long[SCANNED];
    private int[] positions = new int[SCANNED];
    private int[] lengths = new int[SCANNED];
    private int[] entries = new int[SCANNED];
    private int @Nullable [] table;

    void clear() {
        count = 0;
        table = null;
    }

    /** Notes an entry with an integer or boolean key; returns the start of the entry it replaces, or -1. */
    int put(long key, int entry) {
        return put(key, null, 0, 0, entry);
    }

    /** Notes an entry with a text key; returns the start of the entry it replaces, or -1. */
    int put(byte[] bytes, int position, int length, int entry) {
        return put(XX.hashBytes(bytes, position, length), bytes, position, length, entry);
    }

    private int put(long hash, byte @Nullable [] bytes, int position, int length, int entry) {
        int slot = -1;
        if (table == null) {
            for (int i = 0; i < count; i++) {
                if (isSame(i, hash, bytes, position, length)) {
                    return replace(i, entry);
                }
            }
        } else {
            slot = slot(table, hash);
            while (table[slot] != 0) {
                if (isSame(table[slot] - 1, hash, bytes, position, length)) {
                    return replace(table[slot] - 1, entry);
                }
                slot = slot + 1 & table.length - 1;
            }
        }
        add(hash, position, length, entry);
        if (slot >= 0 && table != null && count * 2 <= table.length) {
            table[slot] = count;
        } else if (count > SCANNED) {
            rebuild();
        }
        return -1;
    }

    private boolean isSame(int index, long hash, byte @Nullable [] bytes, int position, int length) {
        return hashes[index] == hash
                && lengths[index] == length
                && (bytes == null
                        || Arrays.equals(
                                bytes,
                                positions[index],
                                positions[index] + length,
                                bytes,
                                position,
                                position + length));
    }

    private int replace(int index, int entry) {
        int replaced = entries[index];
        entries[index] = entry;
        return replaced;
    }

    private void add(long hash, int position, int length, int entry) {
        if (count == hashes.length) {
            hashes = Arrays.copyOf(hashes, 2 * count);
            positions = Arrays.copyOf(positions, 2 * count);
            lengths = Arrays.copyOf(lengths, 2 * count);
            entries = Arrays.copyOf(entries, 2 * count);
        }
        hashes[count] = hash;
        positions[count] = position;
        lengths[count] = length;
        entries[count] = entry;
        count++;
    }

    private void rebuild() {
        int[] grown = new int[Integer.highestOneBit(count) * 4];
        for (int i = 0; i < count; i++) {
            int slot = slot(grown, hashes[i]);
            while (grown[slot] != 0) {
                slot = slot + 1 & grown.length - 1;
            }
            grown[slot] = i + 1;
        }
        table = grown;
    }

    private static int slot(int[] table, long hash) {
        long mixed = hash * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 40) & table.length - 1;
    }
}
