/**
 * The shipped configurations of named data sets: generated records go through a real broker and the pipelines of
 * {@code config/*.yaml}, and DuckDB judges the files.
 */
@NullMarked
package dev.alluvium.datasets;

import org.jspecify.annotations.NullMarked;
