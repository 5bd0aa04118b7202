package dev.alluvium.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import dev.alluvium.parquet.ParquetSchema;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import dev.alluvium.proto.telemetry.v1.TelemetryRecord;
import dev.alluvium.schema.ProtobufMapping;
import dev.alluvium.schema.ProtobufMapping.Times;
import dev.alluvium.schema.ProtobufSchema;
import dev.alluvium.schema.TableSchema;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What became of messages under layout version 1, word for word. Archives are full of files with this mapping: a program
 * that maps differently raises the version and keeps this one for those who have it. It is the mapping of the message
 * itself: where tombstones are rows, each of its columns is nullable besides, which {@link TombstonesTest} holds.
 */
class GoldenMappingTest {
    private static final String GOLDEN = "layout-1.txt";

    @Test
    void theMappingOfFilesThatExistNeverChanges() {
        String golden = new String(GoldenTypes.bytes(GOLDEN), StandardCharsets.UTF_8);

        assertThat(mapping()).as("src/test/resources/mapping/" + GOLDEN).isEqualTo(golden);
    }

    static String mapping() {
        Descriptor everything = GoldenTypes.everything();
        Descriptor legacy = GoldenTypes.legacy();
        Descriptor modern = GoldenTypes.modern();
        ProtobufMapping other = new ProtobufMapping(1, Times.NANOS);
        return schema(everything, ProtobufMapping.DEFAULT)
                + schema(everything, other)
                + schema(legacy, ProtobufMapping.DEFAULT)
                + schema(modern, ProtobufMapping.DEFAULT)
                + schema(RowDelta.getDescriptor(), ProtobufMapping.DEFAULT)
                + schema(TelemetryRecord.getDescriptor(), ProtobufMapping.DEFAULT)
                + row(everything, "everything.txtpb", ProtobufMapping.DEFAULT)
                + row(everything, "everything.txtpb", other)
                + row(legacy, "legacy.txtpb", ProtobufMapping.DEFAULT)
                + row(modern, "modern.txtpb", ProtobufMapping.DEFAULT);
    }

    private static String name(ProtobufMapping mapping) {
        return "ProtobufMapping[depth=" + mapping.depth() + ", times=" + mapping.times() + "]";
    }

    private static String schema(Descriptor type, ProtobufMapping mapping) {
        TableSchema schema = ProtobufSchema.of(type, mapping);
        return "== " + type.getFullName() + ", " + name(mapping) + ", fingerprint " + schema.fingerprint() + "\n"
                + ParquetSchema.of(schema);
    }

    private static String row(Descriptor type, String resource, ProtobufMapping mapping) {
        StringBuilder text = new StringBuilder("== " + resource + ", " + name(mapping) + "\n");
        try (ProtobufArchive archive = new ProtobufArchive(type, mapping)) {
            archive.with(GoldenTypes.message(type, resource))
                    .row()
                    .forEach((column, value) -> text.append(column)
                            .append(" = ")
                            .append(text(value))
                            .append('\n'));
        }
        return text.toString();
    }

    private static String text(@Nullable Object value) {
        if (value instanceof byte[] bytes) {
            return "0x" + HexFormat.of().formatHex(bytes);
        }
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> text(entry.getKey()) + ": " + text(entry.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        if (value instanceof List<?> list) {
            return list.stream().map(GoldenMappingTest::text).collect(Collectors.joining(", ", "[", "]"));
        }
        return String.valueOf(value);
    }
}
