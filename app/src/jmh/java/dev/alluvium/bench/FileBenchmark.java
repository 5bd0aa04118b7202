package dev.alluvium.bench;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.alluvium.arrow.RecordBatch;
import dev.alluvium.batch.MemoryBudget;
import dev.alluvium.batch.RowFile;
import dev.alluvium.decode.Group;
import dev.alluvium.decode.ProtobufDecoder;
import dev.alluvium.parquet.LearnedEncodings;
import dev.alluvium.parquet.WriterSettings;
import dev.alluvium.parquet.WriterSettings.Codec;
import dev.alluvium.record.SourceRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.proto.ProtoParquetWriter;
import org.apache.parquet.proto.ProtoWriteSupport;
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

/** From the bytes of records to a whole file in memory, against parquet-protobuf with the generated class. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FileBenchmark {
    private static final int BATCH_ROWS = 20_000;

    private static final long BUDGET_BYTES = 256L << 20;
    private static final long BATCH_BYTES = 8L << 20;
    /** A file system that is memory. */
    private static final Path MEMORY = Path.of("/dev/shm");

    /** What is written. */
    @Param
    public BenchData data = BenchData.DELTAS;

    /** How: zstd at level 3. */
    @Param({"ZSTD", "SNAPPY"})
    public Codec codec = Codec.ZSTD;

    private final MemoryBudget budget = new MemoryBudget(BUDGET_BYTES);
    private Path folder = MEMORY;
    private List<SourceRecord> records = List.of();
    private RowFile.Maker files = RowFile.parquet(WriterSettings.DEFAULT, budget, new LearnedEncodings());

    /** Makes the records. */
    @Setup
    public void open() throws IOException {
        folder = Files.createTempDirectory(MEMORY, "alluvium-bench");
        records = data.records();
        WriterSettings settings = new WriterSettings(
                codec,
                3,
                WriterSettings.DEFAULT.rowGroupBytes(),
                WriterSettings.DEFAULT.pageBytes(),
                WriterSettings.DEFAULT.pageRows());
        files = RowFile.parquet(settings, budget, new LearnedEncodings());
    }

    /** Leaves nothing behind. */
    @TearDown
    public void close() throws IOException {
        budget.close();
        Files.delete(folder);
    }

    private Group group(ProtobufDecoder decoder) {
        if (decoder.read(records.get(0)) != null) {
            throw new IllegalStateException("a record was rejected");
        }
        return decoder.group();
    }

    /** Bytes into columns, columns into pages, pages into a file. */
    @Benchmark
    @OperationsPerInvocation(BenchData.RECORDS)
    public void alluvium(Cpu cpu) throws IOException {
        ProtobufDecoder decoder = data.decoder();
        Path file = folder.resolve("alluvium.parquet");
        try (RecordBatch batch = new RecordBatch(budget.allocator(), data.schema());
                RowFile writer = files.create(file, group(decoder), data.schema())) {
            for (SourceRecord record : records) {
                if (decoder.read(record) != null) {
                    throw new IllegalStateException("a record was rejected");
                }
                decoder.append(batch);
                if (batch.rowCount() >= BATCH_ROWS || batch.byteSize() >= BATCH_BYTES) {
                    writer.write(batch.root());
                    batch.clear();
                }
            }
            writer.write(batch.root());
            cpu.add(records.size(), writer.finish(Map.of()));
        }
        Files.delete(file);
    }

    /** What many teams use: generated class, parquet-protobuf, its defaults. */
    @Benchmark
    @OperationsPerInvocation(BenchData.RECORDS)
    public void protoParquetWriter(Cpu cpu) throws IOException {
        Parser<? extends Message> parser = data.parser();
        Path file = folder.resolve("proto.parquet");
        Configuration configuration = new Configuration(false);
        ProtoWriteSupport.setWriteSpecsCompliant(configuration, true);
        try (ParquetWriter<Message> writer = ProtoParquetWriter.<Message>builder(new LocalOutputFile(file))
                .withMessage(data.prototype().getClass())
                .withConf(configuration)
                .withCompressionCodec(CompressionCodecName.valueOf(codec.name()))
                .build()) {
            for (SourceRecord record : records) {
                writer.write(parser.parseFrom(Objects.requireNonNull(record.value())));
            }
        }
        cpu.add(records.size(), Files.size(file));
        Files.delete(file);
    }
}
