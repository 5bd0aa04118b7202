package dev.alluvium.read;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.StreamWriteFeature;
import dev.alluvium.parquet.FileColumn;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rows as JSON: numbers with all their digits, NaN and infinities as strings, times in ISO 8601, bytes in Base64, structs
 * and maps as objects, JSON columns as the value that their text holds. docs/reading.md has the table.
 */
public final class RowJson {
    // Lines hold what producers sent, of any size.
    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(10_000)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .streamWriteConstraints(
                    StreamWriteConstraints.builder().maxNestingDepth(20_000).build())
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();

    private final Map<String, FileColumn> columns = new HashMap<>();

    /** @param columns those of the file; a row may have some of them */
    public RowJson(List<FileColumn> columns) {
        columns.forEach(column -> this.columns.put(column.name(), column));
    }

    /** One row in one line, its columns in the row's order. */
    public String line(Map<String, @Nullable Object> row) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            for (Map.Entry<String, @Nullable Object> entry : row.entrySet()) {
                json.writeFieldName(entry.getKey());
                write(json, columns.get(entry.getKey()), entry.getValue());
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return withoutLoneSurrogates(text.toString());
    }

    /** A half of a pair, which a producer may write as an escape, has no bytes in UTF-8: it is written as that again. */
    private static String withoutLoneSurrogates(String line) {
        StringBuilder escaped = null;
        int done = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < line.length() && Character.isLowSurrogate(line.charAt(i + 1))) {
                i++;
                continue;
            }
            escaped = escaped == null ? new StringBuilder() : escaped;
            escaped.append(line, done, i).append("\\u").append(Integer.toHexString(c));
            done = i + 1;
        }
        return escaped == null
                ? line
                : escaped.append(line, done, line.length()).toString();
    }

    /** A value without children, such as a column's least one, as lines have it. */
    public static void write(JsonGenerator json, @Nullable Object value) throws IOException {
        write(json, null, value);
    }

    private static void write(JsonGenerator json, @Nullable FileColumn column, @Nullable Object value)
            throws IOException {
        if (value == null) {
            json.writeNull();
        } else if (value instanceof Map<?, ?> fields) {
            writeFields(json, column, fields);
        } else if (value instanceof List<?> elements) {
            FileColumn element = column == null ? null : column.children().get(0);
            json.writeStartArray();
            for (Object one : elements) {
                write(json, element, one);
            }
            json.writeEndArray();
        } else if (column != null && column.kind() == FileColumn.Kind.JSON) {
            writeJson(json, (String) value);
        } else {
            writeScalar(json, value);
        }
    }

    private static void writeFields(JsonGenerator json, @Nullable FileColumn column, Map<?, ?> fields)
            throws IOException {
        json.writeStartObject();
        int index = 0;
        for (Map.Entry<?, ?> field : fields.entrySet()) {
            json.writeFieldName(nameOf(field.getKey()));
            FileColumn child = null;
            if (column != null) {
                // A struct has a value for each of its fields, in their order.
                boolean isMap = column.kind() == FileColumn.Kind.MAP;
                child = column.children().get(isMap ? 1 : index++);
            }
            write(json, child, field.getValue());
        }
        json.writeEndObject();
    }

    private static String nameOf(Object key) {
        return key instanceof byte[] bytes ? Base64.getEncoder().encodeToString(bytes) : key.toString();
    }

    private static void writeScalar(JsonGenerator json, Object value) throws IOException {
        if (value instanceof Boolean flag) {
            json.writeBoolean(flag);
        } else if (value instanceof Integer number) {
            json.writeNumber(number);
        } else if (value instanceof Long number) {
            json.writeNumber(number);
        } else if (value instanceof BigInteger number) {
            json.writeNumber(number);
        } else if (value instanceof BigDecimal number) {
            json.writeNumber(number);
        } else if (value instanceof Float number) {
            json.writeNumber(number);
        } else if (value instanceof Double number) {
            json.writeNumber(number);
        } else if (value instanceof byte[] bytes) {
            json.writeString(Base64.getEncoder().encodeToString(bytes));
        } else {
            // Text, and times, whose text is that of ISO 8601.
            json.writeString(value.toString());
        }
    }

    /** Without white space, in one line, and otherwise as it is; as a string if it is no JSON. */
    private static void writeJson(JsonGenerator json, String text) throws IOException {
        String compact = compact(text);
        if (compact == null) {
            json.writeString(text);
        } else {
            json.writeRawValue(compact);
        }
    }

    private static @Nullable String compact(String text) {
        StringWriter compact = new StringWriter();
        try (JsonParser from = JSON.createParser(text);
                JsonGenerator to = JSON.createGenerator(compact)) {
            JsonToken token = from.nextToken();
            if (token == null) {
                return null;
            }
            copy(from, to);
            if (from.nextToken() != null) {
                return null;
            }
        } catch (IOException e) {
            return null;
        }
        return compact.toString();
    }

    private static void copy(JsonParser from, JsonGenerator to) throws IOException {
        int depth = 0;
        do {
            JsonToken token = from.currentToken();
            if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            }
            if (token.isNumeric()) {
                to.writeNumber(from.getText());
            } else {
                to.copyCurrentEvent(from);
            }
        } while (depth > 0 && from.nextToken() != null);
    }
}
