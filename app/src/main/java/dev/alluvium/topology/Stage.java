package dev.alluvium.topology;

/** Where a file is on its way: the lines of the crash table in docs/design.md lie between them. */
public enum Stage {
    /** The cut is written into the open transaction. */
    CUT_PUT,
    /** The transaction of the cut has committed. */
    CUT_COMMITTED,
    /** The put is about to be sent. */
    UPLOAD_STARTED,
    /** The store has the object. */
    OBJECT_STORED,
    /** The ledger's advance and the manifest record are written into the open transaction. */
    LEDGER_ADVANCED,
    /** That transaction has committed. */
    DONE_COMMITTED
}
