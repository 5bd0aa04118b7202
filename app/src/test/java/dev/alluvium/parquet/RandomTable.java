package dev.alluvium.parquet;

import dev.alluvium.schema.Column;
import dev.alluvium.schema.ColumnType;
import dev.alluvium.schema.TableSchema;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A table of any shape and its rows, from a seed. */
record RandomTable(TableSchema schema, List<Map<String, @Nullable Object>> rows) {

    private static final List<String> WORDS = List.of("", "a", "Ünïcødé ☃", "telemetry", "x".repeat(300));

    static RandomTable of(long seed, int rowCount) {
        Random random = new Random(seed);
        List<Column> columns = new ArrayList<>();
        int count = 1 + random.nextInt(6);
        for (int i = 0; i < count; i++) {
            columns.add(column(random, i, 3));
        }
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (int row = 0; row < rowCount; row++) {
            rows.add(struct(random, columns));
        }
        return new RandomTable(new TableSchema("random", columns), rows);
    }

    private static Column column(Random random, int index, int depth) {
        String name = List.of("plain", "with space", "dot.ted", "ünicode", "\"quoted\"")
                        .get(random.nextInt(5))
                + index;
        return new Column(name, type(random, depth), random.nextBoolean());
    }

    private static ColumnType type(Random random, int depth) {
        int kind = depth == 0 ? 9 : random.nextInt(10);
        if (kind < 2) {
            List<Column> fields = new ArrayList<>();
            int count = 1 + random.nextInt(3);
            for (int i = 0; i < count; i++) {
                fields.add(column(random, i, depth - 1));
            }
            return new ColumnType.Struct(fields);
        }
        if (kind < 4) {
            return new ColumnType.ListOf(type(random, depth - 1), random.nextBoolean());
        }
        if (kind < 5) {
            ColumnType.Scalar key = random.nextBoolean() ? ColumnType.Scalar.UTF8 : ColumnType.Scalar.INT64;
            return new ColumnType.MapOf(key, type(random, depth - 1), random.nextBoolean());
        }
        ColumnType.Scalar[] scalars = ColumnType.Scalar.values();
        return scalars[random.nextInt(scalars.length)];
    }

    private static Map<String, @Nullable Object> struct(Random random, List<Column> columns) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        for (Column column : columns) {
            row.put(column.name(), value(random, column.type(), column.nullable()));
        }
        return row;
    }

    private static @Nullable Object value(Random random, ColumnType type, boolean nullable) {
        if (nullable && random.nextInt(4) == 0) {
            return null;
        }
        if (type instanceof ColumnType.Struct struct) {
            return struct(random, struct.fields());
        }
        if (type instanceof ColumnType.ListOf list) {
            List<@Nullable Object> elements = new ArrayList<>();
            int count = random.nextInt(4);
            for (int i = 0; i < count; i++) {
                elements.add(value(random, list.element(), list.elementNullable()));
            }
            return elements;
        }
        if (type instanceof ColumnType.MapOf map) {
            Map<@Nullable Object, @Nullable Object> entries = new LinkedHashMap<>();
            int count = random.nextInt(4);
            for (int i = 0; i < count; i++) {
                entries.put(value(random, map.key(), false), value(random, map.value(), map.valueNullable()));
            }
            return entries;
        }
        return scalar(random, (ColumnType.Scalar) type);
    }

    private static Object scalar(Random random, ColumnType.Scalar type) {
        boolean few = random.nextInt(3) > 0;
        long bits = few ? random.nextInt(5) - 2 : random.nextLong();
        return switch (type) {
            case BOOL -> random.nextBoolean();
            case INT32 -> (int) bits;
            case INT64 -> bits;
            case UINT32 -> bits & 0xFFFFFFFFL;
            case UINT64 -> new BigInteger(Long.toUnsignedString(bits));
            case FLOAT32 -> few ? bits / 4f : (float) random.nextGaussian();
            case FLOAT64 -> few ? bits / 4d : random.nextGaussian();
            case UTF8, ENUM -> few ? WORDS.get(random.nextInt(WORDS.size())) : Long.toString(bits, 36);
            case JSON -> "{\"n\":" + bits + "}";
            case BINARY -> BigInteger.valueOf(bits).toByteArray();
            // Within the years that every engine can tell.
            case TIMESTAMP_MICROS -> Instant.EPOCH.plus(bits >> 12, ChronoUnit.MICROS);
            case TIMESTAMP_NANOS -> Instant.EPOCH.plus(bits >> 1, ChronoUnit.NANOS);
            case LOCAL_TIMESTAMP_MICROS ->
                LocalDateTime.ofInstant(Instant.EPOCH.plus(bits >> 12, ChronoUnit.MICROS), ZoneOffset.UTC);
            case DATE -> LocalDate.ofEpochDay(bits % 1_000_000);
        };
    }
}
