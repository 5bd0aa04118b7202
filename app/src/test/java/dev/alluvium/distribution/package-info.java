/**
 * Tests of the packed tarball, which run when there is one, after all others. What comes in is the file that the build
 * leaves in {@code target}; it is unpacked and started as a person would. Nothing here looks at classes of the product
 * other than its version.
 */
@NullMarked
package dev.alluvium.distribution;

import org.jspecify.annotations.NullMarked;
