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

    /**
     * The record's HLC or another 64-bit unsigned value whose least and greatest name a file; the least of them where there
     * are several, 0 if there is none.
     */
    default long rangeValue() {
        return 0;
    }

    /** As {@link #rangeValue}, the greatest of them. */
    default long greatestRangeValue() {
        return rangeValue();
    }

    /** What the accepted record adds to the footer of its file; almost always empty. */
    default Map<String, String> footerFacts() {
        return Map.of();
    }
}
