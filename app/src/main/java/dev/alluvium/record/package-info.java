/** The record as it was fetched, ranges of its offsets, and the checksum over many of them. Imports nothing of the product. */
@NullMarked
package dev.alluvium.record;

import org.jspecify.annotations.NullMarked;
