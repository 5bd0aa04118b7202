package dev.alluvium.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.alluvium.parquet.ColumnChunk;
import dev.alluvium.parquet.FileColumn;
import dev.alluvium.parquet.RowGroup;
import dev.alluvium.read.DataFile;
import dev.alluvium.read.RowJson;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a data file's footer says, for people and for programs. */
final class FileReport {
    private static final JsonFactory JSON = new JsonFactory();
    private static final String DESCRIPTOR_SET = "alluvium.descriptor.set";
    private static final int MAX_SHOWN = 32;
    private static final int MAX_FACT = 400;

    private FileReport() {}

    // ---- for people ------------------------------------------------------------------------------------------------

    static String text(DataFile file, long bytes) throws IOException {
        StringBuilder text = new StringBuilder();
        List<RowGroup> rowGroups = file.rowGroups();
        text.append("file: ").append(file.key()).append('\n');
        text.append("bytes: ").append(bytes).append('\n');
        text.append("rows: ").append(file.rowCount()).append('\n');
        text.append("written by: ").append(file.createdBy()).append('\n');
        text.append("\nschema:\n").append(indented(file.schemaText()));
        for (int i = 0; i < rowGroups.size(); i++) {
            RowGroup rowGroup = rowGroups.get(i);
            text.append("\nrow group ").append(i + 1).append(" of ").append(rowGroups.size());
            text.append(": ").append(rowGroup.rows()).append(" rows, ");
            text.append(rowGroup.compressedBytes()).append(" bytes, uncompressed ");
            text.append(rowGroup.uncompressedBytes()).append('\n');
            text.append(table(rowGroup));
        }
        text.append("\nfacts:\n");
        for (Map.Entry<String, String> fact : new TreeMap<>(file.footer()).entrySet()) {
            boolean isSet = fact.getKey().equals(DESCRIPTOR_SET);
            String value = isSet ? filesOf(fact.getValue()) : shortened(fact.getValue());
            text.append("  ").append(fact.getKey()).append(": ").append(value).append('\n');
        }
        file.messageType().ifPresent(type -> {
            text.append("\nmessage: ").append(type.getFullName()).append('\n');
            type.getFields()
                    .forEach(field ->
                            text.append("  ").append(declaration(field)).append('\n'));
        });
        return text.append('\n').toString();
    }

    private static String shortened(String fact) {
        return fact.length() <= MAX_FACT
                ? fact
                : fact.substring(0, MAX_FACT) + "... (" + fact.length() + " characters)";
    }

    private static String indented(String lines) {
        return lines.lines().map(line -> "  " + line + "\n").reduce("", String::concat);
    }

