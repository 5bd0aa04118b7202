package dev.alluvium.parquet;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a {@link DataFileReader}, one after the other in the file's order. Holds the chosen columns of one row group
 * as they are in the file, and decompresses a page at a time. Ends when its reader is closed. Used by one thread.
 */
public final class RowReader {
    private final DataFileReader file;
    private final MessageType columns;
    private final MessageColumnIO columnIo;
    private final Iterator<BlockMetaData> rowGroups;
    private @Nullable RecordReader<Map<String, @Nullable Object>> open;
    private long rowsLeft;

    RowReader(DataFileReader file, MessageType columns, List<BlockMetaData> rowGroups) {
        this.file = file;
        this.columns = columns;
        this.columnIo = new ColumnIOFactory().getColumnIO(columns);
        this.rowGroups = rowGroups.iterator();
    }

    /**
     * The next row, or null when there is none. It has every chosen column as a key; the value is null, a Boolean,
     * Integer, Long (also of UINT32), BigInteger (UINT64), Float, Double, String, {@code byte[]}, Instant, LocalDate,
     * BigDecimal, LocalTime or LocalDateTime, or a Map or List of these.
     *
     * @throws IOException naming the file, if it cannot be read or a page does not have its checksum
     */
    public @Nullable Map<String, @Nullable Object> next() throws IOException {
        try {
            while (rowsLeft == 0) {
                if (!rowGroups.hasNext()) {
                    return null;
                }
                BlockMetaData rowGroup = rowGroups.next();
                open = null; // before the next one is read
                open = columnIo.getRecordReader(file.pages(rowGroup, columns), new RowMaterializer(columns));
                rowsLeft = rowGroup.getRowCount();
            }
            rowsLeft--;
            RecordReader<Map<String, @Nullable Object>> rows = open;
            return rows == null ? null : rows.read();
        } catch (IOException | RuntimeException e) {
            throw file.failure(e);
        }
    }
}
