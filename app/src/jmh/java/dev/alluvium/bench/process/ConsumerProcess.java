package dev.alluvium.bench.process;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.proto.ProtoParquetWriter;
import org.apache.parquet.proto.ProtoWriteSupport;
import org.jspecify.annotations.Nullable;

/**
 * What is compared with: a consumer for each thread, each with its own partitions, that throws records away, parses
 * them with the generated class, or writes them as many teams do who roll their own: parquet-protobuf's writer with its
 * defaults, a file of 128 MiB, a rename, then the offsets.
 */
final class ConsumerProcess {
    private static final long FILE_BYTES = 128L << 20;
    private static final Duration POLL = Duration.ofMillis(100);

    private final Task task;
    private final AtomicLong left;
    private final AtomicLong taken = new AtomicLong();

    private ConsumerProcess(Task task) {
        this.task = task;
        this.left = new AtomicLong(task.records());
    }

    /** What is done with records. */
    enum Mode {
        POLL,
        PARSE,
        WRITE
    }

    /** Says when all is done, and stays until its input ends, so that it can be measured. */
    public static void main(String[] arguments) throws Exception {
        Mode mode = Mode.valueOf(arguments[0]);
        List<String> rest = List.of(arguments).subList(1, arguments.length);
        ConsumerProcess process = new ConsumerProcess(Task.of(rest.toArray(String[]::new)));
        ExecutorService threads = Executors.newFixedThreadPool(Task.THREADS);
        List<Future<?>> running = new ArrayList<>();
        for (int thread = 0; thread < Task.THREADS; thread++) {
            int number = thread;
            running.add(threads.submit(() -> {
                process.consume(mode, number);
                return null;
            }));
        }
        for (Future<?> each : running) {
            each.get();
        }
        threads.shutdown();
        System.out.println(Contestant.DONE);
        while (System.in.read() >= 0) {
            // nothing that is said matters
        }
    }

    private void consume(Mode mode, int thread) throws IOException {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            List<TopicPartition> mine = consumer.partitionsFor(task.topic()).stream()
                    .filter(partition -> partition.partition() % Task.THREADS == thread)
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList();
            consumer.assign(mine);
            consumer.seekToBeginning(mine);
            switch (mode) {
                case POLL -> discard(consumer, null);
                case PARSE -> discard(consumer, task.data().parser());
                case WRITE -> write(consumer, thread);
            }
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        task.bootstrapServers(),
                        "group.id",
                        "consumer-" + task.work().getFileName(),
                        "enable.auto.commit",
                        "false",
                        "max.poll.records",
                        Integer.toString(Task.POLL_RECORDS)),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private void discard(KafkaConsumer<byte[], byte[]> consumer, @Nullable Parser<? extends Message> parser)
            throws IOException {
        while (left.get() > 0) {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            long bytes = 0;
            for (ConsumerRecord<byte[], byte[]> record : records) {
                bytes += parser == null
                        ? record.value().length
                        : parser.parseFrom(record.value()).getSerializedSize();
            }
            taken.addAndGet(bytes);
            left.addAndGet(-records.count());
        }
    }

    private void write(KafkaConsumer<byte[], byte[]> consumer, int thread) throws IOException {
        Parser<? extends Message> parser = task.data().parser();
        ParquetWriter<Message> writer = null;
        Path unfinished = null;
        for (int files = 0; left.get() > 0 || writer != null; ) {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            if (writer == null && !records.isEmpty()) {
                unfinished = task.files().resolve("part-" + thread + "-" + files++ + ".parquet.tmp");
                writer = open(unfinished);
            }
            for (ConsumerRecord<byte[], byte[]> record : records) {
                Objects.requireNonNull(writer).write(parser.parseFrom(record.value()));
            }
            boolean isLast = left.addAndGet(-records.count()) <= 0;
            if (writer != null && unfinished != null && (isLast || writer.getDataSize() > FILE_BYTES)) {
                writer.close();
                writer = null;
                String name = unfinished.getFileName().toString();
                Files.move(unfinished, unfinished.resolveSibling(name.substring(0, name.length() - ".tmp".length())));
                consumer.commitSync();
            }
        }
    }

    private ParquetWriter<Message> open(Path file) throws IOException {
        Configuration configuration = new Configuration(false);
        ProtoWriteSupport.setWriteSpecsCompliant(configuration, true);
        return ProtoParquetWriter.<Message>builder(new LocalOutputFile(file))
                .withMessage(task.data().prototype().getClass())
                .withConf(configuration)
                .withCompressionCodec(CompressionCodecName.ZSTD)
                .build();
    }
}
