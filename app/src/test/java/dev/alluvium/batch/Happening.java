package dev.alluvium.batch;

/** Trouble that a simulation may meet: a run that never met some of it has shown nothing about it. */
enum Happening {
    CRASH,
    TAKEOVER,
    /** A commit of a zombie failed. */
    FENCED,
    /** A zombie that had no offsets to send wrote something all the same; never, with all rules kept. */
    UNFENCED,
    LOST_ANSWER,
    /** A put of a dead instance made an object. */
    LATE_PUT,
    /** An object that another incarnation had put was taken for the batch's own. */
    ADOPTED,
    /** A key belonged to another file. */
    REWRITTEN,
    /** A restored cut found its records again. */
    BOUND_AGAIN,
    EXPIRED,
    /** An operator set the committed offset back. */
    REWOUND,
    /** A record went into several batches at once. */
    SHARED,
    /** Of a record of several groups only one took it: the others had it in a finished file. */
    SHARED_ANEW,
    /** A decoder took up what an earlier one had learned. */
    SCHEMAS_AGAIN,
    /** A decoder read a record without what is known elsewhere by now, since it was decided without. */
    SCHEMAS_WAIT,
    /** A drained pipeline began to group its records anew. */
    REGROUPED
}
