package dev.alluvium.bench;

import dev.alluvium.arrow.RecordBatch;
import dev.alluvium.batch.MemoryBudget;
import dev.alluvium.batch.RowFile;
import dev.alluvium.decode.ProtobufDecoder;
import dev.alluvium.parquet.LearnedEncodings;
import dev.alluvium.parquet.WriterSettings;
import dev.alluvium.parquet.WriterSettings.Codec;
import dev.alluvium.record.SourceRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

/** From Arrow buffers that are filled already to a whole file in memory. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EncodeBenchmark {
    private static final int BATCH_ROWS = 20_000;
    private static final long BUDGET_BYTES = 512L << 20;
    private static final Path MEMORY = Path.of("/dev/shm");

    /** What is written. */
    @Param
    public BenchData data = BenchData.DELTAS;

    /** How: zstd at level 3. */
    @Param({"ZSTD", "SNAPPY", "NONE"})
    public Codec codec = Codec.ZSTD;

    private final MemoryBudget budget = new MemoryBudget(BUDGET_BYTES);
    private final List<RecordBatch> batches = new ArrayList<>();
    private Path folder = MEMORY;
    private ProtobufDecoder decoder = BenchData.DELTAS.decoder();
    private RowFile.Maker files = RowFile.parquet(WriterSettings.DEFAULT, budget, new LearnedEncodings());

    /** Fills the batches. */
    @Setup
    public void open() throws IOException {
        folder = Files.createTempDirectory(MEMORY, "alluvium-bench");
        files = RowFile.parquet(
                new WriterSettings(codec, 3, 16 << 20, 1 << 20, BATCH_ROWS), budget, new LearnedEncodings());
        decoder = data.decoder();
        RecordBatch batch = new RecordBatch(budget.allocator(), data.schema());
        for (SourceRecord record : data.records()) {
            if (decoder.read(record) != null) {
                throw new IllegalStateException("a record was rejected");
            }
            decoder.append(batch);
            if (batch.rowCount() == BATCH_ROWS) {
                batches.add(batch);
                batch = new RecordBatch(budget.allocator(), data.schema());
            }
        }
        batches.add(batch);
    }

    /** Leaves nothing behind. */
    @TearDown
    public void close() throws IOException {
        batches.forEach(RecordBatch::close);
        budget.close();
        Files.delete(folder);
    }

    /** Columns into pages, pages into a file. */
    @Benchmark
    @OperationsPerInvocation(BenchData.RECORDS)
    public void encode(Cpu cpu) throws IOException {
        Path file = folder.resolve("encoded.parquet");
        try (RowFile writer = files.create(file, decoder.group(), data.schema())) {
            for (RecordBatch batch : batches) {
                writer.write(batch.root());
            }
            cpu.add(BenchData.RECORDS, writer.finish(Map.of()));
        }
        Files.delete(file);
    }
}