    private static String table(RowGroup rowGroup) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(List.of(
                "column", "codec", "encodings", "bytes", "uncompressed", "values", "nulls", "min", "max", "indexes"));
        for (ColumnChunk chunk : rowGroup.columns()) {
            lines.add(List.of(
                    String.join(".", chunk.path()),
                    chunk.codec().toLowerCase(Locale.ROOT),
                    String.join(" ", chunk.encodings()),
                    Long.toString(chunk.compressedBytes()),
                    Long.toString(chunk.uncompressedBytes()),
                    Long.toString(chunk.values()),
                    chunk.nulls() == null ? "-" : chunk.nulls().toString(),
                    shown(chunk.min()),
                    shown(chunk.max()),
                    indexes(chunk)));
        }
        int[] widths = new int[lines.get(0).size()];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        StringBuilder table = new StringBuilder();
        for (List<String> line : lines) {
            StringBuilder padded = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                padded.append("  ")
                        .append(line.get(i))
                        .append(" ".repeat(widths[i] - line.get(i).length()));
            }
            table.append(padded.toString().stripTrailing()).append('\n');
        }
        return table.toString();
    }

    private static String shown(@Nullable Object value) {
        if (value == null) {
            return "-";
        }
        String text = value instanceof byte[] bytes ? Base64.getEncoder().encodeToString(bytes) : value.toString();
        StringBuilder line = new StringBuilder();
        text.codePoints().limit(MAX_SHOWN).forEach(c -> line.appendCodePoint(Character.isISOControl(c) ? ' ' : c));
        return text.codePoints().count() > MAX_SHOWN ? line.append("...").toString() : line.toString();
    }

    private static String indexes(ColumnChunk chunk) {
        if (chunk.hasColumnIndex()) {
            return chunk.hasOffsetIndex() ? "column offset" : "column";
        }
        return chunk.hasOffsetIndex() ? "offset" : "none";
    }

    /** Base64 of a descriptor set says nothing to a person; the names of its files do. */
    private static String filesOf(String descriptorSet) throws IOException {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(descriptorSet);
        } catch (IllegalArgumentException e) {
            throw new IOException(DESCRIPTOR_SET + " of the footer is no Base64", e);
        }
        List<String> files = FileDescriptorSet.parseFrom(bytes).getFileList().stream()
                .map(FileDescriptorProto::getName)
                .toList();
        return files.isEmpty() ? "" : String.join(" ", files) + ", " + bytes.length + " bytes";
    }

    private static String declaration(FieldDescriptor field) {
        String type = field.isMapField()
                ? "map<" + typeOf(field.getMessageType().findFieldByNumber(1)) + ", "
                        + typeOf(field.getMessageType().findFieldByNumber(2)) + ">"
                : field.isRepeated() ? "repeated " + typeOf(field) : typeOf(field);
        return type + " " + field.getName() + " = " + field.getNumber();
    }

    private static String typeOf(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case MESSAGE -> field.getMessageType().getFullName();
            case ENUM -> field.getEnumType().getFullName();
            default -> field.getType().name().toLowerCase(Locale.ROOT);
        };
    }

    // ---- for programs ----------------------------------------------------------------------------------------------

    static String json(DataFile file, long bytes) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("file", file.key());
            json.writeNumberField("bytes", bytes);
            json.writeNumberField("rows", file.rowCount());
            json.writeStringField("writtenBy", file.createdBy());
            json.writeStringField("name", file.schemaName());
            json.writeArrayFieldStart("columns");
            for (FileColumn column : file.columns()) {
                write(json, column);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("rowGroups");
            for (RowGroup rowGroup : file.rowGroups()) {
                write(json, rowGroup);
            }
            json.writeEndArray();
            json.writeObjectFieldStart("facts");
            for (Map.Entry<String, String> fact : new TreeMap<>(file.footer()).entrySet()) {
                json.writeStringField(fact.getKey(), fact.getValue());
            }
            json.writeEndObject();
            Optional<Descriptor> type = file.messageType();
            if (type.isPresent()) {
                json.writeObjectFieldStart("message");
                json.writeStringField("name", type.get().getFullName());
                json.writeArrayFieldStart("fields");
                for (FieldDescriptor field : type.get().getFields()) {
                    json.writeString(declaration(field));
                }
                json.writeEndArray();
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, FileColumn column) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", column.name());
        json.writeStringField("type", column.type());
        json.writeBooleanField("nullable", column.isNullable());
        if (!column.children().isEmpty()) {
            json.writeArrayFieldStart("children");
            for (FileColumn child : column.children()) {
                write(json, child);
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, RowGroup rowGroup) throws IOException {
        json.writeStartObject();
        json.writeNumberField("rows", rowGroup.rows());
        json.writeNumberField("bytes", rowGroup.compressedBytes());
        json.writeNumberField("uncompressedBytes", rowGroup.uncompressedBytes());
        json.writeArrayFieldStart("columns");
        for (ColumnChunk chunk : rowGroup.columns()) {
            json.writeStartObject();
            json.writeArrayFieldStart("path");
            for (String name : chunk.path()) {
                json.writeString(name);
            }
            json.writeEndArray();
            json.writeStringField("codec", chunk.codec());
            json.writeArrayFieldStart("encodings");
            for (String encoding : chunk.encodings()) {
                json.writeString(encoding);
            }
            json.writeEndArray();
            json.writeNumberField("bytes", chunk.compressedBytes());
            json.writeNumberField("uncompressedBytes", chunk.uncompressedBytes());
            json.writeNumberField("values", chunk.values());
            json.writeFieldName("nulls");
            RowJson.write(json, chunk.nulls());
            json.writeFieldName("min");
            RowJson.write(json, chunk.min());
            json.writeFieldName("max");
            RowJson.write(json, chunk.max());
            json.writeBooleanField("columnIndex", chunk.hasColumnIndex());
            json.writeBooleanField("offsetIndex", chunk.hasOffsetIndex());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
