/** Strict YAML into the settings records of the stages: all problems at once, with path and line. */
@NullMarked
package dev.alluvium.config;

import org.jspecify.annotations.NullMarked;
