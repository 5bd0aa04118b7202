package dev.alluvium.batch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** All that outlives an instance, with the invariants that must hold of it at any moment. */
final class SimulatedWorld {
    record LatePut(String key, SimulatedFile file) {}

    final Scenario scenario;
    final List<SimulatedPartition> partitions = new ArrayList<>();
    /** Instances that are alive, zombies included. */
    final List<SimulatedInstance> instances = new ArrayList<>();
    /** Puts of dead instances that may arrive yet. */
    final List<LatePut> late = new ArrayList<>();

    /** How often schemas have changed so far, wherever decoders learn of it. */
    int schemas;

    final Map<String, SimulatedFile> store = new HashMap<>();
    final Map<String, SimulatedFile> manifest = new HashMap<>();

    private final Consumer<Happening> met;
    private final @Nullable List<String> trace;
    private String actor = "";

    /**
     * @param met gets what happens
     * @param trace gets a line for every step; null saves the work
     */
    SimulatedWorld(Scenario scenario, Consumer<Happening> met, @Nullable List<String> trace) {
        this.scenario = scenario;
        this.met = met;
        this.trace = trace;
    }

    /** Whose doing the next notes are. */
    void actor(String name) {
        actor = name;
    }

    void note(Object... words) {
        if (trace != null) {
            trace.add(Arrays.stream(words).map(String::valueOf).collect(Collectors.joining("", actor + ": ", "")));
        }
    }

    void happens(Happening happening) {
        met.accept(happening);
    }

    // ---- object store ----------------------------------------------------------------------------------------------

    /** Puts a file unless its key is taken; gives what the store holds then. */
    SimulatedFile put(String key, SimulatedFile file) {
        SimulatedFile held = store.get(key);
        if (held != null && scenario.keeps(Scenario.WorldRule.ABSENT)) {
            return held;
        }
        store.put(key, file);
        SimulatedPartition partition = partitions.get(file.partition());
        if (scenario.isStrict() && !isPromised(partition, key, file)) {
            throw new Violation("(2) " + key + " = " + file + " is visible without a committed cut");
        }
        SimulatedFile named = manifest.get(key);
        if (named != null && !named.equals(file)) {
            throw new Violation("(3) the manifest says " + key + " = " + named + ", but it is " + file + " now");
        }
        if (held == null && (Offsets.of(partition.visible, file.group()) & file.offsets()) != 0) {
            throw new Violation("(1) a record is in two visible files: " + store);
        }
        Offsets.add(partition.visible, file.group(), file.offsets());
        return file;
    }

    private static boolean isPromised(SimulatedPartition partition, String key, SimulatedFile file) {
        GroupEntry known = partition.groups.get(file.group());
        return known != null
                && known.cuts().stream()
                        .anyMatch(cut -> cut.key().equals(key)
                                && cut.firstOffset() == file.firstOffset()
                                && cut.endOffset() == file.endOffset()
                                && cut.records() == Long.bitCount(file.offsets())
                                && cut.rows() == file.rows());
    }

    /** Notes a put of an instance that dies. */
    void putLater(String key, SimulatedFile file) {
        LatePut put = new LatePut(key, file);
        if (!store.containsKey(key) && !late.contains(put)) {
            late.add(put);
        }
    }

    void arrive(LatePut put) {
        late.remove(put);
        if (!store.containsKey(put.key())) {
            happens(Happening.LATE_PUT);
        }
        note("late put of ", put.key(), " = ", put.file());
        put(put.key(), put.file());
    }

    // ---- topics ----------------------------------------------------------------------------------------------------

    /** A committed manifest record. */
    void archive(String key, SimulatedFile file) {
        if (!file.equals(store.get(key))) {
            throw new Violation("(3) the manifest says " + key + " = " + file + ", but it is " + store.get(key));
        }
        if (manifest.put(key, file) != null) {
            throw new Violation("(3) the manifest names " + key + " twice");
        }
        Offsets.add(partitions.get(file.partition()).archived, file.group(), file.offsets());
    }

    /** Committed dead letters. */
    void deadLetters(SimulatedPartition partition, long offsets) {
        if ((partition.deadLetters & offsets) != 0) {
            throw new Violation("(3) two dead letters of " + Offsets.toString(partition.deadLetters & offsets));
        }
        partition.deadLetters |= offsets;
    }

    // ---- invariants ------------------------------------------------------------------------------------------------

    /** Below the committed offset everything is done. */
    void checkCommitted(SimulatedPartition partition) {
        long bound = Math.max(partition.offset, 0);
        long[] missing = {partition.badBelow(bound) & ~partition.deadLetters};
        partition
                .goodBelow(bound)
                .forEach((group, offsets) -> missing[0] |= offsets & ~Offsets.of(partition.archived, group));
        if (missing[0] != 0) {
            throw new Violation("(4) offset " + bound + " of partition " + partition.number + " is committed, but "
                    + Offsets.toString(missing[0]) + " is not archived");
        }
    }

    /** Nobody has anything to do: all records that were produced are archived, once. */
    void checkQuiet() {
        for (SimulatedPartition partition : partitions) {
            Map<String, Long> good = partition.goodBelow(partition.end);
            long bad = partition.badBelow(partition.end);
            if (!partition.archived.equals(good) || !partition.visible.equals(good)) {
                throw new Violation("(5) at rest, but archived are " + Offsets.toString(partition.archived)
                        + ", visible " + Offsets.toString(partition.visible) + ", and good records "
                        + Offsets.toString(good));
            }
            if (partition.deadLetters != bad) {
                throw new Violation("(5) at rest, but dead letters are " + Offsets.toString(partition.deadLetters)
                        + " and bad records " + Offsets.toString(bad));
            }
            if (partition.groups.values().stream()
                    .anyMatch(group -> !group.cuts().isEmpty())) {
                throw new Violation("(6) at rest, but there are cuts in " + partition.groups);
            }
        }
        if (!store.equals(manifest)) {
            throw new Violation("(5) at rest, but the store holds " + store + " and the manifest names " + manifest);
        }
    }

    /** After a record and a tidy with nothing open the ledger is as small as it can be. */
    void checkTidied() {
        for (SimulatedPartition partition : partitions) {
            if (!partition.groups.isEmpty()) {
                throw new Violation("(6) at rest and tidied, but the ledger holds " + partition.groups);
            }
            if (scenario.isStrict()
                    && (partition.entry.floor() != partition.end || partition.offset != partition.end)) {
                throw new Violation("(6) at rest and tidied at " + partition.end + ", but " + partition.entry
                        + " and the offset is " + partition.offset);
            }
        }
    }
}
