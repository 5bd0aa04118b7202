package dev.alluvium.decode;

import com.google.protobuf.Value;
import dev.alluvium.proto.lakesync.v1.ColumnDelta;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** A delta as LakeSync writes it in JSON: its clock is text, its values are what they are. Makes an object for everything. */
public final class DeltaJson {
    /** What the gateway's estimate counts for a delta beside its texts. */
    private static final int ESTIMATED_OVERHEAD = 33;

    private DeltaJson() {}

    /** Appends the delta as an object. Protobuf fields that its type does not know follow as {@code _unknown}, in Base64. */
    public static void append(StringBuilder out, RowDelta delta) {
        out.append("{\"op\":\"").append(op(delta)).append("\",\"table\":");
        appendString(out, delta.getTable());
        out.append(",\"rowId\":");
        appendString(out, delta.getRowId());
        out.append(",\"clientId\":");
        appendString(out, delta.getClientId());
        out.append(",\"columns\":[");
        for (int i = 0; i < delta.getColumnsCount(); i++) {
            ColumnDelta column = delta.getColumns(i);
            out.append(i == 0 ? "{\"column\":" : ",{\"column\":");
            appendString(out, column.getColumn());
            out.append(",\"value\":").append(column.getValue().toStringUtf8()).append('}');
        }
        out.append("],\"hlc\":\"").append(Hlc.toText(delta.getHlc())).append("\",\"deltaId\":");
        appendString(out, delta.getDeltaId());
        byte[] unknown = unknown(delta);
        if (unknown.length > 0) {
            out.append(",\"_unknown\":\"")
                    .append(Base64.getEncoder().encodeToString(unknown))
                    .append('"');
        }
        out.append('}');
    }

    private static String op(RowDelta delta) {
        return switch (delta.getOp()) {
            case DELTA_OP_INSERT -> "INSERT";
            case DELTA_OP_UPDATE -> "UPDATE";
            case DELTA_OP_DELETE -> "DELETE";
            case DELTA_OP_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalArgumentException("a delta has no op: " + delta.getDeltaId());
        };
    }

    /** A delta of nothing but the unknown fields, as {@link DeltaRows} takes it. */
    private static byte[] unknown(RowDelta delta) {
        RowDelta.Builder unknown = RowDelta.newBuilder().setUnknownFields(delta.getUnknownFields());
        boolean isInColumns = delta.getColumnsList().stream()
                .anyMatch(column -> column.getUnknownFields().getSerializedSize() > 0);
        if (isInColumns) {
            delta.getColumnsList()
                    .forEach(column ->
                            unknown.addColumns(ColumnDelta.newBuilder().setUnknownFields(column.getUnknownFields())));
        }
        return unknown.build().toByteArray();
    }

    /** LakeSync's estimate of a delta's size in memory, which its gateway flushes by; lengths are of UTF-16. */
    public static long estimate(RowDelta delta) {
        long bytes = ESTIMATED_OVERHEAD
                + delta.getDeltaId().length()
                + 2L
                        * (delta.getTable().length()
                                + delta.getRowId().length()
                                + delta.getClientId().length());
        for (ColumnDelta column : delta.getColumnsList()) {
            bytes += 2L * column.getColumn().length()
                    + estimate(column.getValue().toStringUtf8());
        }
        return bytes;
    }

    private static long estimate(String json) {
        JsonText text = new JsonText(json);
        return switch (text.next()) {
            case 'n', 't', 'f' -> 4;
            case '"' -> 2L * text.string().length();
            case '{', '[' -> {
                StringBuilder stable = new StringBuilder();
                StableJson.append(stable, json);
                yield stable.length();
            }
            default -> 8;
        };
    }

    /** Appends a string with its quotes, escaped no more than it must be. */
    public static void appendString(StringBuilder out, String content) {
        StableJson.appendString(out, content);
    }

    /** Appends an object of strings, in the order of the map. */
    public static void appendObject(StringBuilder out, Map<String, String> members) {
        char separator = '{';
        for (Map.Entry<String, String> member : members.entrySet()) {
            appendString(out.append(separator), member.getKey());
            appendString(out.append(':'), member.getValue());
            separator = ',';
        }
        out.append(members.isEmpty() ? "{}" : "}");
    }

    /** The members of an object that are strings; throws IllegalArgumentException if the text is no object. */
    public static Map<String, String> members(String json) {
        Value value = JsonValues.parse(json);
        if (!value.hasStructValue()) {
            throw new IllegalArgumentException("no JSON object: " + json);
        }
        Map<String, String> members = new LinkedHashMap<>();
        value.getStructValue().getFieldsMap().forEach((name, member) -> {
            if (member.hasStringValue()) {
                members.put(name, member.getStringValue());
            }
        });
        return members;
    }
}
