/** Benchmarks of the hot path on fixed data, and what they are compared with. Not part of the product. */
@NullMarked
package dev.alluvium.bench;

import org.jspecify.annotations.NullMarked;
