/** Open batches, when they rotate, and the ledger that decides which offsets are in which file. Pure: no Kafka, no clock of its own. */
@NullMarked
package dev.alluvium.batch;

import org.jspecify.annotations.NullMarked;
