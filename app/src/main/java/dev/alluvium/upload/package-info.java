/**
 * Publishes sealed files: a bounded pool that puts each under its key, tries again until it succeeds, and tells whether
 * the object is there or the key belongs to another file. Knows nothing of Kafka; when a file may be published is not
 * its decision.
 */
@NullMarked
package dev.alluvium.upload;

import org.jspecify.annotations.NullMarked;
