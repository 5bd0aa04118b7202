package dev.alluvium.batch;

import dev.alluvium.batch.Batch.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The work on one partition in one instance: the ledger under test, and its part of the open transaction. */
final class SimulatedTask implements LedgerWriter {
    /** The rows of a batch: which records they come from. */
    static final class Rows {
        long offsets;
    }

    final SimulatedPartition partition;
    final PartitionLedger<Rows> ledger;

    private final SimulatedWorld world;
    private final String log;
    private final int rowLimit;

    private PartitionEntry entry;
    private final Map<String, GroupEntry> groups;
    private boolean isEntryDirty;
    private final Set<String> dirtyGroups = new LinkedHashSet<>();
    private final Map<String, SimulatedFile> manifest = new LinkedHashMap<>();
    private long deadLetters;
    private final Map<String, Long> finished = new HashMap<>();

    /** How many changes of schemas the decoder knows; 0 as it was made. */
    private int schemas;
    /** How many it knew when it read the last record. */
    private int schemasBefore;

    private long lowWater;
    private boolean isDraining;
    private boolean isDiscarding;

    SimulatedTask(SimulatedWorld world, SimulatedPartition partition, int rowLimit) {
        this.world = world;
        this.partition = partition;
        this.rowLimit = rowLimit;
        log = partition.log;
        entry = partition.entry;
        groups = new HashMap<>(partition.groups);
        long position = partition.startingOffset(world.scenario.startsLatest());
        lowWater = position;
        ledger = new PartitionLedger<>(position, entry, groups, this, batch -> new Rows(), world.scenario.rules());
    }

    // ---- what the ledger writes ------------------------------------------------------------------------------------

    @Override
    public void putPartition(PartitionEntry next) {
        entry = next;
        isEntryDirty = true;
    }

    @Override
    public void putGroup(String group, GroupEntry next) {
        groups.put(group, next);
        dirtyGroups.add(group);
    }

    @Override
    public void deleteGroup(String group) {
        groups.remove(group);
        dirtyGroups.add(group);
    }

    // ---- steps: each tells whether it did anything -----------------------------------------------------------------

    boolean process() {
        if (isDraining && ledger.position() >= ledger.drainTarget()) {
            isDiscarding = true;
        }
        int offset = (int) ledger.position();
        while (offset < partition.end && log.charAt(offset) == Scenario.GAP) {
            offset++;
        }
        if (isDiscarding || offset >= partition.end) {
            return false;
        }
        char record = log.charAt(offset);
        readSchemas(offset);
        world.note("process ", record, partition.number, " at ", offset, " with schemas ", schemas);
        boolean isBad = Scenario.isBad(record, offset, schemas);
        List<String> recordGroups = isBad ? List.of() : Scenario.groups(record);
        List<Batch<Rows>> taking = new ArrayList<>();
        if (isBad) {
            reject(offset);
        } else if (recordGroups.isEmpty()) {
            ledger.leaveOut(offset);
        }
        for (String group : recordGroups) {
            Batch<Rows> batch = append(offset, group);
            if (batch != null) {
                taking.add(batch);
            }
        }
        if (taking.size() > 1) {
            world.happens(Happening.SHARED);
        } else if (taking.size() == 1 && recordGroups.size() > 1) {
            world.happens(Happening.SHARED_ANEW);
        }
        ledger.processed(offset, this::closed);
        for (Batch<Rows> batch : taking) {
            if (batch.records() >= rowLimit && ledger.canCut(batch)) {
                cut(batch);
            }
        }
        check();
        return true;
    }

    private void readSchemas(int offset) {
        String known = ledger.schemasFrom(offset);
        if (known != null) {
            world.happens(Happening.SCHEMAS_AGAIN);
            schemas = Integer.parseInt(known);
            schemasBefore = schemas;
        }
        if (ledger.mayLearn(offset)) {
            schemas = world.schemas;
        } else if (schemas < world.schemas) {
            world.happens(Happening.SCHEMAS_WAIT);
        }
        if (schemas != schemasBefore) {
            ledger.learned(offset, Integer.toString(schemas));
            schemasBefore = schemas;
        }
    }

    private void closed(Batch<Rows> batch) {
        world.happens(Happening.BOUND_AGAIN);
        world.note("restored cut closes: ", batch);
    }

    private @Nullable Batch<Rows> append(int offset, String group) {
        Batch<Rows> present = ledger.taking(offset, group);
        boolean isNewSchema = (offset + group.charAt(0)) % 7 == 0;
        if (isNewSchema && present != null && ledger.canCut(present)) {
            cut(present); // while the record may be in batches of other groups already
        }
        Batch<Rows> batch = ledger.place(offset, group);
        if (batch == null) {
            requireHandled(offset, group);
            return null;
        }
        batch.contents().offsets |= Offsets.bit(offset);
        batch.addRows(Scenario.rows(offset, schemas));
        return batch;
    }

