package dev.alluvium.parquet;

import dev.alluvium.parquet.LeafColumn.Level;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.parquet.column.ColumnWriter;
import org.jspecify.annotations.Nullable;

/** Rows of a leaf column, one by one into a column writer: levels by recursion, as the Dremel paper has them. */
final class LeafRows {
    private final Level[] levels;
    private final @Nullable LeafValues values;

    LeafRows(LeafColumn leaf) {
        this.levels = leaf.levels();
        this.values = leaf.isAbsent() ? null : LeafValues.of(leaf.type(), leaf.vector());
    }

    void write(int row, ColumnWriter to) {
        if (values == null) {
            to.writeNull(0, 0);
        } else {
            write(values, to, 0, row, 0, 0);
        }
    }

    private static boolean isNull(Level level, int index) {
        ArrowBuf validity = level.validity();
        return validity != null && (validity.getByte(index >> 3) & (1 << (index & 7))) == 0;
    }

    private void write(LeafValues leaf, ColumnWriter to, int depth, int index, int repetition, int outerDefinition) {
        Level level = levels[depth];
        if (isNull(level, index)) {
            if (!level.nullable()) {
                throw new IllegalArgumentException("required column " + level.path() + " is null at " + index);
            }
            to.writeNull(repetition, outerDefinition);
            return;
        }
        int definition = level.nullable() ? outerDefinition + 1 : outerDefinition;
        ArrowBuf offsets = level.offsets();
        if (offsets != null) {
            int start = offsets.getInt((long) index * Integer.BYTES);
            int end = offsets.getInt((index + 1L) * Integer.BYTES);
            if (start == end) {
                to.writeNull(repetition, definition);
                return;
            }
            write(leaf, to, depth + 1, start, repetition, definition + 1);
            for (int i = start + 1; i < end; i++) {
                write(leaf, to, depth + 1, i, level.repetition(), definition + 1);
            }
        } else if (depth == levels.length - 1) {
            leaf.write(to, index, repetition, definition);
        } else {
            write(leaf, to, depth + 1, index, repetition, definition);
        }
    }
}
