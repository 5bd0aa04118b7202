/** The object store port: put-if-absent, stat, ranged read, list, delete. Adapters translate every error of their technology. */
@NullMarked
package dev.alluvium.storage;

import org.jspecify.annotations.NullMarked;
