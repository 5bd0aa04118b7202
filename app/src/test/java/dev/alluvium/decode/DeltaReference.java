package dev.alluvium.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.alluvium.proto.lakesync.v1.ColumnDelta;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import dev.alluvium.schema.DeltaColumn;
import dev.alluvium.schema.DeltaTable;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** What the decoder must do with some bytes, by way of protobuf's own parser and objects. */
final class DeltaReference {
    private static final String IDENTIFIER = "[a-zA-Z_][a-zA-Z0-9_]{0,63}";

    private DeltaReference() {}

    /** Decodes the bytes and compares with what is expected; true if they became a row. */
    static boolean check(byte[] value, DeltaTable... tables) {
        String hex = HexFormat.of().formatHex(value);
        try (DeltaArchive archive = DeltaArchive.of(tables)) {
            Rejection.Reason reason = archive.reasonFor(value);
            RowDelta sent = parse(value);
            if (sent == null) {
                assertThat(reason)
                        .as("no message: %s", hex)
                        .isIn(Rejection.Reason.UNDECODABLE, Rejection.Reason.BAD_UTF8);
                return false;
            }
            DeltaTable table = Arrays.stream(tables)
                    .filter(candidate -> candidate.table().equals(sent.getTable()))
                    .findFirst()
                    .orElse(null);
            assertThat(reason == null).as("%s for %s", reason, hex).isEqualTo(isFine(sent, table));
            if (reason == null) {
                assertThat(archive.readBack()).as(hex).containsExactly(normal(sent, table));
            }
            return reason == null;
        }
    }

    private static @Nullable RowDelta parse(byte[] value) {
        try {
            return RowDelta.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            return null;
        }
    }

    private static boolean isFine(RowDelta delta, @Nullable DeltaTable table) {
        return delta.getOpValue() >= 1
                && delta.getOpValue() <= 3
                && delta.getTable().matches(IDENTIFIER)
                && delta.getHlc() >= 0
                && delta.getColumnsList().stream().allMatch(cell -> isFine(cell, typeOf(table, cell.getColumn())));
    }

    private static boolean isFine(ColumnDelta cell, DeltaColumn.@Nullable Type type) {
        JsonScanner scanner = new JsonScanner();
        byte[] json = cell.getValue().toByteArray();
        if (!cell.getColumn().matches(IDENTIFIER) || scanner.scan(json, 0, json.length) != null) {
            return false;
        }
        if (type == null || scanner.kind() == JsonScanner.Kind.NULL) {
            return true;
        }
        return switch (type) {
            case STRING -> scanner.kind() == JsonScanner.Kind.STRING && !scanner.hasLoneSurrogates();
            case NUMBER ->
                scanner.kind() == JsonScanner.Kind.NUMBER
                        && Double.isFinite(Double.parseDouble(cell.getValue().toStringUtf8()));
            case BOOLEAN -> scanner.kind() == JsonScanner.Kind.TRUE || scanner.kind() == JsonScanner.Kind.FALSE;
            case JSON, NULL -> true;
        };
    }

    private static DeltaColumn.@Nullable Type typeOf(@Nullable DeltaTable table, String name) {
        if (table == null) {
            return null;
        }
        for (DeltaColumn column : table.columns()) {
            if (column.name().equals(name)) {
                return column.type();
            }
        }
        return null;
    }

    /** The delta with those values in stable form that have a typed column. */
    private static RowDelta normal(RowDelta delta, @Nullable DeltaTable table) {
        RowDelta.Builder normal = delta.toBuilder();
        for (int i = 0; i < delta.getColumnsCount(); i++) {
            ColumnDelta cell = delta.getColumns(i);
            DeltaColumn.Type type = typeOf(table, cell.getColumn());
            boolean isLast = delta.getColumnsList().stream()
                    .skip(i + 1)
                    .noneMatch(later -> later.getColumn().equals(cell.getColumn()));
            String json = cell.getValue().toStringUtf8();
            boolean keepsText = type == DeltaColumn.Type.JSON || type == DeltaColumn.Type.NULL;
            if (type != null && isLast && (!keepsText || json.trim().equals("null"))) {
                StringBuilder stable = new StringBuilder();
                StableJson.append(stable, json);
                normal.setColumns(i, cell.toBuilder().setValue(ByteString.copyFromUtf8(stable.toString())));
            }
        }
        return normal.build();
    }
}
