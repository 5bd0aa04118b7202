package dev.alluvium.decode;

import dev.alluvium.arrow.RecordBatch;
import dev.alluvium.record.SourceRecord;
import dev.alluvium.schema.Column;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns records into rows, in two steps: {@link #read} validates the whole record and finds its group; if it was
 * accepted, {@link #append} writes its rows, which cannot fail. What the other methods return is about the record read
 * last and valid until the next {@code read}. One instance per stream task; not thread safe.
 */
public interface RecordDecoder {
    /** Validates a record completely; returns why it cannot become rows, or null when it is accepted. */
    @Nullable
    Rejection read(SourceRecord record);

    /** Whether the record read last, accepted or not, has a clock too far ahead of its time. */
    default boolean hasDriftedClock() {
        return false;
    }

    /** In how many groups the accepted record has rows: almost always one; none if it is no rows at all. */
    default int groupCount() {
        return 1;
    }

    /**
     * Turns to one of the record's groups, by its position; {@link #read} turns to the first. The other methods are about
     * it and the rows there.
     */
    default void turnTo(int group) {}

    /** The group of the accepted record. The same instance for the same group as long as it is in use. */
    Group group();

    /** Columns that this record needs and the schema lacks; almost always the empty list. */
    List<Column> newColumns(RecordBatch batch);

    /** Writes the rows of the accepted record at the end of the batch and returns how many there were. */
    int append(RecordBatch batch);

    /** Whether the accepted record is the last of its group. */
    default boolean endsGroup() {
        return false;
    }

    /** Whether the accepted record has a {@link #rangeValue}. */
    default boolean hasRangeValue() {
        return true;
    }

    /**
     * The record's HLC or another number whose least and greatest name a file by a {@link KeyRange}; ordered as an
     * unsigned one. The least of them where there are several.
     */
    default long rangeValue() {
        return 0;
    }

    /** As {@link #rangeValue}, the greatest of them. */
    default long greatestRangeValue() {
        return rangeValue();
    }

    /** Where the slice of time of the accepted record's group ends, epoch milliseconds; the greatest long if it has none. */
    default long sliceEndMs() {
        return Long.MAX_VALUE;
    }

    /** The time by which the accepted record is sliced, epoch milliseconds; the least long if it has none. */
    default long sliceTimeMs() {
        return Long.MIN_VALUE;
    }

    /** What the accepted record adds to the footer of its file; almost always empty. */
    default Map<String, String> footerFacts() {
        return Map.of();
    }

    /**
     * What of its schemas decides rows and fates, as text that the ledger keeps: a decoder that is given it decides as this
     * one does. Empty while it knows only what it was made with; the same instance until it changes. It may change in
     * {@link #learn} and in {@link #read}; what a record makes it know there, that record must make it know at any time.
     */
    default String schemaState() {
        return "";
    }

    /** Takes up what an earlier decoder knew, in place of what this one knows. Called before a record is read. */
    default void restoreSchemaState(String state) {}

    /** Takes up what is known elsewhere by now. Called before most records, so it costs next to nothing. */
    default void learn() {}
}
