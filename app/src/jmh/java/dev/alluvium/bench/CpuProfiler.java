package dev.alluvium.bench;

import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/** CPU time a record, which counts on a machine that others use too, and bytes of file a record. */
public final class CpuProfiler implements InternalProfiler {
    /** Made by JMH. */
    public CpuProfiler() {}

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {}

    @Override
    public List<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        return List.of(
                new ScalarResult("cpu", Cpu.nanosPerRecord, "ns/record", AggregationPolicy.AVG),
                new ScalarResult("file", Cpu.bytesPerRecord, "bytes/record", AggregationPolicy.AVG));
    }

    @Override
    public String getDescription() {
        return "CPU time of the measuring thread a record";
    }
}
