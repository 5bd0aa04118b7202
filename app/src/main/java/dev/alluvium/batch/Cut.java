package dev.alluvium.batch;

import java.util.List;

/**
 * A decided file: which records it holds and under which key it goes to the store. Once its transaction has committed
 * it binds every later owner of the partition.
 *
 * @param firstOffset offset of the first record
 * @param endOffset exclusive
 * @param key full object key
 * @param records records in the file; a record has any number of rows
 * @param rows rows in the file
 * @param layoutVersion version of how rows are laid out
 * @param discoveredColumns columns that the data brought beyond the group's own, in order
 * @param reason why the batch was cut
 * @param isQualified whether the key was rewritten because its first choice was taken
 */
public record Cut(
        long firstOffset,
        long endOffset,
        String key,
        long records,
        long rows,
        int layoutVersion,
        List<String> discoveredColumns,
        String reason,
        boolean isQualified) {
    public Cut {
        discoveredColumns = List.copyOf(discoveredColumns);
        if (firstOffset < 0 || endOffset <= firstOffset || records <= 0) {
            throw new IllegalArgumentException(
                    "not a cut: [" + firstOffset + ", " + endOffset + ") with " + records + " records");
        }
    }

    /** The cut under another key, since its own is taken, with what its batch really holds. */
    Cut rewritten(long newFirstOffset, String newKey, long newRecords, long newRows) {
        return new Cut(
                newFirstOffset, endOffset, newKey, newRecords, newRows, layoutVersion, discoveredColumns, reason, true);
    }
}
