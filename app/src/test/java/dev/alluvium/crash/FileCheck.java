package dev.alluvium.crash;

import dev.alluvium.crash.SourceIndex.Entry;
import dev.alluvium.record.SourceChecksum;
import dev.alluvium.record.SourceRecord;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Compares one data file with the records that its footer says it holds. */
final class FileCheck {
    private final String key;
    private final Map<String, String> footer;
    private final SourceIndex source;
    private final DataFiles files;
    private final String clusterId;
    private final Findings findings;

    FileCheck(
            String key,
            Map<String, String> footer,
            SourceIndex source,
            DataFiles files,
            String clusterId,
            Findings findings) {
        this.key = key;
        this.footer = footer;
        this.source = source;
        this.files = files;
        this.clusterId = clusterId;
        this.findings = findings;
    }

    void run() {
        findings.looked(source.set().pipeline() + " files", 1);
        int partition = (int) number("partition");
        String group = footer.getOrDefault("alluvium.group", "");
        long first = number("offset.first");
        long end = number("offset.end");
        if (first < 0 || end <= first) {
            findings.add(Problem.WRONG_FOOTER, key + ": range [" + first + ", " + end + ")");
            return;
        }
        NavigableMap<Long, Entry> promised = source.range(partition, group, first, end);
        promised.values().forEach(entry -> entry.covering.add(key));
        List<Map<String, @Nullable Object>> rows;
        try {
            rows = files.rows(key);
        } catch (SQLException e) {
            findings.add(Problem.UNREADABLE, key + ": " + e.getMessage());
            return;
        }
        checkRows(rows, promised);
        checkFooter(promised, rows.size());
        expect("undelivered", end - first - source.range(partition, first, end).size());
    }

    // ---- rows ------------------------------------------------------------------------------------------------------

    private void checkRows(List<Map<String, @Nullable Object>> rows, NavigableMap<Long, Entry> promised) {
        findings.looked(source.set().pipeline() + " rows", rows.size());
        Map<Entry, List<Map<String, @Nullable Object>>> byRecord = new HashMap<>();
        for (Map<String, @Nullable Object> row : rows) {
            Entry entry = recordOf(row);
            if (entry == null || !entry.equals(promised.get(entry.record.offset()))) {
                findings.add(Problem.FOREIGN, key + ": " + row);
            }
            if (entry != null) {
                byRecord.computeIfAbsent(entry, e -> new ArrayList<>(1)).add(row);
            }
        }
        byRecord.forEach((entry, found) -> {
            entry.holding.add(key);
            compare(entry, found);
        });
    }

    private @Nullable Entry recordOf(Map<String, @Nullable Object> row) {
        return row.get("_partition") instanceof Long partition && row.get("_offset") instanceof Long offset
                ? source.at(partition.intValue(), offset)
                : null;
    }

    private void compare(Entry entry, List<Map<String, @Nullable Object>> found) {
        List<Map<String, @Nullable Object>> expected = entry.rows();
        if (found.size() > expected.size()) {
            findings.add(Problem.DUPLICATED, entry.where() + " has " + found.size() + " rows in " + key);
            return;
        }
        for (int i = 0; i < expected.size(); i++) {
            Map<String, @Nullable Object> row = i < found.size() ? found.get(i) : Map.of();
            String difference = difference(expected.get(i), row);
            if (difference != null) {
                findings.add(Problem.WRONG_CONTENT, entry.where() + " in " + key + ": " + difference);
            }
        }
    }

    private static @Nullable String difference(
            Map<String, @Nullable Object> expected, Map<String, @Nullable Object> found) {
        for (Map.Entry<String, @Nullable Object> column : expected.entrySet()) {
            Object value = found.get(column.getKey());
            if (!Objects.equals(column.getValue(), value)) {
                return column.getKey() + " is " + value + " instead of " + column.getValue();
            }
        }
        for (Map.Entry<String, @Nullable Object> column : found.entrySet()) {
            if (column.getValue() != null && !expected.containsKey(column.getKey())) {
                return column.getKey() + " is " + column.getValue() + ", which the record does not say";
            }
        }
        return null;
    }

    // ---- footer ----------------------------------------------------------------------------------------------------

    private void checkFooter(NavigableMap<Long, Entry> promised, long rowCount) {
        expect("cluster.id", clusterId);
        expect("topic", source.set().topic());
        expect("topic.id", source.set().topicId());
        expect("rows", rowCount);
        expect("records", promised.size());
        if (promised.isEmpty()) {
            return;
        }
        expect("offset.first", promised.firstKey());
        expect("offset.last", promised.lastKey());
        SourceChecksum checksum = new SourceChecksum();
        long min = Long.MAX_VALUE;
        long max = Long.MIN_VALUE;
        long rows = 0;
        for (Entry entry : promised.values()) {
            ConsumerRecord<byte[], byte[]> record = entry.record;
            checksum.add(new SourceRecord(record.offset(), record.timestamp(), record.key(), record.value()));
            min = Math.min(min, record.timestamp());
            max = Math.max(max, record.timestamp());
            rows += entry.rows().size();
        }
        expect("rows", rows);
        expect("timestamp.min", min);
        expect("timestamp.max", max);
        expect("source.checksum", Long.toHexString(checksum.value()));
    }

    private void expect(String name, Object expected) {
        String found = footer.get("alluvium." + name);
        if (!String.valueOf(expected).equals(found)) {
            findings.add(Problem.WRONG_FOOTER, key + ": " + name + " is " + found + " instead of " + expected);
        }
    }

    /** A number of the footer, or -1. */
    private long number(String name) {
        String text = footer.get("alluvium." + name);
        return text != null && text.matches("[0-9]{1,18}") ? Long.parseLong(text) : -1;
    }
}
