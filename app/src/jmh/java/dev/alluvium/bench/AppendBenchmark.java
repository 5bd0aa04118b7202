package dev.alluvium.bench;

import dev.alluvium.arrow.BytesColumn;
import dev.alluvium.arrow.DoubleColumn;
import dev.alluvium.arrow.LongColumn;
import dev.alluvium.arrow.RecordBatch;
import dev.alluvium.batch.MemoryBudget;
import dev.alluvium.schema.Column;
import dev.alluvium.schema.ColumnType.Scalar;
import dev.alluvium.schema.TableSchema;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Rows of a long, a double and 36 bytes into a record batch. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AppendBenchmark {
    private static final int ROWS = 20_000;
    private static final TableSchema SCHEMA = new TableSchema(
            "rows",
            List.of(
                    Column.required("number", Scalar.INT64),
                    Column.required("value", Scalar.FLOAT64),
                    Column.required("text", Scalar.UTF8)));

    private final MemoryBudget budget = new MemoryBudget(256L << 20);
    private final RecordBatch batch = new RecordBatch(budget.allocator(), SCHEMA);
    private final byte[] text = "01234567-89ab-cdef-0123-456789abcdef".getBytes(StandardCharsets.US_ASCII);

    /** Gives the buffers back. */
    @TearDown
    public void close() {
        batch.close();
        budget.close();
    }

    /** A batch that begins with no memory. */
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public void append(Cpu cpu) {
        LongColumn number = batch.column(0, LongColumn.class);
        DoubleColumn value = batch.column(1, DoubleColumn.class);
        BytesColumn bytes = batch.column(2, BytesColumn.class);
        for (int row = 0; row < ROWS; row++) {
            number.append(row);
            value.append(row * 0.1);
            bytes.append(text);
            batch.endRow();
        }
        batch.clear();
        cpu.add(ROWS);
    }
}
