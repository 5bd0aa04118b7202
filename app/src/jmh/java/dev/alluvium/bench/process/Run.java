package dev.alluvium.bench.process;

/**
 * What one process took for one topic, from its launch until all rows were visible.
 *
 * @param cpuSeconds of user and system, of all its threads
 * @param brokerCpuSeconds of the broker in the same time
 * @param peakRssMiB 0 where the system does not tell
 * @param bytes of the finished files
 * @param fault why it does not count; empty if it does
 */
record Run(
        Contestant contestant,
        long records,
        double wallSeconds,
        double cpuSeconds,
        double brokerCpuSeconds,
        long peakRssMiB,
        long rows,
        long files,
        long bytes,
        String fault) {
    boolean counts() {
        return fault.isEmpty();
    }
}
