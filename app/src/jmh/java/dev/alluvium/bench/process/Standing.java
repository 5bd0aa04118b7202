package dev.alluvium.bench.process;

import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a contestant reached on a data set over all its runs that count.
 *
 * @param few runs on the smaller topic, in order
 * @param many runs on the larger topic, in order
 */
record Standing(Contestant contestant, List<Run> few, List<Run> many) {
    static Standing of(Contestant contestant, List<Run> all, Topic few, Topic many) {
        return new Standing(
                contestant, counting(contestant, all, few.records()), counting(contestant, all, many.records()));
    }

    private static List<Run> counting(Contestant contestant, List<Run> all, long records) {
        return all.stream()
                .filter(run -> run.contestant() == contestant && run.records() == records && run.counts())
                .toList();
    }

    boolean counts() {
        return !few.isEmpty() && !many.isEmpty();
    }

    /** CPU seconds that a further million records take, once for each pair of runs: start and compilation fall away. */
    List<Double> slopes() {
        return slopes(Run::cpuSeconds);
    }

    /** Likewise of the broker. */
    List<Double> brokerSlopes() {
        return slopes(Run::brokerCpuSeconds);
    }

    private List<Double> slopes(ToDoubleFunction<Run> seconds) {
        return IntStream.range(0, Math.min(few.size(), many.size()))
                .mapToObj(i -> (seconds.applyAsDouble(many.get(i)) - seconds.applyAsDouble(few.get(i)))
                        * 1e6
                        / (many.get(i).records() - few.get(i).records()))
                .toList();
    }

    /** On the larger topic, start included. */
    double recordsPerSecond() {
        return median(
                many.stream().map(run -> run.records() / run.wallSeconds()).toList());
    }

    /** The highest of all runs. */
    long peakRssMiB() {
        return Stream.concat(few.stream(), many.stream())
                .mapToLong(Run::peakRssMiB)
                .max()
                .orElse(0);
    }

    /** Of the files of the last run on the larger topic. */
    long bytes() {
        return many.get(many.size() - 1).bytes();
    }

    long files() {
        return many.get(many.size() - 1).files();
    }

    long rows() {
        return many.get(many.size() - 1).rows();
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted(Comparator.naturalOrder()).toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
