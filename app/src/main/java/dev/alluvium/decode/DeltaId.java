package dev.alluvium.decode;

import dev.alluvium.proto.lakesync.v1.ColumnDelta;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The id that a delta ought to carry: SHA-256, in lower-case hex, of the stable JSON of its client, columns, clock, row
 * and table. Its operation is not part of it; the order of its columns is.
 */
public final class DeltaId {
    private DeltaId() {}

    /** The id of a delta, whatever id it carries; throws if one of its values is not JSON. */
    public static String of(RowDelta delta) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(stableJson(delta).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The text that is hashed; throws if one of the values is not JSON. */
    public static String stableJson(RowDelta delta) {
        StringBuilder out = new StringBuilder("{\"clientId\":");
        StableJson.appendString(out, delta.getClientId());
        out.append(",\"columns\":[");
        for (int i = 0; i < delta.getColumnsCount(); i++) {
            ColumnDelta column = delta.getColumns(i);
            out.append(i == 0 ? "{\"column\":" : ",{\"column\":");
            StableJson.appendString(out, column.getColumn());
            out.append(",\"value\":");
            StableJson.append(out, column.getValue().toStringUtf8());
            out.append('}');
        }
        out.append("],\"hlc\":\"").append(Hlc.toText(delta.getHlc())).append("\",\"rowId\":");
        StableJson.appendString(out, delta.getRowId());
        out.append(",\"table\":");
        StableJson.appendString(out, delta.getTable());
        return out.append('}').toString();
    }
}
