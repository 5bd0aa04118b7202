package dev.alluvium.decode;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.alluvium.proto.lakesync.v1.ColumnDelta;
import dev.alluvium.proto.lakesync.v1.DeltaOp;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import dev.alluvium.schema.DeltaColumn;
import dev.alluvium.schema.DeltaTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.jspecify.annotations.Nullable;

/**
 * Rows back into the deltas that they came from. Values of string, number and boolean columns come back in their stable
 * form (see {@link DeltaId}), all others as the producer's own text.
 */
public final class DeltaRows {
    private final Map<String, DeltaColumn.Type> types = new HashMap<>();

    /** A reader of the table's rows. */
    public DeltaRows(DeltaTable table) {
        table.columns().forEach(column -> types.put(column.name(), column.type()));
    }

    /** All rows as deltas, in order; throws IllegalArgumentException if they are no rows of such a table. */
    public List<RowDelta> read(VectorSchemaRoot root) {
        List<RowDelta> deltas = new ArrayList<>(root.getRowCount());
        for (int row = 0; row < root.getRowCount(); row++) {
            deltas.add(read(root, row));
        }
        return deltas;
    }

    private RowDelta read(VectorSchemaRoot root, int row) {
        RowDelta.Builder delta = RowDelta.newBuilder()
                .setOp(DeltaOp.valueOf("DELTA_OP_" + text(root, DeltaTable.OP, row)))
                .setTable(text(root, DeltaTable.TABLE, row))
                .setRowId(text(root, DeltaTable.ROW_ID, row))
                .setClientId(text(root, DeltaTable.CLIENT_ID, row))
                .setHlc(vector(root, DeltaTable.HLC, BigIntVector.class).get(row))
                .setDeltaId(text(root, DeltaTable.DELTA_ID, row));
        List<String> names = names(vector(root, DeltaTable.COLUMNS, ListVector.class), row);
        Map<String, ByteString> extra = extra(vector(root, DeltaTable.EXTRA, MapVector.class), row);
        Map<String, Integer> lastOf = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            lastOf.put(names.get(i), i);
        }
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            boolean isShadowed = lastOf.getOrDefault(name, i) != i;
            ByteString value = isShadowed
                    ? extra.get(name + "#" + i)
                    : isDeclared(root, name) ? declared(root, name, row) : extra.get(name);
            if (value == null) {
                throw new IllegalArgumentException("row " + row + " lists " + name + " without a value");
            }
            delta.addColumns(ColumnDelta.newBuilder().setColumn(name).setValue(value));
        }
        if (root.getVector(DeltaTable.UNKNOWN) instanceof VarBinaryVector unknown && !unknown.isNull(row)) {
            addUnknown(delta, unknown.get(row));
        }
        return delta.build();
    }

    /** A file may be older than the declaration of a column. */
    private boolean isDeclared(VectorSchemaRoot root, String name) {
        return types.containsKey(name) && root.getVector(name) != null;
    }

    private ByteString declared(VectorSchemaRoot root, String name, int row) {
        FieldVector vector = vector(root, name, FieldVector.class);
        if (vector.isNull(row)) {
            return ByteString.copyFromUtf8("null");
        }
        StringBuilder json = new StringBuilder();
        switch (Objects.requireNonNull(types.get(name))) {
            case STRING -> StableJson.appendString(json, text(root, name, row));
            case NUMBER -> EcmaNumber.append(json, ((Float8Vector) vector).get(row));
            case BOOLEAN -> json.append(((BitVector) vector).get(row) == 1);
            case JSON, NULL -> {
                return ByteString.copyFrom(((VarCharVector) vector).get(row));
            }
        }
        return ByteString.copyFromUtf8(json.toString());
    }

    private static List<String> names(ListVector vector, int row) {
        VarCharVector elements = (VarCharVector) vector.getDataVector();
        List<String> names = new ArrayList<>();
        for (int i = vector.getElementStartIndex(row); i < vector.getElementEndIndex(row); i++) {
            names.add(text(elements, i));
        }
        return names;
    }

    private static Map<String, ByteString> extra(MapVector vector, int row) {
        StructVector entries = (StructVector) vector.getDataVector();
        VarCharVector keys = (VarCharVector) entries.getChildByOrdinal(0);
        VarCharVector values = (VarCharVector) entries.getChildByOrdinal(1);
        Map<String, ByteString> extra = new LinkedHashMap<>();
        for (int i = vector.getElementStartIndex(row); i < vector.getElementEndIndex(row); i++) {
            extra.put(text(keys, i), ByteString.copyFrom(values.get(i)));
        }
        return extra;
    }

    private static void addUnknown(RowDelta.Builder delta, byte[] bytes) {
        try {
            RowDelta unknown = RowDelta.parseFrom(bytes);
            delta.setUnknownFields(unknown.getUnknownFields());
            for (int i = 0; i < unknown.getColumnsCount(); i++) {
                delta.getColumnsBuilder(i)
                        .setUnknownFields(unknown.getColumns(i).getUnknownFields());
            }
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(DeltaTable.UNKNOWN + " holds no fields", e);
        }
    }

    private static String text(VectorSchemaRoot root, String column, int row) {
        return text(vector(root, column, VarCharVector.class), row);
    }

    private static String text(VarCharVector vector, int index) {
        return ByteString.copyFrom(vector.get(index)).toStringUtf8();
    }

    private static <T extends FieldVector> T vector(VectorSchemaRoot root, String column, Class<T> type) {
        @Nullable FieldVector vector = root.getVector(column);
        if (!type.isInstance(vector)) {
            throw new IllegalArgumentException("no column " + column + " in " + root.getSchema());
        }
        return type.cast(vector);
    }
}
