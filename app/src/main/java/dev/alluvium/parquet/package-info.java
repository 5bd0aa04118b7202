/** Record batches into a Parquet data file with a self-describing footer, and back. Knows nothing of where files go. */
@NullMarked
package dev.alluvium.parquet;

import org.jspecify.annotations.NullMarked;
