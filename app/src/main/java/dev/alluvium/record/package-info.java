/** The record as it was fetched, and the checksum over many of them. Imports nothing of the product. */
@NullMarked
package dev.alluvium.record;

import org.jspecify.annotations.NullMarked;
