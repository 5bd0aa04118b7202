package dev.alluvium.parquet;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a data file says of itself in its footer. The keys are public: documented in docs/formats.md, guarded by a
 * golden test.
 *
 * @param group id of the batch group
 * @param firstOffset offset of the first record in the file
 * @param lastOffset offset of the last record in the file
 * @param endOffset where the file was cut, exclusive; may lie behind the last record when other groups came between
 * @param undelivered offsets of the range that the broker never delivered: transaction markers, aborted or compacted
 *     records
 * @param sourceChecksum {@link dev.alluvium.record.SourceChecksum} over the source records
 * @param layoutVersion version of how rows are laid out
 * @param descriptorSet base64 of the serialized FileDescriptorSet of the message; empty if there is none
 * @param extra facts of the data set, under their own keys
 */
public record FileFacts(
        String clusterId,
        String topic,
        String topicId,
        int partition,
        String pipeline,
        String group,
        long firstOffset,
        long lastOffset,
        long endOffset,
        long records,
        long rows,
        long undelivered,
        long sourceChecksum,
        long minTimestampMs,
        long maxTimestampMs,
        String schemaFingerprint,
        int layoutVersion,
        String descriptorSet,
        String writerVersion,
        Map<String, String> extra) {

    private static final String PREFIX = "alluvium.";
    /** By which some readers of Parquet would take the columns for others. */
    private static final String AVRO_SCHEMA = "parquet.avro.schema";

    public FileFacts {
        extra = Map.copyOf(extra);
        for (String key : extra.keySet()) {
            if (isTaken(key)) {
                throw new IllegalArgumentException("key " + key + " is not for facts of a data set");
            }
        }
    }

    /** Whether a key of the footer means something else than a fact of a data set. */
    public static boolean isTaken(String key) {
        return key.startsWith(PREFIX) || key.equals(AVRO_SCHEMA);
    }

    /** Whether another file holds the same records in the same layout: then it is this file, written by another try. */
    public boolean isSameFileAs(FileFacts other) {
        return clusterId.equals(other.clusterId)
                && topicId.equals(other.topicId)
                && pipeline.equals(other.pipeline)
                && partition == other.partition
                && group.equals(other.group)
                && firstOffset == other.firstOffset
                && endOffset == other.endOffset
                && records == other.records
                && rows == other.rows
                && sourceChecksum == other.sourceChecksum
                && layoutVersion == other.layoutVersion;
    }

    /** The footer's key-value pairs, the facts of the data set in the order of their keys. */
    public Map<String, String> toFooter() {
        Map<String, String> footer = new LinkedHashMap<>();
        put(footer, "format.version", 1);
        put(footer, "cluster.id", clusterId);
        put(footer, "topic", topic);
        put(footer, "topic.id", topicId);
        put(footer, "partition", partition);
        put(footer, "pipeline", pipeline);
        put(footer, "group", group);
        put(footer, "offset.first", firstOffset);
        put(footer, "offset.last", lastOffset);
        put(footer, "offset.end", endOffset);
        put(footer, "records", records);
        put(footer, "rows", rows);
        put(footer, "undelivered", undelivered);
        put(footer, "source.checksum", Long.toHexString(sourceChecksum));
        put(footer, "timestamp.min", minTimestampMs);
        put(footer, "timestamp.max", maxTimestampMs);
        put(footer, "schema.fingerprint", schemaFingerprint);
        put(footer, "layout.version", layoutVersion);
        put(footer, "descriptor.set", descriptorSet);
        put(footer, "writer.version", writerVersion);
        footer.putAll(new TreeMap<>(extra));
        return footer;
    }

    private static void put(Map<String, String> footer, String key, Object value) {
        footer.put(PREFIX + key, String.valueOf(value));
    }

    /** Whether these pairs are those of a data file of this product, of whatever format version. */
    public static boolean areIn(Map<String, String> footer) {
        return footer.containsKey(PREFIX + "format.version");
    }

    /**
     * Reads the facts back.
     *
     * @throws IllegalArgumentException if the pairs are not those of a data file of this product
     */
    public static FileFacts fromFooter(Map<String, String> footer) {
        Map<String, String> extra = new LinkedHashMap<>(footer);
        extra.keySet().removeIf(FileFacts::isTaken);
        if (number(footer, "format.version") != 1) {
            throw new IllegalArgumentException("footer format " + text(footer, "format.version") + " is not known");
        }
        return new FileFacts(
                text(footer, "cluster.id"),
                text(footer, "topic"),
                text(footer, "topic.id"),
                (int) number(footer, "partition"),
                text(footer, "pipeline"),
                text(footer, "group"),
                number(footer, "offset.first"),
                number(footer, "offset.last"),
                number(footer, "offset.end"),
                number(footer, "records"),
                number(footer, "rows"),
                number(footer, "undelivered"),
                Long.parseUnsignedLong(text(footer, "source.checksum"), 16),
                number(footer, "timestamp.min"),
                number(footer, "timestamp.max"),
                text(footer, "schema.fingerprint"),
                (int) number(footer, "layout.version"),
                text(footer, "descriptor.set"),
                text(footer, "writer.version"),
                extra);
    }

    private static String text(Map<String, String> footer, String key) {
        String value = footer.get(PREFIX + key);
        if (value == null) {
            throw new IllegalArgumentException("footer has no " + PREFIX + key + ": not a data file of Alluvium");
        }
        return value;
    }

    private static long number(Map<String, String> footer, String key) {
        return Long.parseLong(text(footer, key));
    }
}
