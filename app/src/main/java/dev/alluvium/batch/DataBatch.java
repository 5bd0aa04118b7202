package dev.alluvium.batch;

import dev.alluvium.arrow.RecordBatch;
import dev.alluvium.decode.Group;
import dev.alluvium.decode.RecordDecoder;
import dev.alluvium.parquet.LearnedEncodings;
import dev.alluvium.parquet.WriterSettings;
import dev.alluvium.record.SourceChecksum;
import dev.alluvium.record.SourceRecord;
import dev.alluvium.schema.Column;
import dev.alluvium.schema.TableSchema;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a batch on their way into a file: an Arrow record batch that fills up, is encoded into pages when it is
 * full, and grows a file on the spool. Owned by one stream thread; whoever closes it takes the file along unless it was
 * sealed.
 */
public final class DataBatch implements AutoCloseable {
    /** A finished file on the spool and its length in bytes. */
    public record SealedFile(Spool.Slot slot, long length) {}

    /** Rows of a record batch: enough to fill a page of every column, few enough to stay in the cache. */
    private static final int RECORD_BATCH_ROWS = 20_000;

    private static final long RECORD_BATCH_BYTES = 8L << 20;

    /** What is left of Arrow buffers in a file, measured with telemetry as loggers round it. */
    private static final double USUAL_RATIO = 0.25;

    /**
     * Key of the footer that names the columns by which each row group is sorted: Parquet's own place for them is not
     * within reach of parquet-hadoop's file writer.
     */
    public static final String SORTED_BY = "sortedBy";

    private final Group group;
    private final MetadataColumns metadata;
    private final int partition;
    private final WriterSettings settings;
    private final RowFile.Maker files;
    private final MemoryBudget budget;
    private final Spool spool;
    private final RecordBatch rows;
    private final boolean isSorted;
    private final SourceChecksum checksum = new SourceChecksum();
    private final Map<String, String> footerFacts = new TreeMap<>();
    private final long openedAt;

    private @Nullable RowFile writer;
    private Spool.@Nullable Slot slot;
    private long sliceEndMs = SlicePolicy.NO_END;
    private boolean isLate;
    private long lastRecordAt;
    private long firstTimestamp = Long.MAX_VALUE;
    private long minTimestamp = Long.MAX_VALUE;
    private long maxTimestamp = Long.MIN_VALUE;
    private long minRange = -1;
    private long maxRange;
    private long records;
    private final long deliveredBefore;
    private long sourceBytes;
    private long pageBytes;
    private long heapBytes;
    /** Of rows that were sorted: the Arrow buffers that became row groups. */
    private long encodedBytes;

    /**
     * @param more columns beyond the group's own: promised by a restored cut, or known from the group's last file
     * @param metadata what each row has of its record besides
     * @param partition that the records are of
     * @param delivered records that the partition delivered before this batch's first
     * @param now wall clock, epoch milliseconds
     */
    public DataBatch(
            Group group,
            List<Column> more,
            MetadataColumns metadata,
            int partition,
            WriterSettings settings,
            MemoryBudget budget,
            Spool spool,
            long delivered,
            long now) {
        this(
                group,
                more,
                metadata,
                partition,
                settings,
                RowFile.parquet(settings, budget, new LearnedEncodings()),
                budget,
                spool,
                delivered,
                now);
    }

    /**
     * As the other, in files of any format.
     *
     * @param files makes the file
     */
    public DataBatch(
            Group group,
            List<Column> more,
            MetadataColumns metadata,
            int partition,
            WriterSettings settings,
            RowFile.Maker files,
            MemoryBudget budget,
            Spool spool,
            long delivered,
            long now) {
        this.group = group;
        this.metadata = metadata;
        this.partition = partition;
        this.files = files;
        this.settings = settings;
        this.budget = budget;
        this.spool = spool;
        this.rows = new RecordBatch(
                budget.allocator(), group.schema().with(metadata.columns()).with(more));
        this.isSorted = !group.schema().sortedBy().isEmpty();
        if (isSorted) {
            footerFacts.put(SORTED_BY, String.join(",", group.schema().sortedBy()));
        }
        this.deliveredBefore = delivered;
        this.openedAt = now;
        this.lastRecordAt = now;
    }

    /**
     * Says which slice of time the batch holds.
     *
     * @param endMs where it ends, epoch milliseconds, exclusive
     * @param isCompleteBefore whether it was complete when the batch opened
     */
    public void setSlice(long endMs, boolean isCompleteBefore) {
        sliceEndMs = endMs;
        isLate = isCompleteBefore;
    }

    /** Where its slice of time ends; {@link SlicePolicy#NO_END} if it holds none. */
    public long sliceEndMs() {
        return sliceEndMs;
    }

    /** Whether its slice was complete when the batch opened. */
    public boolean isLate() {
        return isLate;
    }

    /**
     * Whether the decoder's record fits the columns. Those that data brings are added as long as nothing of the file is
     * written; a group whose schema has changed needs another batch.
     */
    public boolean takes(RecordDecoder decoder) {
        return decoder.group().equals(group)
                && (writer == null || decoder.newColumns(rows).isEmpty());
    }

    /**
     * Appends the record that the decoder accepted last; it must {@linkplain #takes fit}.
     *
     * @return rows that it brought
     */
    public int append(RecordDecoder decoder, SourceRecord record, long now) {
        for (Column column : decoder.newColumns(rows)) {
            rows.addColumn(column);
        }
        int count = decoder.append(rows);
        metadata.append(rows, group.schema().columns().size(), count, partition, record);
        note(decoder, record, now);
        if (isFull()) {
            encode();
        }
        return count;
    }

