package dev.alluvium.batch;

/**
 * An object of the simulated store: what a footer tells of a file.
 *
 * @param endOffset exclusive
 * @param offsets bit o stands for the record at offset o
 */
record SimulatedFile(int partition, String group, long firstOffset, long endOffset, long offsets, long rows) {
    @Override
    public String toString() {
        return group + partition + "[" + firstOffset + ", " + endOffset + ") " + Offsets.toString(offsets);
    }
}
