package dev.alluvium.crash;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** The committed records of one source topic with what must become of them, and which files were found to hold them. */
final class SourceIndex {
    private final DataSet set;
    private final Map<Integer, NavigableMap<Long, Entry>> byOffset = new HashMap<>();
    private final Map<Integer, Map<String, NavigableMap<Long, Entry>>> byGroup = new HashMap<>();

    /** A committed record, and the files that say they hold it. */
    static final class Entry {
        final ConsumerRecord<byte[], byte[]> record;
        final Fate fate;
        /** Files whose range and group cover the record. */
        final List<String> covering = new ArrayList<>(1);
        /** Files that have a row of the record. */
        final List<String> holding = new ArrayList<>(1);

        int deadLetters;

        Entry(ConsumerRecord<byte[], byte[]> record, Fate fate) {
            this.record = record;
            this.fate = fate;
        }

        String where() {
            return record.topic() + "-" + record.partition() + "@" + record.offset();
        }

        /** Rows that a file must have of the record; none for a bad one. */
        List<Map<String, @Nullable Object>> rows() {
            return fate instanceof Fate.Archived archived ? archived.rows() : List.of();
        }
    }

    SourceIndex(DataSet set) {
        this.set = set;
        for (ConsumerRecord<byte[], byte[]> record : set.source()) {
            Entry entry = new Entry(record, set.expectation().of(record));
            byOffset.computeIfAbsent(record.partition(), p -> new TreeMap<>()).put(record.offset(), entry);
            if (entry.fate instanceof Fate.Archived archived) {
                byGroup.computeIfAbsent(record.partition(), p -> new HashMap<>())
                        .computeIfAbsent(archived.group(), g -> new TreeMap<>())
                        .put(record.offset(), entry);
            }
        }
    }

    DataSet set() {
        return set;
    }

    @Nullable
    Entry at(int partition, long offset) {
        return byOffset.getOrDefault(partition, new TreeMap<>()).get(offset);
    }

    /** Every committed record of a partition from one offset to another, exclusive; good and bad, of all groups. */
    NavigableMap<Long, Entry> range(int partition, long first, long end) {
        return byOffset.getOrDefault(partition, new TreeMap<>()).subMap(first, true, end, false);
    }

    /** The good records of one group in a range of offsets; the end is exclusive. */
    NavigableMap<Long, Entry> range(int partition, String group, long first, long end) {
        return byGroup.getOrDefault(partition, Map.of())
                .getOrDefault(group, new TreeMap<>())
                .subMap(first, true, end, false);
    }

    /** To be called when all files were looked at: says which records are in no file, or in several. */
    void reportCoverage(Findings findings) {
        for (NavigableMap<Long, Entry> partition : byOffset.values()) {
            for (Entry entry : partition.values()) {
                findings.looked(set.pipeline() + " records", 1);
                if (entry.fate instanceof Fate.Archived) {
                    report(entry, findings);
                }
            }
        }
    }

    private static void report(Entry entry, Findings findings) {
        boolean needsRows = !entry.rows().isEmpty();
        if (entry.covering.isEmpty() || (needsRows && entry.holding.isEmpty())) {
            findings.add(Problem.MISSING, entry.where() + ", covered by " + entry.covering);
        }
        if (entry.covering.size() > 1 || entry.holding.size() > 1) {
            List<String> copies = entry.covering.size() > 1 ? entry.covering : entry.holding;
            findings.add(Problem.DUPLICATED, entry.where() + " in " + copies);
        }
    }
}
