package dev.alluvium.batch;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Records of one group that go into one file: where it stands on its way, and its contents. Owned by the stream thread
 * of its partition.
 *
 * @param <C> what holds the rows
 */
public final class Batch<C> {
    /** The way of a batch. Restored cuts begin at {@code BOUND}, all others at {@code OPEN}. */
    public enum Status {
        /** Takes records; nothing is decided. */
        OPEN,
        /** Takes the records that a cut of an earlier incarnation promised. */
        BOUND,
        /** Cut; the transaction that carries the cut has not committed yet. */
        CUT,
        /** Its cut is durable: the file may become visible. */
        DURABLE,
        /** The object is in the store. */
        STORED,
        /** Its key belongs to another file. */
        KEY_TAKEN
    }

    private static final long NONE = -1;

    private final String group;
    private final Function<Batch<C>, C> maker;
    private @Nullable C contents;
    private Status status;
    private @Nullable Cut cut;
    private long firstOffset = NONE;
    private long lastOffset = NONE;
    private long records;
    private long rows;

    Batch(String group, @Nullable Cut bound, Function<Batch<C>, C> maker) {
        this.group = group;
        this.cut = bound;
        this.status = bound == null ? Status.OPEN : Status.BOUND;
        this.maker = maker;
    }

    /** Counts a record in, or the part of it that is of this group. Its rows are in {@link #contents()} by then or follow before the next record. */
    void add(long offset) {
        if (firstOffset == NONE) {
            firstOffset = offset;
        }
        lastOffset = offset;
        records++;
    }

    /** Counts the rows of the record that was placed last. */
    public void addRows(int count) {
        rows += count;
    }

    void moveTo(Status next) {
        status = next;
    }

    void cutTo(Cut decided) {
        cut = decided;
    }

    public String group() {
        return group;
    }

    public Status status() {
        return status;
    }

    /** What holds the rows; made at the first call. */
    public C contents() {
        C held = contents;
        if (held == null) {
            held = maker.apply(this);
            contents = held;
        }
        return held;
    }

    /** Whether {@link #contents()} was ever called. */
    public boolean hasContents() {
        return contents != null;
    }

    /** The decided file; only before the cut there is none. */
    public Cut cut() {
        if (cut == null) {
            throw new IllegalStateException("batch of " + group + " is not cut");
        }
        return cut;
    }

    /** Columns that a restored cut promised beyond the group's own; none for other batches. */
    public List<String> promisedColumns() {
        return cut == null ? List.of() : cut.discoveredColumns();
    }

    public boolean hasRecords() {
        return records > 0;
    }

    public boolean isOpen() {
        return status == Status.OPEN;
    }

    /** Offset of the first record. */
    public long firstOffset() {
        return firstOffset;
    }

    /** Offset of the last record. */
    public long lastOffset() {
        return lastOffset;
    }

    public long records() {
        return records;
    }

    public long rows() {
        return rows;
    }

    @Override
    public String toString() {
        return group + "[" + firstOffset + ".." + lastOffset + "] " + status + (cut == null ? "" : " " + cut.key());
    }
}
