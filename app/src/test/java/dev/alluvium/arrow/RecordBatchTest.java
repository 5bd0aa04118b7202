package dev.alluvium.arrow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alluvium.schema.Column;
import dev.alluvium.schema.ColumnType;
import dev.alluvium.schema.ColumnType.ListOf;
import dev.alluvium.schema.ColumnType.MapOf;
import dev.alluvium.schema.ColumnType.Scalar;
import dev.alluvium.schema.ColumnType.Struct;
import dev.alluvium.schema.TableSchema;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.TimeStampMicroVector;
import org.apache.arrow.vector.TimeStampNanoTZVector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecordBatchTest {
    private final RootAllocator allocator = new RootAllocator();

    @AfterEach
    void nothingLeaks() {
        allocator.close();
    }

    private RecordBatch batch(Column... columns) {
        return new RecordBatch(allocator, new TableSchema("t", List.of(columns)));
    }

    @Test
    void holdsNoMemoryBeforeTheFirstValue() {
        try (RecordBatch batch = batch(Column.optional("a", Scalar.INT64), Column.optional("b", Scalar.UTF8))) {
            assertThat(batch.byteSize()).isZero();
            batch.column(0, LongColumn.class).append(1);
            assertThat(batch.byteSize())
                    .isEqualTo(allocator.getAllocatedMemory())
                    .isPositive();
        }
    }

    @Test
    void keepsScalarsAndNullsWhileItsBuffersGrow() {
        int rows = 5000;
        try (RecordBatch batch = batch(
                Column.optional("int", Scalar.INT32),
                Column.optional("long", Scalar.INT64),
                Column.optional("float", Scalar.FLOAT32),
                Column.optional("double", Scalar.FLOAT64),
                Column.optional("bool", Scalar.BOOL),
                Column.optional("text", Scalar.UTF8))) {
            for (int i = 0; i < rows; i++) {
                if (i % 3 != 0) {
                    batch.column(0, IntColumn.class).append(i);
                    batch.column(2, FloatColumn.class).append(i / 2f);
                    batch.column(4, BoolColumn.class).append(i % 2 == 0);
                }
                if (i % 100 == 99) {
                    batch.column(1, LongColumn.class).append(-i);
                    batch.column(3, DoubleColumn.class).append(i / 4d);
                    batch.column(5, BytesColumn.class).append(("v" + i).getBytes(UTF_8));
                }
                batch.endRow();
            }
            VectorSchemaRoot root = batch.root();
            assertThat(root.getRowCount()).isEqualTo(rows);
            for (int i = 0; i < rows; i++) {
                boolean often = i % 3 != 0;
                boolean rarely = i % 100 == 99;
                assertThat(((IntVector) root.getVector(0)).getObject(i)).isEqualTo(often ? i : null);
                assertThat(((BigIntVector) root.getVector(1)).getObject(i)).isEqualTo(rarely ? -(long) i : null);
                assertThat(((Float4Vector) root.getVector(2)).getObject(i)).isEqualTo(often ? i / 2f : null);
                assertThat(((Float8Vector) root.getVector(3)).getObject(i)).isEqualTo(rarely ? i / 4d : null);
                assertThat(((BitVector) root.getVector(4)).getObject(i)).isEqualTo(often ? i % 2 == 0 : null);
                assertThat(text(root.getVector(5), i)).isEqualTo(rarely ? "v" + i : null);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Scalar.class)
    void mapsEachScalarToItsVector(Scalar type) {
        try (RecordBatch batch = batch(Column.required("c", type))) {
            batch.endRow();
            Class<? extends FieldVector> expected = switch (type) {
                case BOOL -> BitVector.class;
                case INT32 -> IntVector.class;
                case INT64 -> BigIntVector.class;
                case UINT32 -> UInt4Vector.class;
                case UINT64 -> UInt8Vector.class;
                case FLOAT32 -> Float4Vector.class;
                case FLOAT64 -> Float8Vector.class;
                case UTF8, JSON, ENUM -> VarCharVector.class;
                case BINARY -> VarBinaryVector.class;
                case TIMESTAMP_MICROS -> TimeStampMicroTZVector.class;
                case TIMESTAMP_NANOS -> TimeStampNanoTZVector.class;
                case LOCAL_TIMESTAMP_MICROS -> TimeStampMicroVector.class;
                case DATE -> DateDayVector.class;
            };
            FieldVector vector = batch.root().getVector(0);
            assertThat(vector).isInstanceOf(expected);
            assertThat(vector.getField().isNullable()).isFalse();
            assertThat(vector.isNull(0)).isFalse();
        }
    }

    @Test
    void fillsUnwrittenColumnsWithNullOrZero() {
        ColumnType list = new ListOf(Scalar.INT32, false);
        try (RecordBatch batch = batch(
                Column.required("count", Scalar.INT64),
                Column.required("name", Scalar.UTF8),
                Column.required("list", list),
                Column.optional("maybe", list),
                Column.required("flag", Scalar.BOOL),
                Column.required(
                        "pair",
                        new Struct(List.of(Column.required("a", Scalar.INT32), Column.optional("b", Scalar.UTF8)))))) {
            batch.endRow();
            VectorSchemaRoot root = batch.root();
            assertThat(root.getVector(0).getObject(0)).isEqualTo(0L);
            assertThat(text(root.getVector(1), 0)).isEmpty();
            assertThat(((ListVector) root.getVector(2)).getObject(0)).isEqualTo(List.of());
            assertThat(root.getVector(3).isNull(0)).isTrue();
            assertThat(root.getVector(4).getObject(0)).isEqualTo(false);
            StructVector pair = (StructVector) root.getVector(5);
            assertThat(pair.isNull(0)).isFalse();
            assertThat(pair.getChild("a").getObject(0)).isEqualTo(0);
            assertThat(pair.getChild("b").isNull(0)).isTrue();
        }
    }

    @Test
    void nestsListsStructsAndMapsOverManyRows() {
        ColumnType point =
                new Struct(List.of(Column.required("x", Scalar.INT32), Column.optional("label", Scalar.UTF8)));
        try (RecordBatch batch = batch(
                Column.required("points", new ListOf(point, false)),
                Column.optional("point", point),
                Column.required("tags", new MapOf(Scalar.UTF8, Scalar.FLOAT64, true)))) {
            ListColumn points = batch.column(0, ListColumn.class);
            StructColumn element = (StructColumn) points.element();
            StructColumn single = batch.column(1, StructColumn.class);
            MapColumn tags = batch.column(2, MapColumn.class);
            for (int row = 0; row < 700; row++) {
                for (int i = 0; i < row % 5; i++) {
                    ((IntColumn) element.field(0)).append(row + i);
                    if (i == 1) {
                        ((BytesColumn) element.field(1)).append(("p" + row).getBytes(UTF_8));
                    }
                    element.endStruct();
                }
                if (row % 2 == 0) {
                    ((IntColumn) single.field(0)).append(row);
                    single.endStruct();
                }
                for (int i = 0; i < row % 3; i++) {
                    ((BytesColumn) tags.key()).append(("k" + i).getBytes(UTF_8));
                    if (i == 0) {
                        ((DoubleColumn) tags.value()).append(row);
                    }
                    tags.endEntry();
                }
                batch.endRow();
            }
            VectorSchemaRoot root = batch.root();
            ListVector pointVector = (ListVector) root.getVector(0);
            StructVector elements = (StructVector) pointVector.getDataVector();
            MapVector tagVector = (MapVector) root.getVector(2);
            StructVector entries = (StructVector) tagVector.getDataVector();
            for (int row = 0; row < 700; row++) {
                int start = pointVector.getElementStartIndex(row);
                assertThat(pointVector.getElementEndIndex(row) - start).isEqualTo(row % 5);
                for (int i = 0; i < row % 5; i++) {
                    assertThat(elements.getChild("x").getObject(start + i)).isEqualTo(row + i);
                    assertThat(text(elements.getChild("label"), start + i)).isEqualTo(i == 1 ? "p" + row : null);
                }
                assertThat(root.getVector(1).isNull(row)).isEqualTo(row % 2 != 0);
                int entry = tagVector.getElementStartIndex(row);
                assertThat(tagVector.getElementEndIndex(row) - entry).isEqualTo(row % 3);
                for (int i = 0; i < row % 3; i++) {
                    assertThat(text(entries.getChild("key"), entry + i)).isEqualTo("k" + i);
                    assertThat(entries.getChild("value").getObject(entry + i)).isEqualTo(i == 0 ? (double) row : null);
                }
            }
            assertThat(tagVector
                            .getField()
                            .getChildren()
                            .get(0)
                            .getChildren()
                            .get(0)
                            .isNullable())
                    .isFalse();
        }
    }

    @Test
    void backFillsAnAddedColumnWithNulls() {
        try (RecordBatch batch = batch(Column.required("a", Scalar.INT32))) {
            IntStream.range(0, 40).forEach(i -> batch.endRow());
            batch.addColumn(Column.optional("late", Scalar.FLOAT64));
            batch.addColumn(Column.optional("list", new ListOf(Scalar.UTF8, false)));
            batch.column(1, DoubleColumn.class).append(1.5);
            ListColumn list = batch.column(2, ListColumn.class);
            ((BytesColumn) list.element()).append("x".getBytes(UTF_8));
            list.endList();
            batch.endRow();
            VectorSchemaRoot root = batch.root();
            assertThat(batch.schema().columns()).extracting(Column::name).containsExactly("a", "late", "list");
            assertThat(root.getVector("late").getNullCount()).isEqualTo(40);
            assertThat(root.getVector("late").getObject(40)).isEqualTo(1.5);
            assertThat(root.getVector("list").getNullCount()).isEqualTo(40);
            assertThat(((ListVector) root.getVector("list")).getObject(40)).hasToString("[\"x\"]");
            assertThatThrownBy(() -> batch.addColumn(Column.required("b", Scalar.INT32)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("b");
        }
    }

    @Test
    void sharesItsBuffersWithTheRoot() {
        try (RecordBatch batch = batch(Column.required("a", Scalar.INT64))) {
            LongColumn column = batch.column(0, LongColumn.class);
            for (int i = 0; i < 1000; i++) {
                column.append(i);
                batch.endRow();
            }
            assertThat(batch.root().getVector(0).getDataBuffer().memoryAddress())
                    .isEqualTo(column.address);
        }
    }

    @Test
    void givesBigBuffersBackWhenCleared() {
        try (RecordBatch batch = batch(Column.optional("small", Scalar.BOOL), Column.required("big", Scalar.BINARY))) {
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < 100; i++) {
                    if (i % 2 == round % 2) {
                        batch.column(0, BoolColumn.class).append(true);
                    }
                    batch.column(1, BytesColumn.class).append(new byte[1000]);
                    batch.endRow();
                }
                assertThat(batch.byteSize()).isGreaterThan(100_000);
                VectorSchemaRoot root = batch.root();
                for (int i = 0; i < 100; i++) {
                    assertThat(root.getVector(0).isNull(i)).isEqualTo(i % 2 != round % 2);
                }
                batch.clear();
                assertThat(batch.rowCount()).isZero();
                assertThat(batch.byteSize()).isLessThan(2048).isEqualTo(allocator.getAllocatedMemory());
            }
            assertThat(batch.root().getRowCount()).isZero();
        }
    }

    @Test
    void dropsValuesFromTheEnd() {
        ColumnType inner = new Struct(
                List.of(Column.optional("n", Scalar.INT32), Column.required("list", new ListOf(Scalar.UTF8, false))));
        try (RecordBatch batch = batch(Column.optional("text", Scalar.UTF8), Column.optional("s", inner))) {
            BytesColumn text = batch.column(0, BytesColumn.class);
            StructColumn struct = batch.column(1, StructColumn.class);
            ListColumn list = (ListColumn) struct.field(1);
            text.append("kept".getBytes(UTF_8));
            batch.endRow();
            text.append("dropped".getBytes(UTF_8));
            text.truncate(1);
            text.append("new".getBytes(UTF_8));
            ((BytesColumn) list.element()).append("gone".getBytes(UTF_8));
            struct.truncate(1);
            batch.endRow();
            ((BytesColumn) list.element()).append("one".getBytes(UTF_8));
            struct.endStruct();
            struct.reopen();
            ((IntColumn) struct.field(0)).truncate(2);
            ((IntColumn) struct.field(0)).append(7);
            list.reopen();
            ((BytesColumn) list.element()).append("two".getBytes(UTF_8));
            list.endList();
            struct.endStruct();
            batch.endRow();
            VectorSchemaRoot root = batch.root();
            assertThat(IntStream.range(0, 3).mapToObj(i -> text(root.getVector(0), i)))
                    .containsExactly("kept", "new", null);
            StructVector vector = (StructVector) root.getVector(1);
            assertThat(vector.getNullCount()).isEqualTo(2);
            assertThat(vector.getObject(2)).hasToString("{\"n\":7,\"list\":[\"one\",\"two\"]}");
        }
    }

    @Test
    void lengthensTheLastValue() {
        try (RecordBatch batch = batch(Column.optional("b", Scalar.BINARY))) {
            BytesColumn column = batch.column(0, BytesColumn.class);
            assertThatThrownBy(() -> column.extendLast(new byte[1], 0, 1)).isInstanceOf(IllegalStateException.class);
            batch.endRow();
            column.append(new byte[] {1, 2});
            column.extendLast(new byte[] {3, 4, 5}, 1, 2);
            batch.endRow();
            assertThat(((VarBinaryVector) batch.root().getVector(0)).get(1)).containsExactly(1, 2, 4, 5);
            assertThat(column.get(1)).containsExactly(1, 2, 4, 5);
        }
    }

    @Test
    void refusesANullWhereThereIsNone() {
        try (RecordBatch batch = batch(Column.required("a", Scalar.INT64))) {
            assertThatThrownBy(() -> batch.column(0).appendNull())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("a is not nullable");
        }
    }

    @Test
    void refusesABufferBeyondItsCapAndNamesTheColumn() {
        GrowingBuffer buffer = new GrowingBuffer(new BatchMemory(allocator), "wide");
        assertThatThrownBy(() -> buffer.ensure((1L << 30) + 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("wide");
    }

    private static @Nullable String text(FieldVector vector, int index) {
        Object value = vector.getObject(index);
        return value == null ? null : value.toString();
    }
}
