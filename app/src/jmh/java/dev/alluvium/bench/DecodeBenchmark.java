package dev.alluvium.bench;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.alluvium.arrow.RecordBatch;
import dev.alluvium.batch.MemoryBudget;
import dev.alluvium.decode.ProtobufDecoder;
import dev.alluvium.record.SourceRecord;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/** From the bytes of records into Arrow buffers, against parsing the same bytes with the generated class. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DecodeBenchmark {
    /** As a batch of a pipeline has. */
    private static final int BATCH_ROWS = 20_000;

    private static final long BUDGET_BYTES = 256L << 20;

    /** What is read. */
    @Param
    public BenchData data = BenchData.DELTAS;

    private List<SourceRecord> records = List.of();
    private Parser<? extends Message> parser = BenchData.DELTAS.parser();
    private ProtobufDecoder decoder = BenchData.DELTAS.decoder();
    private final MemoryBudget budget = new MemoryBudget(BUDGET_BYTES);
    private RecordBatch batch = new RecordBatch(budget.allocator(), data.schema());

    /** Opens the batch. */
    @Setup
    public void open() {
        records = data.records();
        parser = data.parser();
        decoder = data.decoder();
        batch = new RecordBatch(budget.allocator(), data.schema());
    }

    /** Gives the buffers back. */
    @TearDown
    public void close() {
        batch.close();
        budget.close();
    }

    /** Wire plan into columns. */
    @Benchmark
    @OperationsPerInvocation(BenchData.RECORDS)
    public void decode(Cpu cpu) {
        for (SourceRecord record : records) {
            if (decoder.read(record) != null) {
                throw new IllegalStateException("a record was rejected");
            }
            decoder.append(batch);
            if (batch.rowCount() == BATCH_ROWS) {
                batch.clear();
            }
        }
        cpu.add(records.size());
    }

    /** The generated class, the message thrown away. */
    @Benchmark
    @OperationsPerInvocation(BenchData.RECORDS)
    public void parse(Cpu cpu, Blackhole sink) throws InvalidProtocolBufferException {
        for (SourceRecord record : records) {
            sink.consume(parser.parseFrom(Objects.requireNonNull(record.value())));
        }
        cpu.add(records.size());
    }
}
