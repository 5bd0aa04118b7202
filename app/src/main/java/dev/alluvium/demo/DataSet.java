package dev.alluvium.demo;

/** Generated records by index: the same index and seed give the same records, whatever else is produced. */
interface DataSet {
    /**
     * Hands the records of an index to the output and tells the expectation what must become of them. One of them
     * carries data; marks of a session's start and end may come with it. Indexes go up from 0.
     */
    void produce(long index, Output output, Expectation expectation);

    Layout layout();

    /** Where records go. */
    interface Output {
        /** Takes a record over and says where it will be. */
        Position send(byte[] key, byte[] value, long timestampMs);
    }

    /** A place in the topic. */
    record Position(int partition, long offset) {}
}
