package dev.alluvium.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.Node;

/** Every key that the binders ask for while they read one file, in the order in which they ask. One thread. */
final class KnownKeys {
    private final List<Asked> asked = new ArrayList<>();

    /**
     * A question for a key.
     *
     * @param path with positions in lists: {@code pipelines[0].rotation.age}
     * @param otherwise what stands for the value in a file if the key is left out; empty if nothing does
     * @param written what the file says
     */
    record Asked(String path, Key<?> key, String otherwise, Optional<Node> written) {}

    void add(Asked question) {
        asked.add(question);
    }

    List<Asked> asked() {
        return List.copyOf(asked);
    }
}
