package dev.alluvium.batch;

import dev.alluvium.batch.Batch.Status;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The exactly-once protocol of one source partition, in one incarnation of its task: decides which record is in which
 * file, what the ledger says of it, and which offset may be committed. Pure: knows neither Kafka nor files nor time.
 * The rules are those of docs/design.md, by the names of {@link Rule}. Owned by one stream thread.
 *
 * <p>A record goes {@link #schemasFrom}, then {@link #place}, once for each of its groups, or {@link #leaveOut} if it has
 * none, or {@link #reject}; then {@link #processed}. Whether it is archived is a question of each group by itself. A batch
 * goes {@link #cut}, {@link
 * #durable}, {@link #stored}, {@link #finish}.
 *
 * @param <C> what holds the rows of a batch
 */
public final class PartitionLedger<C> {
    private final LedgerWriter writer;
    private final Function<Batch<C>, C> contents;
    private final Set<Rule> rules;
    /** The position when this incarnation began. */
    private final long beginning;

    private final Map<String, GroupEntry> groups;
    /** The batches of a group in order of their offsets; never an empty list. */
    private final Map<String, List<Batch<C>>> batches = new HashMap<>();
    /** Batches that hold records, in order of their first offset: the first one is the low-water mark. */
    private final LinkedHashSet<Batch<C>> holding = new LinkedHashSet<>();
    /** Restored batches that wait for their records, in the order in which they close. */
    private final PriorityQueue<Batch<C>> bound =
            new PriorityQueue<>(Comparator.comparingLong(batch -> batch.cut().endOffset()));
    /** Groups without batches, by start: candidates for pruning. May hold outdated entries. */
    private final PriorityQueue<Idle> idle = new PriorityQueue<>(Comparator.comparingLong(Idle::start));

    /** Restored epochs that no record has reached yet. */
    private final Deque<SchemaEpoch> epochsAhead = new ArrayDeque<>();
    /** The first offset of which nothing is decided, nor with which schemas it was read. */
    private final long learnFrom;

    private PartitionEntry entry;
    private long position;
    private boolean hasProcessed;
    private long lowWater;
    /** The end of the first bound batch, or MAX_VALUE. */
    private long nextBoundEnd = Long.MAX_VALUE;
    /** Where the first of the epochs ahead begins, or MAX_VALUE. */
    private long nextEpoch = Long.MAX_VALUE;

    private record Idle(long start, String group) {}

    /**
     * Takes up a partition where the committed ledger left it.
     *
     * @param position the committed offset: where the consumer reads on
     * @param contents makes what holds the rows of a new batch, when its first record comes
     */
    public PartitionLedger(
            long position,
            PartitionEntry entry,
            Map<String, GroupEntry> groups,
            LedgerWriter writer,
            Function<Batch<C>, C> contents,
            Set<Rule> rules) {
        this.beginning = position;
        this.position = position;
        this.lowWater = position;
        this.entry = entry;
        this.groups = new HashMap<>(groups);
        this.writer = writer;
        this.contents = contents;
        this.rules = rules;
        groups.forEach(this::restore);
        if (keeps(Rule.EPOCHS)) {
            epochsAhead.addAll(entry.epochs());
            reachEpoch();
        }
        learnFrom = keeps(Rule.LEARN_AHEAD) ? Math.max(drainTarget(), entry.lastEpoch()) : entry.lastEpoch();
    }

    private void restore(String group, GroupEntry restored) {
        if (!keeps(Rule.BINDING)) {
            groups.put(group, new GroupEntry(restored.start(), List.of()));
            return;
        }
        for (Cut cut : restored.cuts()) {
            bound.add(open(group, cut));
            nextBoundEnd = Math.min(nextBoundEnd, cut.endOffset());
        }
        if (restored.cuts().isEmpty()) {
            idle.add(new Idle(restored.start(), group));
        }
    }

    private boolean keeps(Rule rule) {
        return rules.contains(rule);
    }

    private void reachEpoch() {
        SchemaEpoch next = epochsAhead.peek();
        nextEpoch = next == null ? Long.MAX_VALUE : next.from();
    }

    // ---- schemas ---------------------------------------------------------------------------------------------------

    /**
     * What an earlier incarnation's decoder knew when it read a record, if that changes with this one; to be asked before
     * every record.
     */
    public @Nullable String schemasFrom(long offset) {
        String state = null;
        while (offset >= nextEpoch) {
            state = epochsAhead.remove().state();
            reachEpoch();
        }
        return state;
    }

    /** Whether the decoder may learn before it reads a record: nothing is decided of this one and those that follow. */
    public boolean mayLearn(long offset) {
        return offset >= learnFrom;
    }

    /** Notes what the decoder knows, after it has read a record and before that is placed or rejected. */
    public void learned(long offset, String state) {
        begin(offset);
        // A record that is archived already may be read with less than was known then.
        if (offset >= entry.lastEpoch()) {
            put(entry.with(new SchemaEpoch(offset, state)));
        }
    }

    // ---- records ---------------------------------------------------------------------------------------------------

    /**
     * Finds the batch that a good record belongs to; the record counts as its from now on.
     *
     * @return null when the record is in a finished file already
     */
    public @Nullable Batch<C> place(long offset, String group) {
        begin(offset);
        GroupEntry known = groups.get(group);
        long start = known == null ? 0 : known.start();
        if (offset < Math.max(entry.floor(), start)) {
            return null;
        }
        Batch<C> batch = taking(offset, group);
        if (batch == null) {
            batch = open(group, null);
        }
        if (!batch.hasRecords()) {
            holding.add(batch);
        }
        batch.add(offset);
        return batch;
    }

    /** The batch that {@link #place} would give the record, if there is one already. */
    public @Nullable Batch<C> taking(long offset, String group) {
        List<Batch<C>> ofGroup = batches.get(group);
        if (ofGroup == null) {
            return null;
        }
        // An open batch is the last one and begins where the restored ones end.
        Batch<C> last = ofGroup.get(ofGroup.size() - 1);
        if (last.isOpen() || bound.isEmpty()) {
            return last.isOpen() ? last : null;
        }
        for (Batch<C> batch : ofGroup) {
            if (batch.status() == Status.BOUND && batch.cut().endOffset() > offset) {
                return batch;
            }
        }
        return null;
    }

    /** Notes a good record that has no rows: it is in no file. */
    public void leaveOut(long offset) {
        begin(offset);
    }

    /** Notes a bad record; true when its dead letter must be sent now, false when the archive is done with it. */
    public boolean reject(long offset) {
        begin(offset);
        if (offset < Math.max(entry.floor(), entry.sideOutputsUpTo()) && keeps(Rule.SIDE_OUTPUTS)) {
            return false;
        }
        put(entry.withSideOutputsUpTo(offset + 1));
        return true;
    }

    /**
     * Notes that there is no record between the position and an offset: transaction markers, aborted records. The
     * low-water mark goes over them while nothing is held.
     */
    public void pass(long offset) {
        if (holding.isEmpty() && offset > position) {
            position = offset;
            move();
        }
    }

    private void begin(long offset) {
        if (offset < position) {
            throw new IllegalStateException("offset " + offset + " comes after position " + position);
        }
        if (entry.floor() == PartitionEntry.UNKNOWN) {
            if (keeps(Rule.FIRST_FLOOR)) {
                put(entry.withFloor(offset));
            }
        } else if (!hasProcessed) {
            // Everything below the position is archived. Written even when nothing moves: the entry carries the
            // fingerprint of the configuration that decides from here on.
            put(entry.withFloor(Math.max(entry.floor(), position)));
        }
    }

    /**
     * Ends a record, good or bad: closes the restored batches whose end is reached.
     *
     * @param closed gets each restored batch that is complete; its cut is durable already, so it may be uploaded. What
     *     is left of a cut that begins below this incarnation comes as {@link Status#KEY_TAKEN}: it is another file
     */
    public void processed(long offset, Consumer<Batch<C>> closed) {
        if (offset >= nextBoundEnd - 1) {
            closeBound(offset, closed);
        }
        position = offset + 1;
        hasProcessed = true;
        move();
    }

    private void closeBound(long offset, Consumer<Batch<C>> closed) {
        while (offset >= nextBoundEnd - 1) {
            Batch<C> batch = bound.remove();
            Cut cut = batch.cut();
            if (isBelowBeginning(cut)) {
                closeWhatIsLeft(batch, closed);
            } else if (batch.records() != cut.records() || batch.firstOffset() != cut.firstOffset()) {
                throw new BrokenPromiseException(batch);
            } else {
                batch.moveTo(Status.DURABLE);
                closed.accept(batch);
            }
            Batch<C> next = bound.peek();
            nextBoundEnd = next == null ? Long.MAX_VALUE : next.cut().endOffset();
        }
    }

    /** Whether records of a restored cut were passed over, by whoever moved the committed offset beyond a gap. */
    public boolean isBelowBeginning(Cut cut) {
        return cut.firstOffset() < beginning;
    }

    private void closeWhatIsLeft(Batch<C> batch, Consumer<Batch<C>> closed) {
        if (batch.hasRecords()) {
            batch.moveTo(Status.KEY_TAKEN); // by the file that was decided, which may be in the store
            closed.accept(batch);
        } else {
            end(batch);
        }
    }

    // ---- files -----------------------------------------------------------------------------------------------------

    /** Whether a batch may be cut now. */
    public boolean canCut(Batch<C> batch) {
        return batch.isOpen()
                && batch.hasRecords()
                && (bound.isEmpty()
                        || batches.getOrDefault(batch.group(), List.of()).stream()
                                .noneMatch(other -> other.status() == Status.BOUND));
    }

    /**
     * Decides a file: everything that the batch holds, up to the partition's position. The next record of the group
     * opens another batch.
     */
    public Cut cut(Batch<C> batch, String key, int layoutVersion, List<String> discoveredColumns, String reason) {
        if (!canCut(batch)) {
            throw new IllegalStateException("cannot cut " + batch);
        }
        GroupEntry known = groups.getOrDefault(batch.group(), new GroupEntry(batch.firstOffset(), List.of()));
        long first = keeps(Rule.CUT_START) ? batch.firstOffset() : Math.max(entry.floor(), known.start());
        Cut cut = new Cut(
                first, position, key, batch.records(), batch.rows(), layoutVersion, discoveredColumns, reason, false);
        batch.cutTo(cut);
        batch.moveTo(keeps(Rule.DURABLE) ? Status.CUT : Status.DURABLE);
        List<Cut> cuts = new ArrayList<>(known.cuts());
        cuts.add(cut);
        put(batch.group(), new GroupEntry(known.start(), cuts));
        return cut;
    }

    /** The transaction that carries the batch's cut has committed. */
    public void durable(Batch<C> batch) {
        expect(batch, Status.CUT);
        batch.moveTo(Status.DURABLE);
    }

    /** The batch's object is in the store, put there by whomever. */
    public void stored(Batch<C> batch) {
        expect(batch, Status.DURABLE);
        batch.moveTo(Status.STORED);
    }

    /** The batch's key belongs to another file. */
    public void keyTaken(Batch<C> batch) {
        expect(batch, Status.DURABLE);
        batch.moveTo(Status.KEY_TAKEN);
    }

    /** Decides a batch whose key is taken anew, with what it holds and another key; it must become durable again. */
    public Cut rewrite(Batch<C> batch, String key) {
        expect(batch, Status.KEY_TAKEN);
        if (!keeps(Rule.REWRITE)) {
            throw new IllegalStateException("key " + batch.cut().key() + " is taken");
        }
        Cut old = batch.cut();
        Cut cut = old.rewritten(batch.firstOffset(), key, batch.records(), batch.rows());
        GroupEntry known = entryOf(batch);
        List<Cut> cuts = new ArrayList<>(known.cuts());
        cuts.replaceAll(other -> other.endOffset() == old.endOffset() ? cut : other);
        batch.cutTo(cut);
        batch.moveTo(keeps(Rule.DURABLE) ? Status.CUT : Status.DURABLE);
        put(batch.group(), new GroupEntry(known.start(), cuts));
        return cut;
    }

    /** Whether a stored batch may be finished: all earlier files of its group are. */
    public boolean canFinish(Batch<C> batch) {
        return batch.status() == Status.STORED && (!keeps(Rule.ORDER) || oldest(batch.group()) == batch);
    }

    /** The group's oldest batch that is not finished; null if it has none. */
    public @Nullable Batch<C> oldest(String group) {
        List<Batch<C>> ofGroup = batches.get(group);
        return ofGroup == null ? null : ofGroup.get(0);
    }

    /**
     * Ends a batch: its records are archived. Several may follow each other; {@link #settle} must be called in the
     * same transaction.
     */
    public void finish(Batch<C> batch) {
        expect(batch, Status.STORED);
        end(batch);
        move();
    }

    private void end(Batch<C> batch) {
        Cut done = batch.cut();
        GroupEntry known = entryOf(batch);
        List<Cut> open = known.cuts().stream()
                .filter(cut -> cut.endOffset() != done.endOffset())
                .toList();
        long start = Math.max(known.start(), done.endOffset());
        remove(batch);
        put(batch.group(), new GroupEntry(start, open));
        if (!batches.containsKey(batch.group())) {
            idle.add(new Idle(start, batch.group()));
        }
    }

    /** Raises the floor to the low-water mark and forgets the groups that are archived and hold nothing. */
    public void settle() {
        long floor = hasProcessed ? Math.max(entry.floor(), lowWater) : entry.floor();
        if (floor > entry.floor()) {
            put(entry.withFloor(floor));
        }
        prune();
    }

    /** What the punctuator does when nothing was finished: {@link #settle}, when it is allowed and would help. */
    public void tidy() {
        if (!keeps(Rule.SEEN) && !hasProcessed) {
            put(entry);
        }
        if (keeps(Rule.TIDY) && hasProcessed && holding.isEmpty()) {
            settle();
        }
    }

    private void prune() {
        while (!idle.isEmpty() && idle.peek().start() <= entry.floor()) {
            Idle candidate = idle.poll();
            GroupEntry known = groups.get(candidate.group());
            boolean isCurrent =
                    known != null && known.start() == candidate.start() && !batches.containsKey(candidate.group());
            if (isCurrent) {
                groups.remove(candidate.group());
                writer.deleteGroup(candidate.group());
            }
        }
        if (!keeps(Rule.FLOOR)) {
            entry = new PartitionEntry(PartitionEntry.UNKNOWN, entry.sideOutputsUpTo(), entry.epochs());
            writer.putPartition(entry);
        }
    }

    // ---- what others ask -------------------------------------------------------------------------------------------

    /** The offset that may be committed for the partition now: everything below it is archived or dead-lettered. */
    public long committableOffset() {
        return keeps(Rule.HELD_BACK) ? lowWater : position;
    }

    /** The lowest offset that is not archived yet. */
    public long lowWater() {
        return lowWater;
    }

    /** The last processed offset + 1. */
    public long position() {
        return position;
    }

    /** Whether a record was processed since this incarnation began: before that nothing may be written. */
    public boolean hasProcessed() {
        return hasProcessed;
    }

    public PartitionEntry entry() {
        return entry;
    }

    /** Groups that the ledger holds an entry of. */
    public int groupCount() {
        return groups.size();
    }

    /** Batches that hold records, in order of their first offset. */
    public Collection<Batch<C>> holding() {
        return Collections.unmodifiableSet(holding);
    }

    /** All batches, restored ones that wait for their records included. */
    public List<Batch<C>> all() {
        return batches.values().stream().flatMap(List::stream).toList();
    }

    /**
     * The offset up to which records must be read before nothing at or above the low-water mark is archived, cut or
     * dead-lettered: where a pipeline may be drained to under its old configuration.
     */
    public long drainTarget() {
        long target = Math.max(entry.floor(), entry.sideOutputsUpTo());
        for (GroupEntry group : groups.values()) {
            target = Math.max(target, group.start());
            for (Cut cut : group.cuts()) {
                target = Math.max(target, cut.endOffset());
            }
        }
        return target;
    }

    // ---- inner -----------------------------------------------------------------------------------------------------

    private Batch<C> open(String group, @Nullable Cut bound) {
        Batch<C> batch = new Batch<>(group, bound, contents);
        batches.computeIfAbsent(group, g -> new ArrayList<>(1)).add(batch);
        return batch;
    }

    private void remove(Batch<C> batch) {
        holding.remove(batch);
        List<Batch<C>> ofGroup = batches.get(batch.group());
        if (ofGroup != null && ofGroup.remove(batch) && ofGroup.isEmpty()) {
            batches.remove(batch.group());
        }
    }

    private GroupEntry entryOf(Batch<C> batch) {
        GroupEntry known = groups.get(batch.group());
        if (known == null) {
            throw new IllegalStateException("the ledger has no entry for " + batch);
        }
        return known;
    }

    private void move() {
        long next = holding.isEmpty() ? position : holding.iterator().next().firstOffset();
        if (next < lowWater) {
            throw new IllegalStateException("low-water mark moves back from " + lowWater + " to " + next);
        }
        lowWater = next;
    }

    private void put(PartitionEntry next) {
        entry = next;
        writer.putPartition(next);
    }

    private void put(String group, GroupEntry next) {
        groups.put(group, next);
        writer.putGroup(group, next);
    }

    private static void expect(Batch<?> batch, Status status) {
        if (batch.status() != status) {
            throw new IllegalStateException("batch is not " + status + ": " + batch);
        }
    }
}
