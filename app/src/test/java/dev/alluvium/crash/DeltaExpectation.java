package dev.alluvium.crash;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.alluvium.proto.lakesync.v1.ColumnDelta;
import dev.alluvium.proto.lakesync.v1.DeltaOp;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** What must become of row deltas. Tables that are not declared keep all their values in {@code _extra}. */
final class DeltaExpectation implements Expectation {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final Pattern IDENTIFIER = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]{0,63}");

    /** Type names of the declared columns, by table and column. */
    private final Map<String, Map<String, String>> tables;

    DeltaExpectation(Map<String, Map<String, String>> tables) {
        this.tables = Map.copyOf(tables);
    }

    @Override
    public Fate of(ConsumerRecord<byte[], byte[]> committed) {
        byte @Nullable [] value = committed.value();
        if (value == null) {
            return new Fate.DeadLetter("null_value");
        }
        RowDelta delta;
        try {
            delta = RowDelta.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            return new Fate.DeadLetter(String.valueOf(e.getMessage()).contains("UTF-8") ? "bad_utf8" : "undecodable");
        }
        if (delta.getOp() == DeltaOp.DELTA_OP_UNSPECIFIED || delta.getOp() == DeltaOp.UNRECOGNIZED) {
            return new Fate.DeadLetter("unspecified_op");
        }
        if (!isIdentifier(delta.getTable())) {
            return new Fate.DeadLetter("bad_identifier");
        }
        if (delta.getHlc() < 0) {
            return new Fate.DeadLetter("bad_hlc");
        }
        Map<String, @Nullable Object> row = new HashMap<>();
        String reason = readColumns(delta, row);
        return reason == null
                ? new Fate.Archived(group(delta), List.of(withSystemColumns(delta, committed, row)))
                : new Fate.DeadLetter(reason);
    }

    private static boolean isIdentifier(String name) {
        return IDENTIFIER.matcher(name).matches();
    }

    private static String group(RowDelta delta) {
        return delta.getTable() + "/" + day(delta.getHlc() >>> 16);
    }

    private static String day(long epochMs) {
        return Instant.ofEpochMilli(epochMs)
                .atZone(ZoneOffset.UTC)
                .toLocalDate()
                .toString();
    }

    private @Nullable String readColumns(RowDelta delta, Map<String, @Nullable Object> row) {
        Map<String, String> declared = tables.getOrDefault(delta.getTable(), Map.of());
        List<@Nullable Object> names = new ArrayList<>();
        Map<String, @Nullable Object> extra = new LinkedHashMap<>();
        for (ColumnDelta column : delta.getColumnsList()) {
            if (!isIdentifier(column.getColumn())) {
                return "bad_identifier";
            }
            if (column.getValue().isEmpty()) {
                return "empty_value";
            }
            JsonNode json;
            try {
                json = JSON.readTree(column.getValue().toStringUtf8());
            } catch (JsonProcessingException e) {
                return "bad_json";
            }
            names.add(column.getColumn());
            String type = declared.get(column.getColumn());
            if (type == null) {
                extra.put(column.getColumn(), column.getValue().toStringUtf8());
            } else if (json.isNull()) {
                row.put(column.getColumn(), null);
            } else if (isOfType(json, type)) {
                row.put(column.getColumn(), typed(json, type, column.getValue().toStringUtf8()));
            } else {
                return "type_mismatch";
            }
        }
        row.put("_columns", names);
        row.put("_extra", extra);
        return null;
    }

    private static boolean isOfType(JsonNode json, String type) {
        return switch (type) {
            case "string" -> json.isTextual();
            case "number" -> json.isNumber();
            case "boolean" -> json.isBoolean();
            case "json" -> true;
            default -> throw new IllegalArgumentException(type);
        };
    }

    private static Object typed(JsonNode json, String type, String text) {
        return switch (type) {
            case "string" -> Objects.requireNonNull(json.textValue());
            case "number" -> json.doubleValue();
            case "boolean" -> json.booleanValue();
            default -> text;
        };
    }

    private static Map<String, @Nullable Object> withSystemColumns(
            RowDelta delta, ConsumerRecord<byte[], byte[]> committed, Map<String, @Nullable Object> row) {
        row.put("op", delta.getOp().name().substring("DELTA_OP_".length()));
        row.put("table", delta.getTable());
        row.put("rowId", delta.getRowId());
        row.put("clientId", delta.getClientId());
        row.put("hlc", delta.getHlc());
        row.put("deltaId", delta.getDeltaId());
        row.put("hlcTs", (delta.getHlc() >>> 16) * 1000);
        row.put("_partition", (long) committed.partition());
        row.put("_offset", committed.offset());
        row.put("_timestamp", committed.timestamp() * 1000);
        return row;
    }
}
