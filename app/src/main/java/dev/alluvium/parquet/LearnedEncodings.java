package dev.alluvium.parquet;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.parquet.column.Encoding;
import org.jspecify.annotations.Nullable;

/**
 * What has paid for the columns of a topic: a trial costs several times what a page does, so its outcome serves later row
 * groups and files. Which encoding a page has never decides what is in it. Thread safe.
 */
public final class LearnedEncodings {
    /** Data may bring columns without end. */
    private static final int MAX_COLUMNS = 20_000;

    /** Row groups after which a trial is made again, since data changes. */
    private static final int TRIAL_EVERY = 64;

    /** A trial on fewer values is made again when four times as many come. */
    private static final int ENOUGH_VALUES = 10_000;

    /**
     * The outcome of a trial.
     *
     * @param encoding of the values
     * @param fallback where that is a dictionary: what follows when it is full; else the same
     * @param codec of pages, none if compression does not pay
     * @param level of the codec
     * @param values that it was tried on
     */
    record Choice(Encoding encoding, Encoding fallback, WriterSettings.Codec codec, int level, int values) {
        boolean isDictionary() {
            return encoding == Encoding.RLE_DICTIONARY;
        }
    }

    private record Learned(Choice choice, int uses) {}

    private final Map<String, Learned> columns = new ConcurrentHashMap<>();

    public LearnedEncodings() {}

    /**
     * What a row group of a column should have.
     *
     * @param values of its first page
     * @return null if it should be tried
     */
    @Nullable
    Choice choose(String column, int values) {
        Learned learned = columns.computeIfPresent(column, (name, known) -> new Learned(known.choice, known.uses + 1));
        if (learned == null || learned.uses > TRIAL_EVERY) {
            return null;
        }
        int tried = learned.choice.values;
        return tried < ENOUGH_VALUES && values / 4 > tried ? null : learned.choice;
    }

    /** What is known by now, by column. */
    Map<String, Choice> choices() {
        Map<String, Choice> choices = new HashMap<>();
        columns.forEach((column, known) -> choices.put(column, known.choice));
        return choices;
    }

    void learn(String column, Choice choice) {
        if (columns.size() < MAX_COLUMNS || columns.containsKey(column)) {
            columns.put(column, new Learned(choice, 0));
        }
    }
}
