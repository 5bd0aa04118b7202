package dev.alluvium.batch;

import dev.alluvium.decode.DeltaJson;
import dev.alluvium.decode.DeltaRows;
import dev.alluvium.decode.Group;
import dev.alluvium.parquet.ByteSource;
import dev.alluvium.parquet.FileFacts;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import dev.alluvium.schema.DeltaTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * LakeSync's flush envelope: the deltas of a file as one JSON object, with what the footer of a Parquet file says as its
 * last member. What stands before the deltas is known only after them, so room is left for it and what it does not take
 * stays white space; no more than a line is held in memory. The same rows give the same bytes.
 */
public final class EnvelopeFile implements RowFile {
    /** Only a line break of ours stands unescaped between brackets, and the last one of a file is ours. */
    private static final String FACTS = "\n],\"alluvium\":";

    private static final String CREATED_FROM = "alluvium.timestamp.max";
    private static final DateTimeFormatter ISO_8601 =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
    /** The longest time, clock and number that the head can hold. */
    private static final Instant LATEST = Instant.ofEpochMilli(Long.MAX_VALUE);

    private static final int BUFFER_BYTES = 64 << 10;
    private static final int FACTS_BYTES = 64 << 10;

    private final Path file;
    private final String gateway;
    private final DeltaRows rows;
    private final FileChannel channel;
    private final StringBuilder line = new StringBuilder();
    /** There between two flushes only, since many files are open at once. */
    private @Nullable ByteBuffer buffer;

    private long position;
    private long deltaCount;
    private long byteSize;
    private long leastClock = -1;
    private long greatestClock;
    private boolean isFinished;

    private EnvelopeFile(Path file, String gateway, DeltaRows rows, FileChannel channel) throws IOException {
        this.file = file;
        this.gateway = gateway;
        this.rows = rows;
        this.channel = channel;
        byteSize = Long.MAX_VALUE;
        int room = bytes(head(LATEST, Long.MAX_VALUE, Long.MIN_VALUE, Long.MIN_VALUE)).length;
        byteSize = 0;
        append(" ".repeat(room) + "\"deltas\":[");
        flush();
    }

    /**
     * Envelopes of a gateway.
     *
     * @param tables how the table of a group is declared
     */
    public static Maker of(String gateway, Function<Group, DeltaTable> tables) {
        return (file, group, columns) -> create(file, gateway, tables.apply(group));
    }

    private static EnvelopeFile create(Path file, String gateway, DeltaTable table) throws IOException {
        boolean isPosix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] mode = isPosix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        FileChannel channel =
                FileChannel.open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode);
        try {
            return new EnvelopeFile(file, gateway, new DeltaRows(table), channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            Files.deleteIfExists(file);
            throw e;
        }
    }

    private String head(Instant createdAt, long deltas, long least, long greatest) {
        StringBuilder head = new StringBuilder("{\"version\":1,\"gatewayId\":");
        DeltaJson.appendString(head, gateway);
        return head.append(",\"createdAt\":\"")
                .append(ISO_8601.format(createdAt))
                .append("\",\"hlcRange\":{\"min\":\"")
                .append(Long.toUnsignedString(least))
                .append("\",\"max\":\"")
                .append(Long.toUnsignedString(greatest))
                .append("\"},\"deltaCount\":")
                .append(deltas)
                .append(",\"byteSize\":")
                .append(byteSize)
                .append(',')
                .toString();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void write(VectorSchemaRoot batch) throws IOException {
        try {
            rows.forEach(batch, this::append);
            flush();
        } catch (UncheckedIOException e) {
            throw new IOException("data file " + file + ": " + e.getMessage(), e);
        }
    }

    private void append(RowDelta delta) {
        line.setLength(0);
        line.append(deltaCount == 0 ? "\n" : ",\n");
        DeltaJson.append(line, delta);
        try {
            append(line.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        deltaCount++;
        byteSize += DeltaJson.estimate(delta);
        long clock = delta.getHlc();
        leastClock = Long.compareUnsigned(clock, leastClock) < 0 ? clock : leastClock;
        greatestClock = Long.compareUnsigned(clock, greatestClock) > 0 ? clock : greatestClock;
    }

    private void append(String text) throws IOException {
        byte[] bytes = bytes(text);
        if (buffer != null && buffer.remaining() < bytes.length) {
            flush();
        }
        if (buffer == null) {
            buffer = ByteBuffer.allocate(Math.max(BUFFER_BYTES, bytes.length));
        }
        buffer.put(bytes);
        position += bytes.length;
    }

    @Override
    public void flush() throws IOException {
        if (buffer != null) {
            buffer.flip();
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            buffer = null;
        }
    }

    @Override
    public long bufferedBytes() {
        return buffer == null ? 0 : buffer.capacity();
    }

    @Override
    public long fileBytes() {
        return position;
    }

    @Override
    public long finish(Map<String, String> footer) throws IOException {
        line.setLength(0);
        DeltaJson.appendObject(line.append(FACTS), new TreeMap<>(footer));
        append(line.append("}\n").toString());
        flush();
        long created = Long.parseLong(footer.getOrDefault(CREATED_FROM, "0"));
        long least = deltaCount == 0 ? 0 : leastClock;
        ByteBuffer head = ByteBuffer.wrap(bytes(head(Instant.ofEpochMilli(created), deltaCount, least, greatestClock)));
        while (head.hasRemaining()) {
            channel.write(head, head.position());
        }
        channel.close();
        isFinished = true;
        return position;
    }

    @Override
    public void close() throws IOException {
        if (!isFinished) {
            channel.close();
            Files.deleteIfExists(file);
        }
    }

    /**
     * What an envelope says of itself, read from its end.
     *
     * @throws IllegalArgumentException if it is none of this product
     */
    public static FileFacts facts(ByteSource source) throws IOException {
        long length = source.length();
        for (long size = Math.min(length, FACTS_BYTES); ; size = Math.min(length, 4 * size)) {
            String end = end(source, length - size, (int) size);
            int at = end.lastIndexOf(FACTS);
            if (at >= 0) {
                String facts = end.substring(at + FACTS.length()).strip();
                if (!facts.endsWith("}")) {
                    throw new IllegalArgumentException("the envelope has no end");
                }
                return FileFacts.fromFooter(DeltaJson.members(facts.substring(0, facts.length() - 1)));
            }
            // A value may be a text with any bytes, but facts are never large.
            if (size == length || size > 16 * FACTS_BYTES) {
                throw new IllegalArgumentException("no envelope of Alluvium");
            }
        }
    }

    private static String end(ByteSource source, long from, int size) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(size);
        long at = from;
        while (bytes.hasRemaining()) {
            int read = source.read(at, bytes);
            if (read <= 0) {
                throw new IllegalArgumentException("the envelope ends before its end");
            }
            at += read;
        }
        // The first character may be cut in half; nothing is looked for there.
        return new String(bytes.array(), StandardCharsets.UTF_8);
    }
}
