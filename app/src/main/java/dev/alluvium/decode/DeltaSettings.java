package dev.alluvium.decode;

import com.google.protobuf.Descriptors.Descriptor;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import dev.alluvium.proto.lakesync.v1.SyncPush;
import dev.alluvium.proto.lakesync.v1.SyncResponse;
import dev.alluvium.schema.Column;
import dev.alluvium.schema.ColumnType.Scalar;
import dev.alluvium.schema.DeltaTable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How row deltas become rows.
 *
 * @param gateway who wrote the deltas, for object keys; not empty and without a slash
 * @param tables what is declared
 * @param strict whether a table or column that is not declared makes a record bad; otherwise its values are kept as
 *     JSON text
 * @param coordinates whether each row says its partition, offset and timestamp
 * @param clockDrift what becomes of a delta whose clock is too far ahead of its record's timestamp
 * @param form what a record's value is
 */
public record DeltaSettings(
        String gateway,
        List<DeltaTable> tables,
        boolean strict,
        boolean coordinates,
        ClockDrift clockDrift,
        Form form) {

    /** How far a delta's clock may be ahead of its record's timestamp: LakeSync's own bound, in milliseconds. */
    public static final long MAX_DRIFT_MS = 5_000;

    /** The message types of a topic of deltas. */
    public enum Form {
        /** {@code lakesync.v1.RowDelta}. */
        DELTA,
        /** {@code lakesync.v1.SyncPush}: what a client sends, many deltas at once. */
        PUSH,
        /** {@code lakesync.v1.SyncResponse}: what a gateway answers or broadcasts. */
        RESPONSE;

        /** The type of the records' values. */
        public Descriptor message() {
            return switch (this) {
                case DELTA -> RowDelta.getDescriptor();
                case PUSH -> SyncPush.getDescriptor();
                case RESPONSE -> SyncResponse.getDescriptor();
            };
        }
    }

    /** What becomes of a delta whose clock is more than {@link #MAX_DRIFT_MS} ahead. */
    public enum ClockDrift {
        /** It is counted and kept. */
        COUNT,
        /** It is counted and rejected. */
        REJECT
    }

    /** Records that are a delta each. */
    public DeltaSettings(
            String gateway, List<DeltaTable> tables, boolean strict, boolean coordinates, ClockDrift clockDrift) {
        this(gateway, tables, strict, coordinates, clockDrift, Form.DELTA);
    }

    public DeltaSettings {
        tables = List.copyOf(tables);
        if (gateway.isEmpty() || gateway.indexOf('/') >= 0) {
            throw new IllegalArgumentException("\"" + gateway + "\" is no gateway: it names a folder");
        }
        Set<String> names = new HashSet<>();
        for (DeltaTable table : tables) {
            if (!names.add(table.table())) {
                throw new IllegalArgumentException("the table " + table.table() + " is declared twice");
            }
        }
    }

    /** What a batch says of all its deltas, and a row of its place among them; with coordinates, behind them. */
    List<Column> batchColumns() {
        if (!coordinates) {
            return List.of();
        }
        return switch (form) {
            case DELTA -> List.of();
            case PUSH ->
                List.of(
                        Column.required(DeltaTable.INDEX, Scalar.INT32),
                        Column.required(DeltaTable.PUSH_CLIENT_ID, Scalar.UTF8),
                        Column.required(DeltaTable.LAST_SEEN_HLC, Scalar.INT64));
            case RESPONSE ->
                List.of(
                        Column.required(DeltaTable.INDEX, Scalar.INT32),
                        Column.required(DeltaTable.SERVER_HLC, Scalar.INT64),
                        Column.required(DeltaTable.HAS_MORE, Scalar.BOOL));
        };
    }
}
