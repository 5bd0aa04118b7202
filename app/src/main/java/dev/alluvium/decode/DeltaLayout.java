package dev.alluvium.decode;

import dev.alluvium.schema.DeltaColumn;
import dev.alluvium.schema.DeltaTable;
import dev.alluvium.schema.TableSchema;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What the decoder keeps for a table: its declared columns by name, and its groups used last. */
final class DeltaLayout {
    /** Days whose groups are at hand: a power of two. */
    private static final int DAYS = 8;

    final DeltaTable declaration;
    final String table;
    final byte[] name;
    final TableSchema schema;
    /** {@link DeltaTable#json}. */
    final String json;

    final boolean isDeclared;
    final DeltaColumn.Type[] types;
    private final byte[][] columnNames;
    private final NameIndex columns = new NameIndex();
    private final @Nullable DeltaGroup[] groups = new DeltaGroup[DAYS];

    DeltaLayout(DeltaTable table, boolean isDeclared, DeltaSettings settings) {
        this.declaration = table;
        this.table = table.table();
        this.isDeclared = isDeclared;
        name = table.table().getBytes(StandardCharsets.UTF_8);
        schema = table.schema(settings.coordinates()).with(settings.batchColumns());
        json = table.json();
        types = table.columns().stream().map(DeltaColumn::type).toArray(DeltaColumn.Type[]::new);
        columnNames = table.columns().stream()
                .map(column -> column.name().getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        for (byte[] columnName : columnNames) {
            columns.add(columnName, 0, columnName.length);
        }
    }

    boolean isNamed(byte[] source, Span span) {
        return Arrays.equals(source, span.start, span.end, name, 0, name.length);
    }

    /** Position among the declared columns, or -1; producers mostly keep the declared order, so a guess comes first. */
    int find(byte[] source, Span span, int guess) {
        if (guess < columnNames.length) {
            byte[] guessed = columnNames[guess];
            if (Arrays.equals(source, span.start, span.end, guessed, 0, guessed.length)) {
                return guess;
            }
        }
        return columns.find(source, span.start, span.end);
    }

    /** The group of a day if it was used lately, else null. */
    @Nullable
    DeltaGroup lately(long epochDay) {
        DeltaGroup group = groups[(int) epochDay & (DAYS - 1)];
        return group != null && group.epochDay() == epochDay ? group : null;
    }

    void remember(DeltaGroup group) {
        groups[(int) group.epochDay() & (DAYS - 1)] = group;
    }
}
