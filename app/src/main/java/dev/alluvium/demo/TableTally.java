package dev.alluvium.demo;

import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;

/**
 * What the files of one table must hold, gathered row by row while the rows are produced: how many there are and, of each
 * column, how many values and a checksum that no order of rows changes.
 *
 * <p>The checksum is the sum, modulo 2^64, of one hash per value. The key of the row is hashed with the value, so that
 * values which slip into another row are noticed too. Not thread safe.
 */
final class TableTally {
    /** Between key and value; in neither. */
    static final char SEPARATOR = '\u001f';

    private final Map<String, ColumnTally> columns = new LinkedHashMap<>();
    private final MessageDigest md5 = md5();
    private final byte[] hash = new byte[16];
    private byte[] rowKey = {};
    private long rows;

    /** One column: {@code values} that are not null, and the sum of their hashes. */
    static final class ColumnTally {
        final ColumnKind kind;
        final boolean mayBeMissing;
        long values;
        long sum;

        ColumnTally(ColumnKind kind, boolean mayBeMissing) {
            this.kind = kind;
            this.mayBeMissing = mayBeMissing;
        }
    }

    /** Declares a column that the files must have. */
    TableTally column(String name, ColumnKind kind) {
        columns.put(name, new ColumnTally(kind, false));
        return this;
    }

    /** Declares a column that is compared if the files have it: Kafka coordinates can be switched off. */
    TableTally optionalColumn(String name, ColumnKind kind) {
        columns.put(name, new ColumnTally(kind, true));
        return this;
    }

    /** Begins the next row; what is not set of it is null. */
    void startRow(String key) {
        rows++;
        rowKey = (key + SEPARATOR).getBytes(StandardCharsets.UTF_8);
    }

    /** Sets a value of the row, as the text that its {@link ColumnKind} makes of it. */
    void set(String column, @Nullable String text) {
        if (text == null) {
            return;
        }
        ColumnTally tally = columns.get(column);
        if (tally == null) {
            throw new IllegalArgumentException("no column " + column);
        }
        tally.values++;
        md5.update(rowKey);
        md5.update(text.getBytes(StandardCharsets.UTF_8));
        try {
            md5.digest(hash, 0, hash.length);
        } catch (DigestException e) {
            throw new IllegalStateException(e);
        }
        tally.sum += lowerHalf(hash);
    }

    long rows() {
        return rows;
    }

    Map<String, ColumnTally> columns() {
        return columns;
    }

    /** An SQL expression for the checksum of a column, as unsigned decimal; null when it has no values. */
    static String checksumSql(Entry<String, ColumnTally> column, String rowKeySql) {
        String text = column.getValue().kind.textOf(quoted(column.getKey()));
        return "(sum(md5_number_lower(" + rowKeySql + " || chr(" + (int) SEPARATOR + ") || " + text
                + ")) % 18446744073709551616::HUGEINT)::VARCHAR";
    }

    /** The name as an SQL identifier. */
    static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** DuckDB's md5_number_lower: the second half, least significant byte first. */
    private static long lowerHalf(byte[] md5) {
        long value = 0;
        for (int i = 15; i >= 8; i--) {
            value = value << 8 | (md5[i] & 0xff);
        }
        return value;
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
