/** Every meter of the product: name, unit, tags. */
@NullMarked
package dev.alluvium.metrics;

import org.jspecify.annotations.NullMarked;
