package dev.alluvium.batch;

/**
 * A restored cut found other records than it promised: the source lost records between the cut and the re-read, by
 * retention or compaction. The pipeline stops; nothing was published.
 */
public final class BrokenPromiseException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    BrokenPromiseException(Batch<?> batch) {
        super("the decided file " + batch.cut().key() + " of group " + batch.group() + " must hold "
                + batch.cut().records() + " records from offset " + batch.cut().firstOffset() + ", but the topic gave "
                + batch.records() + " from offset " + batch.firstOffset()
                + ": the source dropped records after the file was decided");
    }
}
