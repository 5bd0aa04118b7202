package dev.alluvium.arrow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alluvium.schema.Column;
import dev.alluvium.schema.ColumnType.ListOf;
import dev.alluvium.schema.ColumnType.MapOf;
import dev.alluvium.schema.ColumnType.Scalar;
import dev.alluvium.schema.ColumnType.Struct;
import dev.alluvium.schema.TableSchema;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SortedRowsTest {
    private final RootAllocator allocator = new RootAllocator();

    @AfterEach
    void nothingLeaks() {
        allocator.close();
    }

    private RecordBatch batch(List<String> sortedBy, Column... columns) {
        return new RecordBatch(allocator, new TableSchema("t", List.of(columns), sortedBy));
    }

    @Test
    void sortsByTheFirstColumnBeforeTheSecondAndKeepsEqualRowsAsTheyCame() {
        try (RecordBatch batch = batch(
                List.of("lap", "time"),
                Column.required("lap", Scalar.INT32),
                Column.required("time", Scalar.FLOAT64),
                Column.required("id", Scalar.INT64))) {
            double[][] rows = {{2, 0.5}, {1, 1}, {-1, 9}, {1, 0.5}, {2, 0.5}, {1, 1}};
            for (int i = 0; i < rows.length; i++) {
                batch.column(0, IntColumn.class).append((int) rows[i][0]);
                batch.column(1, DoubleColumn.class).append(rows[i][1]);
                batch.column(2, LongColumn.class).append(i);
                batch.endRow();
            }

            batch.sort();

            assertThat(values(batch, 2)).containsExactly(2L, 3L, 1L, 5L, 0L, 4L);
        }
    }

    @Test
    void putsNotANumberAfterAllNumbersAndNullLast() {
        try (RecordBatch batch =
                batch(List.of("x"), Column.optional("x", Scalar.FLOAT64), Column.required("id", Scalar.INT32))) {
            Double[] values = {null, Double.NaN, 0.0, Double.POSITIVE_INFINITY, -0.0, null, Double.NEGATIVE_INFINITY};
            for (int i = 0; i < values.length; i++) {
                if (values[i] != null) {
                    batch.column(0, DoubleColumn.class).append(values[i]);
                }
                batch.column(1, IntColumn.class).append(i);
                batch.endRow();
            }

            batch.sort();

            assertThat(values(batch, 1)).containsExactly(6, 4, 2, 3, 1, 0, 5);
            assertThat(values(batch, 0))
                    .containsExactly(
                            Double.NEGATIVE_INFINITY, -0.0, 0.0, Double.POSITIVE_INFINITY, Double.NaN, null, null);
        }
    }

    @Test
    void ordersTextByItsBytesAndUnsignedNumbersAsSuch() {
        try (RecordBatch batch = batch(
                List.of("text", "number"),
                Column.required("text", Scalar.UTF8),
                Column.required("number", Scalar.UINT64),
                Column.required("id", Scalar.INT32))) {
            String[] texts = {"b", "é", "a", "ab", "a", ""};
            long[] numbers = {0, 0, -1, 0, 1, 0};
            for (int i = 0; i < texts.length; i++) {
                batch.column(0, BytesColumn.class).append(texts[i].getBytes(UTF_8));
                batch.column(1, LongColumn.class).append(numbers[i]);
                batch.column(2, IntColumn.class).append(i);
                batch.endRow();
            }

            batch.sort();

            assertThat(values(batch, 2)).containsExactly(5, 4, 2, 3, 0, 1);
        }
    }

    @Test
    void copiesNothingWhereRowsAreInOrder() {
        try (RecordBatch batch = batch(List.of("x"), Column.required("x", Scalar.INT64))) {
            for (int i = 0; i < 5000; i++) {
                batch.column(0, LongColumn.class).append(i / 2);
                batch.endRow();
            }
            long address = batch.column(0, LongColumn.class).address;

            batch.sort();
            assertThat(batch.column(0, LongColumn.class).address).isEqualTo(address);

            batch.column(0, LongColumn.class).append(-1);
            batch.endRow();
            batch.sort();
            assertThat(batch.column(0, LongColumn.class).address).isNotEqualTo(address);
            assertThat(batch.column(0, LongColumn.class).get(0)).isEqualTo(-1);
        }
    }

    @Test
    void refusesColumnsThatHaveNoOrder() {
        assertThatThrownBy(() -> batch(List.of("y"), Column.required("x", Scalar.INT64)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be sorted by y");
        assertThatThrownBy(() -> batch(List.of("x"), Column.required("x", new ListOf(Scalar.INT64, false))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be sorted by x");
    }

    /** Every kind of column, with nulls: a row stays together. */
    @Test
    void movesRowsAsAWhole() {
        for (long seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            int rows = random.nextInt(300);
            try (RecordBatch batch = batch(
                    List.of("key"),
                    Column.optional("key", Scalar.INT32),
                    Column.optional("id", Scalar.INT64),
                    Column.optional("flag", Scalar.BOOL),
                    Column.optional("text", Scalar.UTF8),
                    Column.optional("list", new ListOf(Scalar.UTF8, true)),
                    Column.required("map", new MapOf(Scalar.UTF8, Scalar.FLOAT64, true)),
                    Column.optional(
                            "struct",
                            new Struct(List.of(
                                    Column.optional("a", Scalar.FLOAT32),
                                    Column.required("b", new ListOf(Scalar.INT32, false))))))) {
                List<@Nullable Integer> keys = new ArrayList<>();
                for (int row = 0; row < rows; row++) {
                    keys.add(appendRow(batch, random, row));
                }
                List<List<@Nullable Object>> before = rows(batch);
                List<Integer> order = IntStream.range(0, rows)
                        .boxed()
                        .sorted(Comparator.comparing(keys::get, Comparator.nullsLast(Comparator.naturalOrder())))
                        .toList();

                batch.sort();

                assertThat(rows(batch))
                        .as("seed " + seed)
                        .isEqualTo(order.stream().map(before::get).toList());
                appendRow(batch, random, rows);
                assertThat(rows(batch)).as("seed " + seed).hasSize(rows + 1);
                batch.clear(); // and with it the view of the rows, whose bitmaps are not the batch's
                assertThat(batch.byteSize()).isEqualTo(allocator.getAllocatedMemory());
            }
        }
    }

    private static @Nullable Integer appendRow(RecordBatch batch, Random random, int row) {
        Integer key = random.nextInt(10) == 0 ? null : random.nextInt(20);
        if (key != null) {
            batch.column(0, IntColumn.class).append(key);
        }
        if (random.nextBoolean()) {
            batch.column(1, LongColumn.class).append(row);
        }
        if (random.nextBoolean()) {
            batch.column(2, BoolColumn.class).append(random.nextBoolean());
        }
        if (random.nextInt(3) > 0) {
            batch.column(3, BytesColumn.class)
                    .append("x".repeat(random.nextInt(9)).getBytes(UTF_8));
        }
        if (random.nextInt(3) > 0) {
            ListColumn list = batch.column(4, ListColumn.class);
            for (int i = random.nextInt(3); i > 0; i--) {
                if (random.nextBoolean()) {
                    list.element().appendNull();
                } else {
                    ((BytesColumn) list.element()).append(("e" + row).getBytes(UTF_8));
                }
            }
            list.endList();
        }
        MapColumn map = batch.column(5, MapColumn.class);
        for (int i = random.nextInt(3); i > 0; i--) {
            ((BytesColumn) map.key()).append(("k" + row).getBytes(UTF_8));
            if (random.nextBoolean()) {
                ((DoubleColumn) map.value()).append(row);
            }
            map.endEntry();
        }
        map.endMap();
        if (random.nextInt(3) > 0) {
            StructColumn struct = batch.column(6, StructColumn.class);
            if (random.nextBoolean()) {
                ((FloatColumn) struct.field(0)).append(row);
            }
            ListColumn inner = (ListColumn) struct.field(1);
            for (int i = random.nextInt(3); i > 0; i--) {
                ((IntColumn) inner.element()).append(row + i);
            }
            inner.endList();
            struct.endStruct();
        }
        batch.endRow();
        return key;
    }

    private static List<List<@Nullable Object>> rows(RecordBatch batch) {
        VectorSchemaRoot root = batch.root();
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (int row = 0; row < root.getRowCount(); row++) {
            List<@Nullable Object> values = new ArrayList<>();
            for (FieldVector vector : root.getFieldVectors()) {
                Object value = vector.getObject(row);
                values.add(value == null ? null : value.toString());
            }
            rows.add(values);
        }
        return rows;
    }

    private static List<@Nullable Object> values(RecordBatch batch, int column) {
        VectorSchemaRoot root = batch.root();
        List<@Nullable Object> values = new ArrayList<>();
        for (int row = 0; row < root.getRowCount(); row++) {
            values.add(root.getVector(column).getObject(row));
        }
        return values;
    }
}
