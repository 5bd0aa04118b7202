package dev.alluvium.batch;

/**
 * What a decoder knew of its schemas from a record on, as far as it decides rows and fates.
 *
 * @param from offset of the first record that was read with it
 * @param state text that only the decoder understands
 */
public record SchemaEpoch(long from, String state) {}
