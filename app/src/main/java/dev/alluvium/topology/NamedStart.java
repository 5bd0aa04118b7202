package dev.alluvium.topology;

/**
 * The offset at which {@code source.start} lets a partition begin.
 *
 * @param where it says so, the subject of a message: a line of a file, a group
 * @param remedy what to do if the offset is wrong
 */
record NamedStart(long offset, String where, String remedy) {}