    /** Rows to be sorted stay together until they are a row group. */
    private boolean isFull() {
        return isSorted
                ? rows.byteSize() >= settings.rowGroupBytes()
                : rows.rowCount() >= RECORD_BATCH_ROWS || rows.byteSize() >= RECORD_BATCH_BYTES;
    }

    private void note(RecordDecoder decoder, SourceRecord record, long now) {
        checksum.add(record);
        lastRecordAt = now;
        sourceBytes += record.value() == null ? 0 : record.value().length;
        long time = record.timestampMs();
        if (records++ == 0) {
            firstTimestamp = time;
        }
        minTimestamp = Math.min(minTimestamp, time);
        maxTimestamp = Math.max(maxTimestamp, time);
        if (decoder.hasRangeValue()) {
            long least = decoder.rangeValue();
            minRange = Long.compareUnsigned(least, minRange) < 0 ? least : minRange;
            long greatest = decoder.greatestRangeValue();
            maxRange = Long.compareUnsigned(greatest, maxRange) > 0 ? greatest : maxRange;
        }
        Map<String, String> facts = decoder.footerFacts();
        if (!facts.isEmpty()) {
            footerFacts.putAll(facts);
        }
    }

    /** Encodes the rows that are still in Arrow buffers. */
    private void encode() {
        try {
            RowFile open = openWriter();
            if (isSorted) {
                rows.sort();
                encodedBytes += rows.byteSize();
            }
            open.write(rows.root());
            rows.clear();
            if (isSorted) {
                open.flush();
            }
            account(open.bufferedBytes(), open.heapBytes(), open.fileBytes());
        } catch (IOException e) {
            throw spool.fault(e, pageBytes);
        }
    }

    private RowFile openWriter() throws IOException {
        RowFile open = writer;
        if (open == null) {
            Spool.Slot place = spool.newSlot();
            slot = place;
            open = files.create(place.path(), group, rows.schema());
            writer = open;
        }
        return open;
    }

    private void account(long pages, long heap, long file) {
        budget.addHeap(heap - heapBytes);
        heapBytes = heap;
        pageBytes = pages;
        if (slot != null) {
            slot.resize(file);
        }
    }

    /** Gives what is in memory to the spool as a row group. */
    public void spool() {
        encode();
        try {
            RowFile open = openWriter();
            open.flush();
            account(open.bufferedBytes(), open.heapBytes(), open.fileBytes());
        } catch (IOException e) {
            throw spool.fault(e, pageBytes);
        }
    }

    /**
     * Finishes the file.
     *
     * @return the file, the caller's from now on
     */
    public SealedFile seal(Map<String, String> footer) {
        if (rows.rowCount() > 0) {
            encode();
        }
        try (RowFile open = openWriter()) {
            long length = open.finish(footer);
            account(0, 0, length);
            Spool.Slot sealed = Objects.requireNonNull(slot);
            sealed.seal();
            slot = null;
            return new SealedFile(sealed, length);
        } catch (IOException e) {
            throw spool.fault(e, pageBytes);
        } finally {
            writer = null;
            rows.close();
        }
    }

    /** Columns beyond the group's own, in the file's order: what the batch opened with and what its data brought. */
    public List<Column> discovered() {
        List<Column> all = rows.schema().columns();
        int own = group.schema().columns().size() + metadata.parts().size();
        return all.subList(own, all.size());
    }

    /** {@link #discovered} as the ledger keeps it: type, space, name. */
    public List<String> discoveredColumns() {
        return discovered().stream().map(Column::discoveredText).toList();
    }

    /** The columns behind {@link #discoveredColumns}. */
    public static List<Column> promised(List<String> discoveredColumns) {
        return discoveredColumns.stream().map(Column::ofDiscoveredText).toList();
    }

    @Override
    public void close() {
        rows.close();
        RowFile open = writer;
        writer = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // The other batches must be closed too; the next start empties the spool.
                var unused = spool.fault(e, 0);
            }
        }
        account(0, 0, 0);
        slot = null;
    }

    public Group group() {
        return group;
    }

    /** The columns so far. */
    public TableSchema schema() {
        return rows.schema();
    }

    /** Memory held by Arrow buffers and encoded pages. */
    public long memoryBytes() {
        return rows.byteSize() + pageBytes;
    }

    /**
     * Bytes of the file as far as it is encoded. Rows still in Arrow buffers do not count, which are one record batch at
     * most; where rows are sorted they are up to a row group, and count by how small the row groups before became.
     */
    public long fileBytes() {
        long written = writer == null ? 0 : writer.fileBytes();
        if (!isSorted) {
            return written;
        }
        double ratio = encodedBytes == 0 ? USUAL_RATIO : (double) written / encodedBytes;
        return written + (long) (rows.byteSize() * ratio);
    }

    public long openedAt() {
        return openedAt;
    }

    public long lastRecordAt() {
        return lastRecordAt;
    }

    /** Time of the first record. */
    public long firstTimestamp() {
        return firstTimestamp;
    }

    public long minTimestamp() {
        return minTimestamp;
    }

    public long maxTimestamp() {
        return maxTimestamp;
    }

    /** Least {@link RecordDecoder#rangeValue}, unsigned; above the greatest if no record has one. */
    public long minRange() {
        return minRange;
    }

    public long maxRange() {
        return maxRange;
    }

    public long sourceBytes() {
        return sourceBytes;
    }

    public long sourceChecksum() {
        return checksum.value();
    }

    /** Records that the partition delivered before this batch's first. */
    public long deliveredBefore() {
        return deliveredBefore;
    }

    public Map<String, String> footerFacts() {
        return footerFacts;
    }
}
