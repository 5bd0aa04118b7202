/**
 * The crash test: a real broker, two instances in processes of their own, and an enemy with kill -9 in hand. The
 * committed source topics go in and, with the archive that came of them, to a checker that has to find nothing. It
 * knows the product by its public formats and by {@code topology.Archive} only.
 */
@NullMarked
package dev.alluvium.crash;

import org.jspecify.annotations.NullMarked;
