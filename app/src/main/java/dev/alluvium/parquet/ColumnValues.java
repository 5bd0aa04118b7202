package dev.alluvium.parquet;

import java.util.List;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.statistics.Statistics;
import org.jspecify.annotations.Nullable;

/**
 * The values of one column on their way into pages, by their physical type. {@link #load} takes those of a page into the
 * scratch; what follows is about them. Holds the dictionary of the open row group, if it has one. One thread.
 */
interface ColumnValues {
    /** Takes the values of a page. */
    void load(LeafColumn leaf, LeafLevels levels, PageScratch scratch);

    /** Encodings that a page can have, a dictionary aside; PLAIN is the first. */
    List<Encoding> encodings();

    /** The most bytes that the loaded values can take in any of them, or as places in a dictionary. */
    long maxBytes(PageScratch scratch);

    /** Writes the loaded values; returns the address behind them. */
    long write(Encoding encoding, PageScratch scratch, long address);

    /** Adds least and greatest of the loaded values, at least one. */
    void addTo(Statistics<?> statistics, PageScratch scratch);

    /** Bytes of the loaded byte strings; 0 if they are none. */
    long stringBytes();

    /** Whether a dictionary can pay. */
    boolean canHaveDictionary();

    /**
     * Puts the place of each loaded value into the scratch's ids; opens a dictionary where there is none.
     *
     * @return false if the dictionary would be larger than {@code maxBytes}; only the places that it had before count then
     */
    boolean findAll(PageScratch scratch, long maxBytes);

    /** The dictionary; null if none is open. */
    @Nullable
    Dictionary dictionary();

    /** Drops the dictionary. */
    void closeDictionary();
}
