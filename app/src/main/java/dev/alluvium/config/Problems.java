package dev.alluvium.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Collects what is wrong with one file while it is read. One thread. */
final class Problems {
    private final String file;
    private final List<Problem> found = new ArrayList<>();
    private final SortedSet<String> knownKeys = new TreeSet<>();

    Problems(String file) {
        this.file = file;
    }

    void add(int line, String path, String message) {
        Problem problem = new Problem(file, line, path, message);
        if (!found.contains(problem)) {
            found.add(problem);
        }
    }

    /** Notes that the reader asks for a key, so that a test can hold the reference documentation against it. */
    void know(String path) {
        knownKeys.add(path.replaceAll("\\[\\d+]", "[]"));
    }

    /** Every key that the reader has asked for, list positions left out: {@code pipelines[].rotation.age}. */
    SortedSet<String> knownKeys() {
        return Collections.unmodifiableSortedSet(knownKeys);
    }

    void throwIfAny() throws ConfigurationException {
        if (!found.isEmpty()) {
            found.sort(Comparator.comparingInt(Problem::line));
            throw new ConfigurationException(found);
        }
    }
}
