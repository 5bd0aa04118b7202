package dev.alluvium.decode;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The groups used of late by the bytes that name them, looked up without making an object, so that the same group is
 * the same instance while in use. Not thread safe.
 */
final class GroupTable {
    private static final int MAX_GROUPS = 16_384;

    /** Bytes with the equality of their contents; the one that is looked up with lies in a buffer that is reused. */
    private static final class Name {
        byte[] bytes = {};
        int length;
        int hash;

        void set(KeyBytes key) {
            bytes = key.bytes();
            length = key.length();
            int h = 1;
            for (int i = 0; i < length; i++) {
                h = 31 * h + bytes[i];
            }
            hash = h;
        }

        Name copy() {
            Name copy = new Name();
            copy.bytes = Arrays.copyOf(bytes, length);
            copy.length = length;
            copy.hash = hash;
            return copy;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Name name && Arrays.equals(bytes, 0, length, name.bytes, 0, name.length);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    private final Map<Name, Group> groups = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Name, Group> eldest) {
            return size() > MAX_GROUPS;
        }
    };

    private final Name sought = new Name();
    private byte[] lastName = {};
    private @Nullable Group last;

    /** The group of a name, or null if it is new or has not been asked for in a long time. */
    @Nullable
    Group find(KeyBytes key) {
        if (last != null && Arrays.equals(lastName, 0, lastName.length, key.bytes(), 0, key.length())) {
            return last;
        }
        sought.set(key);
        Group found = groups.get(sought);
        if (found != null) {
            note(key, found);
        }
        return found;
    }

    /** Keeps a group under a name and returns it. */
    Group put(KeyBytes key, Group group) {
        sought.set(key);
        groups.put(sought.copy(), group);
        note(key, group);
        return group;
    }

    private void note(KeyBytes key, Group group) {
        if (lastName.length != key.length()) {
            lastName = new byte[key.length()];
        }
        System.arraycopy(key.bytes(), 0, lastName, 0, lastName.length);
        last = group;
    }
}
