package dev.alluvium.demo;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** What a pipeline must have archived, gathered while its records are produced. Not thread safe. */
final class Expectation {
    private final Layout layout;
    private final Map<String, TableTally> tables = new TreeMap<>();
    private long records;
    private long badRecords;
    private long markers;
    private long valueBytes;

    Expectation(Layout layout) {
        this.layout = layout;
    }

    /** The tally of a table, made when it is first asked for. */
    TableTally table(String name, Supplier<TableTally> factory) {
        return tables.computeIfAbsent(name, key -> factory.get());
    }

    /** Counts a record that is a row. */
    void addRecord(int bytes) {
        records++;
        valueBytes += bytes;
    }

    /** Counts a record that belongs in the dead letters. */
    void addBadRecord(int bytes) {
        addRecord(bytes);
        badRecords++;
    }

    /** Counts a record that carries no data: the mark of a session's start or end. */
    void addMarker(int bytes) {
        markers++;
        valueBytes += bytes;
    }

    Layout layout() {
        return layout;
    }

    Map<String, TableTally> tables() {
        return tables;
    }

    /** Records that carry data, good or bad. */
    long records() {
        return records;
    }

    long badRecords() {
        return badRecords;
    }

    /** Records that become rows. */
    long goodRecords() {
        return records - badRecords;
    }

    long markers() {
        return markers;
    }

    /** Protobuf bytes of all records. */
    long valueBytes() {
        return valueBytes;
    }
}
