package dev.alluvium.batch;

/** Why a batch was cut. The lower-case names are public: ledger, manifest and metrics use them. */
public enum RotationReason {
    ROWS,
    BYTES,
    AGE,
    IDLE,
    STREAM_TIME,
    /** The slice of time that it holds is complete. */
    SLICE_END,
    /** It holds records that came after their slice was complete, for long enough. */
    LATE,
    /** A record brought columns that the open file cannot take. */
    SCHEMA,
    /** The data said that the group is complete. */
    GROUP_END,
    /** More groups were open than allowed; this was the oldest. */
    OPEN_GROUPS,
    /** The memory budget was exceeded by many small batches; this was the oldest. */
    MEMORY,
    /** The spool was nearly full. */
    SPOOL,
    SHUTDOWN;

    /** The public name. */
    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
