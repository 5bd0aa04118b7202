package dev.alluvium.decode;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import dev.alluvium.arrow.RecordBatch;
import dev.alluvium.decode.ProtobufSettings.Tombstones;
import dev.alluvium.parquet.DataFileReader;
import dev.alluvium.parquet.DataFileWriter;
import dev.alluvium.parquet.WriterSettings;
import dev.alluvium.record.SourceRecord;
import dev.alluvium.schema.Column;
import dev.alluvium.schema.ColumnType;
import dev.alluvium.schema.MessageTypes;
import dev.alluvium.schema.ProtobufMapping;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/** A decoder with one batch that its rows go to, and the messages read back from it. Closing it fails if a buffer leaked. */
final class ProtobufArchive implements AutoCloseable {
    private final RootAllocator allocator = new RootAllocator();
    private final Descriptor message;
    private final ProtobufMapping mapping;
    private final ProtobufDecoder decoder;
    private final RecordBatch batch;

    ProtobufArchive(Descriptor message, ProtobufMapping mapping, Tombstones tombstones) {
        this.message = message;
        this.mapping = mapping;
        this.decoder =
                new ProtobufDecoder(new ProtobufSettings(message, Partitioning.NONE, true, mapping, tombstones), 3);
        Rejection none = decoder.read(new SourceRecord(0, 0, null, new byte[0]));
        if (none != null) {
            throw new AssertionError("the empty message is rejected: " + none);
        }
        this.batch = new RecordBatch(allocator, decoder.group().schema());
    }

    ProtobufArchive(Descriptor message, ProtobufMapping mapping) {
        this(message, mapping, Tombstones.REJECT);
    }

    ProtobufArchive(Descriptor message) {
        this(message, ProtobufMapping.DEFAULT);
    }

    /** Archives a message; returns why it is none, or null. */
    @Nullable
    Rejection add(byte @Nullable [] value) {
        Rejection rejection = decoder.read(new SourceRecord(batch.rowCount(), 1_000, null, value));
        if (rejection == null) {
            decoder.newColumns(batch).forEach(batch::addColumn);
            if (decoder.append(batch) != 1) {
                throw new AssertionError("a message is not one row");
            }
        }
        return rejection;
    }

    /** Archives a message that must be accepted. */
    ProtobufArchive with(byte[] value) {
        Rejection rejection = add(value);
        if (rejection != null) {
            throw new AssertionError(rejection.toString());
        }
        return this;
    }

    List<String> columns() {
        return batch.schema().columns().stream().map(Column::name).toList();
    }

    int rowCount() {
        return batch.rowCount();
    }

    /** The rows in the form in which a data file's reader gives them, without going through a file. */
    List<Map<String, @Nullable Object>> rows() {
        List<Column> columns = batch.schema().columns();
        VectorSchemaRoot root = batch.root();
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (int i = 0; i < batch.rowCount(); i++) {
            rows.add(struct(columns, ArrowRows.row(root, columns, i)));
        }
        return rows;
    }

    /** The only row. */
    Map<String, @Nullable Object> row() {
        List<Map<String, @Nullable Object>> rows = rows();
        if (rows.size() != 1) {
            throw new AssertionError(rows.size() + " rows");
        }
        return rows.get(0);
    }

    /** The messages behind the rows. */
    List<DynamicMessage> messages() {
        ProtobufRows reader = new ProtobufRows(message, mapping.times());
        return rows().stream().map(reader::message).toList();
    }

    /** The messages behind the rows, by way of a data file and of nothing but what it says itself. */
    List<DynamicMessage> messagesOf(Path file) throws IOException {
        Map<String, String> footer = new LinkedHashMap<>(decoder.group().attributes());
        footer.put("set", Base64.getEncoder().encodeToString(MessageTypes.descriptorSet(message)));
        try (DataFileWriter writer = DataFileWriter.create(file, batch.schema(), WriterSettings.DEFAULT)) {
            writer.write(batch.root());
            writer.finish(footer);
        }
        try (DataFileReader reader = DataFileReader.open(file)) {
            Map<String, String> facts = reader.footer();
            String set = facts.getOrDefault("set", "");
            ProtobufRows rows = ProtobufRows.of(reader.schema().getName(), set, facts);
            return reader.rows().stream().map(rows::message).toList();
        }
    }

    private static Map<String, @Nullable Object> struct(List<Column> columns, Map<?, ?> arrow) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        columns.forEach(column -> row.put(column.name(), value(column.type(), arrow.get(column.name()))));
        return row;
    }

    private static @Nullable Object value(ColumnType type, @Nullable Object arrow) {
        if (arrow == null) {
            return null;
        }
        if (type instanceof ColumnType.Struct struct) {
            return struct(struct.fields(), (Map<?, ?>) arrow);
        }
        if (type instanceof ColumnType.ListOf list) {
            List<@Nullable Object> elements = new ArrayList<>();
            ((List<?>) arrow).forEach(element -> elements.add(value(list.element(), element)));
            return elements;
        }
        if (type instanceof ColumnType.MapOf map) {
            Map<@Nullable Object, @Nullable Object> entries = new LinkedHashMap<>();
            ((Map<?, ?>) arrow).forEach((key, one) -> entries.put(value(map.key(), key), value(map.value(), one)));
            return entries;
        }
        return switch ((ColumnType.Scalar) type) {
            case UINT32 -> Integer.toUnsignedLong((int) arrow);
            case UINT64 -> new BigInteger(Long.toUnsignedString((long) arrow));
            case FLOAT32 -> Float.intBitsToFloat((int) arrow);
            case FLOAT64 -> Double.longBitsToDouble((long) arrow);
            case BINARY -> ((ByteString) arrow).toByteArray();
            case TIMESTAMP_MICROS -> Instant.EPOCH.plus((long) arrow, ChronoUnit.MICROS);
            case TIMESTAMP_NANOS -> Instant.EPOCH.plus((long) arrow, ChronoUnit.NANOS);
            case LOCAL_TIMESTAMP_MICROS ->
                LocalDateTime.ofInstant(Instant.EPOCH.plus((long) arrow, ChronoUnit.MICROS), ZoneOffset.UTC);
            case DATE -> LocalDate.ofEpochDay((int) arrow);
            case BOOL, INT32, INT64, UTF8, JSON, ENUM -> arrow;
        };
    }

    @Override
    public void close() {
        batch.close();
        allocator.close();
    }
}
