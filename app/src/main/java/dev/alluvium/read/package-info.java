/**
 * What was archived, read back: data files of a store or a folder come in, rows, messages, deltas and telemetry sessions
 * go out. Reads no more of a file than it is asked for. Knows neither Kafka nor who writes files.
 */
@NullMarked
package dev.alluvium.read;

import org.jspecify.annotations.NullMarked;
