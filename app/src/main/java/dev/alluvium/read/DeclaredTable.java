package dev.alluvium.read;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.alluvium.schema.DeltaColumn;
import dev.alluvium.schema.DeltaTable;
import java.util.ArrayList;
import java.util.List;

/** The LakeSync schema that a delta file was written with, from the JSON in its footer. */
final class DeclaredTable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private DeclaredTable() {}

    /** Throws an IllegalArgumentException if the text is no such schema. */
    static DeltaTable of(String text) {
        try {
            JsonNode schema = JSON.readTree(text);
            List<DeltaColumn> columns = new ArrayList<>();
            for (JsonNode column : schema.path("columns")) {
                columns.add(new DeltaColumn(
                        column.path("name").asText(),
                        DeltaColumn.Type.of(column.path("type").asText())));
            }
            return new DeltaTable(schema.path("table").asText(), columns);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no LakeSync schema: " + text, e);
        }
    }
}
