package dev.alluvium.batch;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A source partition and all that Kafka holds of it, as committed. */
final class SimulatedPartition {
    static final long NO_OFFSET = -1;

    final int number;
    /** All records as the present configuration groups them. */
    String log;
    /** Each record as the configuration grouped it that was to archive it. */
    private String decided;
    /** Records at or above it are not produced yet. */
    int end;

    /** Committed offset of the consumer group. */
    long offset = NO_OFFSET;

    PartitionEntry entry = PartitionEntry.NONE;
    final Map<String, GroupEntry> groups = new HashMap<>();
    /** Offsets in files that the manifest names, by group. */
    final Map<String, Long> archived = new HashMap<>();
    /** Offsets in objects of the store, by group. */
    final Map<String, Long> visible = new HashMap<>();

    long deadLetters;
    /** Where the first start began; records below are nobody's concern. */
    int expectedFrom;
    /** Whether a transaction with a processed record has ever committed. */
    boolean isBegun;

    @Nullable
    SimulatedInstance owner;

    SimulatedPartition(int number, String log, int end) {
        this.number = number;
        this.log = log;
        decided = log;
        this.end = end;
    }

    /** The offset to read from, which the start-up commits when there is none. */
    long startingOffset(boolean startsLatest) {
        if (offset == NO_OFFSET) {
            if (entry.floor() != PartitionEntry.UNKNOWN) {
                offset = entry.floor();
                readAgain(offset);
            } else {
                offset = startsLatest ? end : 0;
                if (!isBegun) {
                    expectedFrom = (int) offset;
                }
            }
        }
        return offset;
    }

    /** Sets the committed offset back by hand, which is where a partition begins that nobody has begun. */
    void rewind(long to) {
        offset = to;
        readAgain(to);
        if (!isBegun) {
            expectedFrom = (int) to;
        }
    }

    /** Of records that another configuration left out, the present one archives those that it reads again. */
    private void readAgain(long from) {
        StringBuilder again = new StringBuilder(decided);
        for (int o = (int) Math.max(from, Math.max(entry.floor(), 0)); o < log.length(); o++) {
            if (!isOwed(o)) {
                again.setCharAt(o, log.charAt(o));
            }
        }
        decided = again.toString();
    }

    /**
     * Good records from the first start up to an offset, exclusive, by group: those that are to be archived. Also those
     * that may be either, unless a dead letter says that they were bad.
     */
    Map<String, Long> goodBelow(long bound) {
        Map<String, Long> good = new HashMap<>();
        for (int o = expectedFrom; o < bound; o++) {
            if (!wasBad(o)) {
                for (String group : Scenario.groups(decided.charAt(o))) {
                    Offsets.add(good, group, Offsets.bit(o));
                }
            }
        }
        return good;
    }

    /** Whether a dead letter says that a record was bad which may be either. */
    private boolean wasBad(int offset) {
        return Scenario.isUnclear(decided.charAt(offset)) && Offsets.has(deadLetters, offset);
    }

    /** Whether whoever was to archive a record had it in this group for sure. */
    boolean isOf(int offset, String group) {
        char record = decided.charAt(offset);
        return !Scenario.isUnclear(record) && Scenario.groups(record).contains(group);
    }

    /** Whether there was anything to be done for a record. */
    boolean isOwed(int offset) {
        char record = decided.charAt(offset);
        return record == Scenario.BAD || !Scenario.groups(record).isEmpty();
    }

    /** Bad records from the first start up to an offset, exclusive. */
    long badBelow(long bound) {
        long bad = 0;
        for (int o = expectedFrom; o < bound; o++) {
            bad |= decided.charAt(o) == Scenario.BAD || wasBad(o) ? Offsets.bit(o) : 0;
        }
        return bad;
    }

    /** Whether another grouping may begin: nothing at or above the floor was archived, cut or dead-lettered. */
    boolean isDrained() {
        long target = restored().drainTarget();
        return target <= Math.max(entry.floor(), 0);
    }

    /** Brings a configuration that groups records anew; the archive has done with those below the committed offset. */
    void regroup(String regrouped) {
        int from = isBegun ? (int) Math.max(0, Math.max(offset, entry.floor())) : 0;
        decided = decided.substring(0, from) + regrouped.substring(from);
        log = regrouped;
        entry = entry.withoutEpochs();
    }

    /** What an instance would find that took the partition now. */
    PartitionLedger<SimulatedTask.Rows> restored() {
        return new PartitionLedger<>(
                Math.max(offset, 0), entry, groups, new Forgetful(), batch -> new SimulatedTask.Rows(), Rule.all());
    }

    private static final class Forgetful implements LedgerWriter {
        @Override
        public void putPartition(PartitionEntry entry) {}

        @Override
        public void putGroup(String group, GroupEntry entry) {}

        @Override
        public void deleteGroup(String group) {}
    }
}
