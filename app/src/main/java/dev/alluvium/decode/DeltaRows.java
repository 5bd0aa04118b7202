package dev.alluvium.decode;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.alluvium.proto.lakesync.v1.ColumnDelta;
import dev.alluvium.proto.lakesync.v1.DeltaOp;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import dev.alluvium.schema.DeltaColumn;
import dev.alluvium.schema.DeltaTable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.arrow.vector.FieldVector;
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
    private static final Set<String> OF_EVERY_DELTA = Set.of(
            DeltaTable.OP,
            DeltaTable.TABLE,
            DeltaTable.ROW_ID,
            DeltaTable.CLIENT_ID,
            DeltaTable.HLC,
            DeltaTable.DELTA_ID,
            DeltaTable.COLUMNS,
            DeltaTable.EXTRA,
            DeltaTable.UNKNOWN);

    private final Map<String, DeltaColumn.Type> types = new HashMap<>();

    /** A reader of the table's rows. */
    public DeltaRows(DeltaTable table) {
        table.columns().forEach(column -> types.put(column.name(), column.type()));
    }

    /** All rows of a record batch as deltas, in order; throws IllegalArgumentException if they are no rows of such a table. */
    public List<RowDelta> read(VectorSchemaRoot root) {
        List<RowDelta> deltas = new ArrayList<>(root.getRowCount());
        forEach(root, deltas::add);
        return deltas;
    }

    /** As {@link #read(VectorSchemaRoot)}, one delta after the other. */
    public void forEach(VectorSchemaRoot root, Consumer<RowDelta> deltas) {
        for (int row = 0; row < root.getRowCount(); row++) {
            deltas.accept(read(row(root, row)));
        }
    }

    /**
     * One row as a delta, whatever it was read from; throws IllegalArgumentException if it is no row of such a table.
     *
     * @param row values by column: String, Long, Double, Boolean, {@code byte[]}, {@code List<String>} and {@code
     *     Map<String, String>}; other columns do not matter
     */
    public RowDelta read(Map<String, ? extends @Nullable Object> row) {
        RowDelta.Builder delta = RowDelta.newBuilder()
                .setOp(DeltaOp.valueOf("DELTA_OP_" + value(row, DeltaTable.OP, String.class)))
                .setTable(value(row, DeltaTable.TABLE, String.class))
                .setRowId(value(row, DeltaTable.ROW_ID, String.class))
                .setClientId(value(row, DeltaTable.CLIENT_ID, String.class))
                .setHlc(value(row, DeltaTable.HLC, Long.class))
                .setDeltaId(value(row, DeltaTable.DELTA_ID, String.class));
        List<String> names = new ArrayList<>();
        for (Object name : (List<?>) value(row, DeltaTable.COLUMNS, List.class)) {
            names.add((String) name);
        }
        Map<?, ?> extra = value(row, DeltaTable.EXTRA, Map.class);
        Map<String, Integer> lastOf = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            lastOf.put(names.get(i), i);
        }
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            boolean isShadowed = lastOf.getOrDefault(name, i) != i;
            Object json = isShadowed
                    ? extra.get(name + "#" + i)
                    : isDeclared(row, name) ? declared(row, name) : extra.get(name);
            if (json == null) {
                throw new IllegalArgumentException("a row lists " + name + " without a value: " + row);
            }
            delta.addColumns(
                    ColumnDelta.newBuilder().setColumn(name).setValue(ByteString.copyFromUtf8(json.toString())));
        }
        if (row.get(DeltaTable.UNKNOWN) instanceof byte[] unknown) {
            addUnknown(delta, unknown);
        }
        return delta.build();
    }

    /** A file may be older than the declaration of a column. */
    private boolean isDeclared(Map<String, ? extends @Nullable Object> row, String name) {
        return types.containsKey(name) && row.containsKey(name);
    }

    private String declared(Map<String, ? extends @Nullable Object> row, String name) {
        if (row.get(name) == null) {
            return "null";
        }
        StringBuilder json = new StringBuilder();
        switch (Objects.requireNonNull(types.get(name))) {
            case STRING -> StableJson.appendString(json, value(row, name, String.class));
            case NUMBER -> EcmaNumber.append(json, value(row, name, Double.class));
            case BOOLEAN -> json.append(value(row, name, Boolean.class).booleanValue());
            case JSON, NULL -> json.append(value(row, name, String.class));
        }
        return json.toString();
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

    private static <T> T value(Map<String, ? extends @Nullable Object> row, String column, Class<T> type) {
        Object value = row.get(column);
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException("no " + type.getSimpleName() + " in column " + column + " of " + row);
        }
        return type.cast(value);
    }

    // ---- rows of a record batch ------------------------------------------------------------------------------------

    /** Of the columns that make a delta: others, such as those of its record, may be of any type. */
    private Map<String, @Nullable Object> row(VectorSchemaRoot root, int row) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (FieldVector vector : root.getFieldVectors()) {
            String name = vector.getName();
            if (OF_EVERY_DELTA.contains(name) || types.containsKey(name)) {
                values.put(name, vector.isNull(row) ? null : value(vector, row));
            }
        }
        return values;
    }

    private static Object value(FieldVector vector, int row) {
        if (vector instanceof VarCharVector text) {
            return text(text, row);
        } else if (vector instanceof MapVector map) {
            return entries(map, row);
        } else if (vector instanceof ListVector list) {
            return elements(list, row);
        }
        return vector.getObject(row);
    }

    private static List<String> elements(ListVector vector, int row) {
        VarCharVector elements = (VarCharVector) vector.getDataVector();
        List<String> texts = new ArrayList<>();
        for (int i = vector.getElementStartIndex(row); i < vector.getElementEndIndex(row); i++) {
            texts.add(text(elements, i));
        }
        return texts;
    }

    private static Map<String, String> entries(MapVector vector, int row) {
        StructVector entries = (StructVector) vector.getDataVector();
        VarCharVector keys = (VarCharVector) entries.getChildByOrdinal(0);
        VarCharVector values = (VarCharVector) entries.getChildByOrdinal(1);
        Map<String, String> texts = new LinkedHashMap<>();
        for (int i = vector.getElementStartIndex(row); i < vector.getElementEndIndex(row); i++) {
            texts.put(text(keys, i), text(values, i));
        }
        return texts;
    }

    private static String text(VarCharVector vector, int index) {
        return new String(vector.get(index), StandardCharsets.UTF_8);
    }
}
