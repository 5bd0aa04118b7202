package dev.alluvium.arrow;

/** Placeholder. */
public final class RecordBatch {}
