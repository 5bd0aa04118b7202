package dev.alluvium.decode;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.alluvium.schema.DeltaColumn;
import dev.alluvium.schema.DeltaTable;
import dev.alluvium.schema.TableVersion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A version of a table as a topic holds it: the key is the table's name, the value LakeSync's TableSchema with its version,
 * {@code {"table": "users", "version": 2, "columns": [{"name": "age", "type": "number"}]}}. Other members are ignored.
 */
public final class TableMessage {
    private TableMessage() {}

    /** Throws an IllegalArgumentException that says what is wrong if the record is no version of the table of its key. */
    public static TableVersion read(byte @Nullable [] key, byte[] value) {
        Struct message = object(JsonValues.parse(new String(value, StandardCharsets.UTF_8)), "the value");
        String table = string(message, "table");
        String keyText = key == null ? "" : new String(key, StandardCharsets.UTF_8);
        if (!table.equals(keyText)) {
            throw new IllegalArgumentException("the key is \"" + keyText + "\", but the table is " + table);
        }
        List<DeltaColumn> columns = new ArrayList<>();
        Value all = member(message, "columns");
        if (!all.hasListValue()) {
            throw new IllegalArgumentException("\"columns\" is no list");
        }
        for (Value column : all.getListValue().getValuesList()) {
            Struct members = object(column, "a column");
            columns.add(new DeltaColumn(string(members, "name"), DeltaColumn.Type.of(string(members, "type"))));
        }
        return new TableVersion(new DeltaTable(table, columns), version(message));
    }

    private static long version(Struct message) {
        Value version = member(message, "version");
        double number = version.getNumberValue();
        if (!version.hasNumberValue() || number != Math.rint(number) || Math.abs(number) > 1L << 53) {
            throw new IllegalArgumentException("\"version\" is no whole number");
        }
        return (long) number;
    }

    private static String string(Struct message, String name) {
        Value member = member(message, name);
        if (!member.hasStringValue()) {
            throw new IllegalArgumentException("\"" + name + "\" is no string");
        }
        return member.getStringValue();
    }

    private static Value member(Struct message, String name) {
        Value member = message.getFieldsMap().get(name);
        if (member == null) {
            throw new IllegalArgumentException("\"" + name + "\" is missing");
        }
        return member;
    }

    private static Struct object(Value value, String what) {
        if (!value.hasStructValue()) {
            throw new IllegalArgumentException(what + " is no JSON object");
        }
        return value.getStructValue();
    }
}