    private void reject(int offset) {
        if (ledger.reject(offset)) {
            if (Offsets.has(deadLetters, offset)) {
                throw new Violation("(3) two dead letters of " + offset + " in one transaction");
            }
            deadLetters |= Offsets.bit(offset);
        } else {
            requireHandled(offset, "");
        }
    }

    /** Of a record that another configuration grouped nobody asks in which group it is archived. */
    private void requireHandled(int offset, String group) {
        long handled = Offsets.of(partition.archived, group) | Offsets.of(finished, group);
        if (!partition.isOf(offset, group)) {
            handled = Offsets.all(partition.archived) | Offsets.all(finished) | partition.deadLetters | deadLetters;
        }
        boolean isDue = offset >= partition.expectedFrom && partition.isOwed(offset);
        if (world.scenario.isStrict() && isDue && !Offsets.has(handled, offset)) {
            throw new Violation("record " + offset + " is skipped, but it is in no file and no dead letter");
        }
    }

    boolean cut(RandomGenerator random) {
        Batch<Rows> batch = any(random, ledger::canCut);
        if (batch == null) {
            return false;
        }
        cut(batch);
        check();
        return true;
    }

    private void cut(Batch<Rows> batch) {
        String key = world.scenario.hasBareKeys()
                ? batch.group()
                : batch.group() + "@" + partition.number + "-" + batch.firstOffset();
        Cut cut = ledger.cut(batch, key, 1, List.of(), "chance");
        world.note("cut ", batch, ", end ", cut.endOffset());
    }

    /** One attempt to put a durable file, whose answer may be lost. */
    boolean upload(RandomGenerator random, boolean losesAnswers) {
        Batch<Rows> batch = any(random, candidate -> candidate.status() == Status.DURABLE);
        if (batch == null) {
            return false;
        }
        SimulatedFile file = file(batch);
        boolean isThere = world.store.containsKey(batch.cut().key());
        SimulatedFile held = world.put(batch.cut().key(), file);
        if (losesAnswers && random.nextInt(6) == 0) {
            world.happens(Happening.LOST_ANSWER);
            world.note("put ", batch, ", the answer is lost");
            return true;
        }
        if (held.equals(file)) {
            if (isThere) {
                world.happens(Happening.ADOPTED);
            }
            world.note("put ", batch, isThere ? ", which is there" : "");
            ledger.stored(batch);
        } else {
            world.note("put ", batch, ": the key belongs to ", held);
            ledger.keyTaken(batch);
        }
        return true;
    }

    boolean rewrite(RandomGenerator random) {
        Batch<Rows> batch = any(random, candidate -> candidate.status() == Status.KEY_TAKEN);
        if (batch == null) {
            return false;
        }
        String suffix = "-" + partition.number + "-" + batch.firstOffset();
        String taken = batch.cut().key();
        if (taken.endsWith(suffix)) {
            throw new Violation("the pipeline stops: qualified key " + taken + " is taken");
        }
        ledger.rewrite(batch, taken + suffix);
        world.happens(Happening.REWRITTEN);
        world.note("rewrite ", batch);
        return true;
    }

    /** Finishes some files that are ready, in one transaction. */
    boolean finish(RandomGenerator random) {
        boolean hasFinished = false;
        Batch<Rows> batch = any(random, ledger::canFinish);
        while (batch != null) {
            world.note("finish ", batch);
            SimulatedFile file = file(batch);
            if (manifest.put(batch.cut().key(), file) != null) {
                throw new Violation("(3) " + file + " is twice in one transaction");
            }
            ledger.finish(batch);
            Offsets.add(finished, file.group(), file.offsets());
            hasFinished = true;
            batch = random.nextBoolean() ? any(random, ledger::canFinish) : null;
        }
        if (hasFinished) {
            ledger.settle();
            check();
        }
        return hasFinished;
    }

    boolean tidy() {
        PartitionEntry before = entry;
        int groupsBefore = groups.size();
        ledger.tidy();
        check();
        boolean hasChanged = !entry.equals(before) || groups.size() != groupsBefore;
        if (hasChanged) {
            world.note("tidy partition ", partition.number, ": ", entry);
        }
        return hasChanged;
    }

    void drain() {
        isDraining = true;
    }

    /** Whether everything that was read is archived and the rest is discarded. */
    boolean isEmptied() {
        return isDiscarding && ledger.all().isEmpty() && !isDirty();
    }

