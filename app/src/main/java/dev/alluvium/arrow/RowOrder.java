package dev.alluvium.arrow;

/** The order of the rows of a batch by some of its columns: stable, so that equal rows stay as they came. */
final class RowOrder {
    private final ColumnBuffer[] keys;
    private final int rowCount;

    /**
     * @param keys the columns to sort by; the first one decides before the others
     */
    RowOrder(ColumnBuffer[] keys, int rowCount) {
        this.keys = keys;
        this.rowCount = rowCount;
    }

    /** Whether the rows are in order as they are: the usual case, in one pass without a copy. */
    boolean isSorted() {
        for (int row = 1; row < rowCount; row++) {
            if (compare(row - 1, row) > 0) {
                return false;
            }
        }
        return true;
    }

    /** The rows in order: a merge sort that copies runs which are in order already. */
    int[] sorted() {
        int[] rows = new int[rowCount];
        for (int row = 0; row < rowCount; row++) {
            rows[row] = row;
        }
        int[] merged = new int[rowCount];
        for (long width = 1; width < rowCount; width *= 2) {
            for (long start = 0; start < rowCount; start += 2 * width) {
                int middle = (int) Math.min(start + width, rowCount);
                int end = (int) Math.min(start + 2 * width, rowCount);
                merge(rows, merged, (int) start, middle, end);
            }
            int[] spare = rows;
            rows = merged;
            merged = spare;
        }
        return rows;
    }

    private void merge(int[] from, int[] to, int start, int middle, int end) {
        if (middle == end || compare(from[middle - 1], from[middle]) <= 0) {
            System.arraycopy(from, start, to, start, end - start);
            return;
        }
        int left = start;
        int right = middle;
        for (int i = start; i < end; i++) {
            boolean isLeft = right == end || (left < middle && compare(from[left], from[right]) <= 0);
            to[i] = isLeft ? from[left++] : from[right++];
        }
    }

    private int compare(int first, int second) {
        for (ColumnBuffer key : keys) {
            int difference = key.compare(first, second);
            if (difference != 0) {
                return difference;
            }
        }
        return 0;
    }
}
