package dev.alluvium.parquet;

import dev.alluvium.parquet.LeafColumn.Level;
import java.util.Arrays;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.util.MemoryUtil;
import org.jspecify.annotations.Nullable;

/**
 * The levels of some rows of a leaf column, and where its values lie (Parquet format, Nested Encoding). Goes down the
 * vectors level by level, each in one pass over all slots; arrays are used over and over. One thread.
 */
final class LeafLevels {
    /** Arrays of more slots are given back after a page: a row may have millions of elements. */
    private static final int KEPT_SLOTS = 1 << 18;

    private int[] repetition = new int[0];
    private int[] definition = new int[0];
    private int[] places = new int[0];
    private int[] nextRepetition = new int[0];
    private int[] nextDefinition = new int[0];
    private int[] nextPlaces = new int[0];

    private int slots;
    private int values;
    private boolean isUniform;
    private int uniformDefinition;
    private boolean isDense;
    private int firstPlace;

    private @Nullable LeafColumn last;
    private int lastFrom;
    private int lastTo;

    /** Pairs of levels, nulls and empty lists included. */
    int slots() {
        return slots;
    }

    /** Values that are there. */
    int values() {
        return values;
    }

    /** Whether all slots have repetition level 0 and the same definition level. */
    boolean isUniform() {
        return isUniform;
    }

    /** The definition level of all slots if they are uniform. */
    int uniformDefinition() {
        return uniformDefinition;
    }

    int[] repetition() {
        return repetition;
    }

    int[] definition() {
        return definition;
    }

    /** Whether the values lie side by side. */
    boolean isDense() {
        return isDense;
    }

    /** Index of the first value in the leaf's vector. */
    int firstPlace() {
        return firstPlace;
    }

    /** Index of each value in the leaf's vector, ascending; there only if they are not dense. */
    int[] places() {
        return places;
    }

    /** Forgets which column it is of: vectors change between batches. */
    void forget() {
        last = null;
        if (places.length > KEPT_SLOTS) {
            repetition = new int[0];
            definition = new int[0];
            places = new int[0];
        }
        if (nextPlaces.length > KEPT_SLOTS) {
            nextRepetition = new int[0];
            nextDefinition = new int[0];
            nextPlaces = new int[0];
        }
    }

    /**
     * Computes the levels of rows.
     *
     * @param to exclusive
     * @throws IllegalArgumentException if a required value is missing
     */
    void compute(LeafColumn leaf, int from, int to) {
        if (last != null && from == lastFrom && to == lastTo && leaf.hasShapeOf(last)) {
            return;
        }
        last = leaf;
        lastFrom = from;
        lastTo = to;
        if (leaf.isAbsent()) {
            setUniform(to - from, 0, 0, from);
        } else if (leaf.isPlain()) {
            setUniform(to - from, to - from, leaf.levelsDefined(), from);
        } else {
            descend(leaf, from, to);
        }
    }

    private void setUniform(int rows, int valueCount, int level, int first) {
        slots = rows;
        values = valueCount;
        isUniform = true;
        uniformDefinition = level;
        isDense = true;
        firstPlace = first;
    }

    private void descend(LeafColumn leaf, int from, int to) {
        slots = to - from;
        reserve(slots);
        Arrays.fill(repetition, 0, slots, 0);
        Arrays.fill(definition, 0, slots, 0);
        for (int i = 0; i < slots; i++) {
            places[i] = from + i;
        }
        for (Level level : leaf.levels()) {
            if (level.validity() != null) {
                defineSome(level, level.validity());
            } else if (level.nullable()) {
                defineAll();
            }
            if (level.offsets() != null) {
                expand(level, level.offsets());
            }
        }
        compact();
        isUniform = false;
    }

    private void defineAll() {
        for (int i = 0; i < slots; i++) {
            definition[i] += places[i] >= 0 ? 1 : 0;
        }
    }

    private void defineSome(Level level, ArrowBuf validity) {
        long bitmap = validity.memoryAddress();
        for (int i = 0; i < slots; i++) {
            int place = places[i];
            if (place >= 0) {
                if ((MemoryUtil.getByte(bitmap + (place >> 3)) >> (place & 7) & 1) != 0) {
                    definition[i] += level.nullable() ? 1 : 0;
                } else if (level.nullable()) {
                    places[i] = -1;
                } else {
                    throw new IllegalArgumentException("required column " + level.path() + " is null at " + place);
                }
            }
        }
    }

    /** From lists to their elements; an empty list and what is null further up keep their slot. */
    private void expand(Level level, ArrowBuf offsets) {
        long starts = offsets.memoryAddress();
        int count = 0;
        reserveNext(slots);
        for (int i = 0; i < slots; i++) {
            int place = places[i];
            int start = place < 0 ? 0 : MemoryUtil.getInt(starts + ((long) place << 2));
            int end = place < 0 ? 0 : MemoryUtil.getInt(starts + ((place + 1L) << 2));
            if (count + (end - start) + (slots - i) > nextPlaces.length) {
                reserveNext(count + (long) (end - start) + (slots - i));
            }
            if (start == end) {
                put(count++, repetition[i], definition[i], -1);
                continue;
            }
            put(count++, repetition[i], definition[i] + 1, start);
            for (int element = start + 1; element < end; element++) {
                put(count++, level.repetition(), definition[i] + 1, element);
            }
        }
        slots = count;
        swap();
    }

    private void put(int at, int repetitionLevel, int definitionLevel, int place) {
        nextRepetition[at] = repetitionLevel;
        nextDefinition[at] = definitionLevel;
        nextPlaces[at] = place;
    }

    private void compact() {
        int count = 0;
        for (int i = 0; i < slots; i++) {
            int place = places[i];
            places[count] = place;
            count += place >= 0 ? 1 : 0;
        }
        values = count;
        firstPlace = count == 0 ? 0 : places[0];
        isDense = count == 0 || places[count - 1] - firstPlace == count - 1;
    }

    private void reserve(int count) {
        if (places.length < count) {
            repetition = new int[count];
            definition = new int[count];
            places = new int[count];
        }
    }

    private void reserveNext(long count) {
        if (nextPlaces.length < count) {
            int length = Math.toIntExact(count + (count >> 1));
            nextRepetition = Arrays.copyOf(nextRepetition, length);
            nextDefinition = Arrays.copyOf(nextDefinition, length);
            nextPlaces = Arrays.copyOf(nextPlaces, length);
        }
    }

    private void swap() {
        int[] spare = repetition;
        repetition = nextRepetition;
        nextRepetition = spare;
        spare = definition;
        definition = nextDefinition;
        nextDefinition = spare;
        spare = places;
        places = nextPlaces;
        nextPlaces = spare;
    }
}
