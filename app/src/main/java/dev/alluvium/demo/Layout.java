package dev.alluvium.demo;

import java.util.Locale;

/** The two pipelines of the demo and where they put what. */
enum Layout {
    DELTAS("left(\"deltaId\", 16)"),
    TELEMETRY("\"seq\"::VARCHAR");

    private final String rowKey;

    Layout(String rowKey) {
        this.rowKey = rowKey;
    }

    /** Name of the pipeline, of its topic, and of its folder in the archive. */
    String pipeline() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** An SQL expression for what tells the rows of a table apart. */
    String rowKeySql() {
        return rowKey;
    }
}
