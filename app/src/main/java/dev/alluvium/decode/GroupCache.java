package dev.alluvium.decode;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** The groups used of late by the number that names them, so that the same group is the same instance while in use. */
final class GroupCache {
    private static final int MAX_GROUPS = 16_384;

    private final LongFunction<Group> opener;
    private final Map<Long, Group> groups = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Group> eldest) {
            return size() > MAX_GROUPS;
        }
    };

    private long lastId;
    private @Nullable Group last;

    GroupCache(LongFunction<Group> opener) {
        this.opener = opener;
    }

    /** The group of a number: opened when it is new or has not been asked for in a long time. */
    Group get(long id) {
        Group group = last;
        if (group == null || id != lastId) {
            group = groups.computeIfAbsent(id, opener::apply);
            last = group;
            lastId = id;
        }
        return group;
    }
}
