package dev.alluvium.read;

import com.google.protobuf.Descriptors.Descriptor;
import dev.alluvium.arrow.RecordBatch;
import dev.alluvium.decode.Group;
import dev.alluvium.decode.RecordDecoder;
import dev.alluvium.decode.Rejection;
import dev.alluvium.parquet.DataFileWriter;
import dev.alluvium.parquet.FileFacts;
import dev.alluvium.parquet.WriterSettings;
import dev.alluvium.record.SourceRecord;
import dev.alluvium.schema.MessageTypes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;

/** Data files as the product writes them, without Kafka: decoder, record batch, file and footer are the product's. */
public final class Archived {
    private static final long TIMESTAMP_MS = 1_795_251_784_000L;

    private final RecordDecoder decoder;
    private final Descriptor message;
    private WriterSettings settings = WriterSettings.DEFAULT;
    private String cluster = "cluster";
    private String topic = "topic";
    private String pipeline = "pipeline";

    /** @param message the type of all values */
    public Archived(RecordDecoder decoder, Descriptor message) {
        this.decoder = decoder;
        this.message = message;
    }

    public Archived with(WriterSettings changed) {
        settings = changed;
        return this;
    }

    /** What the records come from: names of cluster, topic and pipeline. */
    public Archived from(String ofCluster, String ofTopic, String ofPipeline) {
        cluster = ofCluster;
        topic = ofTopic;
        pipeline = ofPipeline;
        return this;
    }

    /**
     * Writes a file for each group of these values, whose first one has the offset; fails if one is rejected. A value that
     * is null is a tombstone.
     */
    public void write(Path folder, Function<Group, String> key, long offset, List<byte @Nullable []> values)
            throws IOException {
        Map<Group, RecordBatch> batches = new LinkedHashMap<>();
        Map<Group, Map<String, String>> facts = new HashMap<>();
        try (RootAllocator allocator = new RootAllocator()) {
            try {
                long next = offset;
                for (byte @Nullable [] value : values) {
                    Rejection rejection = decoder.read(new SourceRecord(next++, TIMESTAMP_MS, null, value));
                    if (rejection != null) {
                        throw new AssertionError(rejection.toString());
                    }
                    Group group = decoder.group();
                    RecordBatch batch = batches.computeIfAbsent(group, one -> new RecordBatch(allocator, one.schema()));
                    facts.computeIfAbsent(group, one -> new HashMap<>(one.attributes()))
                            .putAll(decoder.footerFacts());
                    decoder.newColumns(batch).forEach(batch::addColumn);
                    decoder.append(batch);
                }
                for (Map.Entry<Group, RecordBatch> entry : batches.entrySet()) {
                    Group group = entry.getKey();
                    write(
                            folder.resolve(key.apply(group)),
                            entry.getValue(),
                            group,
                            facts.getOrDefault(group, Map.of()),
                            offset,
                            values.size());
                }
            } finally {
                batches.values().forEach(RecordBatch::close);
            }
        }
    }

    private void write(Path file, RecordBatch batch, Group group, Map<String, String> extra, long offset, int records)
            throws IOException {
        FileFacts facts = new FileFacts(
                cluster,
                topic,
                topic + "-id",
                0,
                pipeline,
                group.id(),
                offset,
                offset + records - 1,
                offset + records,
                records,
                batch.rowCount(),
                0,
                0,
                TIMESTAMP_MS,
                TIMESTAMP_MS,
                batch.schema().fingerprint(),
                1,
                Base64.getEncoder().encodeToString(MessageTypes.descriptorSet(message)),
                "test",
                extra);
        Files.createDirectories(file.toAbsolutePath().getParent());
        try (DataFileWriter writer = DataFileWriter.create(file, batch.schema(), settings)) {
            writer.write(batch.root());
            writer.finish(facts.toFooter());
        }
    }
}
