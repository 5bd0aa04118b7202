package dev.alluvium.bench;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.alluvium.arrow.RecordBatch;
import dev.alluvium.decode.ProtobufDecoder;
import dev.alluvium.parquet.DataFileWriter;
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
import org.apache.arrow.memory.RootAllocator;
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
    private static final long BATCH_BYTES = 8L << 20;
    /** A file system that is memory. */
    private static final Path MEMORY = Path.of("/dev/shm");

    /** What is written. */
    @Param
    public BenchData data = BenchData.DELTAS;

    /** How: zstd at level 3. */
    @Param({"ZSTD", "SNAPPY"})
    public Codec codec = Codec.ZSTD;

    private Path folder = MEMORY;
    private List<SourceRecord> records = List.of();
    private WriterSettings settings = WriterSettings.DEFAULT;
    private RootAllocator allocator = new RootAllocator();

    /** Makes the records. */
    @Setup
    public void open() throws IOException {
        folder = Files.createTempDirectory(MEMORY, "alluvium-bench");
        records = data.records();
        settings = new WriterSettings(
                codec,
                3,
                WriterSettings.DEFAULT.rowGroupBytes(),
                WriterSettings.DEFAULT.pageBytes(),
                WriterSettings.DEFAULT.pageRows());
    }

    /** Leaves nothing behind. */
    @TearDown
    public void close() throws IOException {
        allocator.close();
        Files.delete(folder);
    }

    /** Bytes into columns, columns into pages, pages into a file. */
    @Benchmark
    @OperationsPerInvocation(BenchData.RECORDS)
    public void alluvium(Cpu cpu) throws IOException {
        ProtobufDecoder decoder = data.decoder();
        Path file = folder.resolve("alluvium.parquet");
        try (RecordBatch batch = new RecordBatch(allocator, data.schema());
                DataFileWriter writer = DataFileWriter.create(file, data.schema(), settings)) {
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
            cpu.fileBytes = writer.finish(Map.of());
        }
        Files.delete(file);
        cpu.add(records.size());
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
        cpu.fileBytes = Files.size(file);
        Files.delete(file);
        cpu.add(records.size());
    }
}