    private @Nullable Batch<Rows> any(RandomGenerator random, Predicate<Batch<Rows>> wanted) {
        Batch<Rows> chosen = null;
        int seen = 0;
        for (Batch<Rows> batch : ledger.all()) {
            if (wanted.test(batch) && random.nextInt(++seen) == 0) {
                chosen = batch;
            }
        }
        return chosen;
    }

    private SimulatedFile file(Batch<Rows> batch) {
        Cut cut = batch.cut();
        return new SimulatedFile(
                partition.number,
                batch.group(),
                cut.firstOffset(),
                cut.endOffset(),
                batch.contents().offsets,
                batch.rows());
    }

    /** Puts of this task that may still be on their way when it dies. */
    void leaveRequests() {
        for (Batch<Rows> batch : ledger.all()) {
            if (batch.status() == Status.DURABLE) {
                world.putLater(batch.cut().key(), file(batch));
            }
        }
    }

    // ---- the transaction -------------------------------------------------------------------------------------------

    boolean isDirty() {
        return isEntryDirty || !dirtyGroups.isEmpty() || !manifest.isEmpty() || deadLetters != 0;
    }

    boolean sendsOffset() {
        return ledger.hasProcessed()
                && (world.scenario.keeps(Scenario.WorldRule.UNCHANGED)
                        || ledger.committableOffset() != partition.offset);
    }

    /** The task's part of a transaction that commits; tells whether anything is different now. */
    boolean commit() {
        boolean hasChanged = deadLetters != 0 || !manifest.isEmpty();
        if (isEntryDirty) {
            hasChanged |= !partition.entry.equals(entry);
            partition.entry = entry;
        }
        for (String group : dirtyGroups) {
            GroupEntry known = groups.get(group);
            GroupEntry before = known == null ? partition.groups.remove(group) : partition.groups.put(group, known);
            hasChanged |= known == null ? before != null : !known.equals(before);
        }
        if (ledger.hasProcessed()) {
            partition.isBegun = true;
        }
        if (sendsOffset()) {
            hasChanged |= partition.offset != ledger.committableOffset();
            partition.offset = ledger.committableOffset();
        }
        world.deadLetters(partition, deadLetters);
        manifest.forEach(world::archive);
        isEntryDirty = false;
        dirtyGroups.clear();
        manifest.clear();
        deadLetters = 0;
        for (Batch<Rows> batch : ledger.all()) {
            if (batch.status() == Status.CUT) {
                ledger.durable(batch);
            }
        }
        return hasChanged;
    }

    // ---- invariants ------------------------------------------------------------------------------------------------

    private void check() {
        long least = ledger.position();
        for (Batch<Rows> batch : ledger.all()) {
            if (batch.hasRecords()) {
                least = Math.min(least, batch.firstOffset());
            }
        }
        if (ledger.lowWater() != least) {
            throw new Violation("(2) low-water mark " + ledger.lowWater() + ", but " + least + " is not archived");
        }
        if (least < lowWater) {
            throw new Violation("(2) low-water mark moves back from " + lowWater + " to " + least);
        }
        lowWater = least;
    }

    /** A restart now, of an owner that has just committed, finds the same ledger again. */
    void checkRestore() {
        if (!partition.entry.equals(ledger.entry()) || !partition.groups.equals(groups)) {
            throw new Violation("(6) the owner believes " + ledger.entry() + " " + groups + ", but committed are "
                    + partition.entry + " " + partition.groups);
        }
        PartitionLedger<Rows> restored = partition.restored();
        if (restored.groupCount() != ledger.groupCount() || restored.drainTarget() != ledger.drainTarget()) {
            throw new Violation("(6) a restart finds " + restored.groupCount() + " groups up to "
                    + restored.drainTarget() + ", not " + ledger.groupCount() + " up to " + ledger.drainTarget());
        }
        Map<String, List<Cut>> live = new HashMap<>();
        for (Batch<Rows> batch : ledger.all()) {
            if (!batch.isOpen()) {
                live.computeIfAbsent(batch.group(), g -> new ArrayList<>()).add(batch.cut());
            }
        }
        Map<String, List<Cut>> found = new HashMap<>();
        for (Batch<Rows> batch : restored.all()) {
            found.computeIfAbsent(batch.group(), g -> new ArrayList<>()).add(batch.cut());
        }
        if (!live.equals(found)) {
            throw new Violation("(6) a restart finds the cuts " + found + ", not " + live);
        }
    }

    @Override
    public String toString() {
        return "partition " + partition.number + " at " + ledger.position() + ", low-water " + ledger.lowWater() + ", "
                + ledger.entry() + " " + ledger.all();
    }
}
