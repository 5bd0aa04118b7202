/** The HTTP floor for operators: metrics, health, readiness. Defines the status that the topology reports. */
@NullMarked
package dev.alluvium.ops;

import org.jspecify.annotations.NullMarked;
