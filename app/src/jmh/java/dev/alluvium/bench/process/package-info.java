/**
 * Whole processes side by side: from a topic of a broker to files, by the product and by what it is compared with. {@link
 * dev.alluvium.bench.process.BenchCommand} is where it begins.
 */
@NullMarked
package dev.alluvium.bench.process;

import org.jspecify.annotations.NullMarked;
