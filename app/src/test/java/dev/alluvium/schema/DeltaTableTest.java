package dev.alluvium.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeltaTableTest {
    private static final DeltaTable TASKS = new DeltaTable(
            "tasks",
            List.of(
                    new DeltaColumn("title", DeltaColumn.Type.STRING),
                    new DeltaColumn("priority", DeltaColumn.Type.NUMBER),
                    new DeltaColumn("done", DeltaColumn.Type.BOOLEAN),
                    new DeltaColumn("meta", DeltaColumn.Type.JSON),
                    new DeltaColumn("nothing", DeltaColumn.Type.NULL)));

    /** L0-02, L0-03, L0-05 to L0-10, L0-15. */
    @Test
    void putsTheSystemColumnsFirstAndTypesTheDeclaredOnes() {
        assertThat(TASKS.schema(false).columns())
                .containsExactly(
                        Column.required("op", ColumnType.Scalar.UTF8),
                        Column.required("table", ColumnType.Scalar.UTF8),
                        Column.required("rowId", ColumnType.Scalar.UTF8),
                        Column.required("clientId", ColumnType.Scalar.UTF8),
                        Column.required("hlc", ColumnType.Scalar.INT64),
                        Column.required("deltaId", ColumnType.Scalar.UTF8),
                        Column.optional("title", ColumnType.Scalar.UTF8),
                        Column.optional("priority", ColumnType.Scalar.FLOAT64),
                        Column.optional("done", ColumnType.Scalar.BOOL),
                        Column.optional("meta", ColumnType.Scalar.JSON),
                        Column.optional("nothing", ColumnType.Scalar.UTF8),
                        Column.required("hlcTs", ColumnType.Scalar.TIMESTAMP_MICROS),
                        Column.required("_columns", new ColumnType.ListOf(ColumnType.Scalar.UTF8, false)),
                        Column.required(
                                "_extra", new ColumnType.MapOf(ColumnType.Scalar.UTF8, ColumnType.Scalar.JSON, false)));
    }

    @Test
    void addsTheCoordinatesAtTheEnd() {
        List<Column> columns = TASKS.schema(true).columns();
        assertThat(columns.subList(columns.size() - 3, columns.size()))
                .containsExactly(
                        Column.required("_partition", ColumnType.Scalar.INT32),
                        Column.required("_offset", ColumnType.Scalar.INT64),
                        Column.required("_timestamp", ColumnType.Scalar.TIMESTAMP_MICROS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"op", "hlc", "deltaId", "hlcTs", "_columns", "_extra", "_offset", "_unknown", "_key"})
    void refusesADeclaredColumnNamedLikeASystemColumn(String name) {
        assertThatThrownBy(() -> new DeltaTable("t", List.of(new DeltaColumn(name, DeltaColumn.Type.STRING))))
                .hasMessageContaining("table t declares the column " + name)
                .hasMessageContaining("_extra");
    }

    @Test
    void refusesTheSameColumnTwice() {
        DeltaColumn a = new DeltaColumn("a", DeltaColumn.Type.STRING);
        assertThatThrownBy(() -> new DeltaTable("t", List.of(a, a))).hasMessageContaining("column a twice");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "_",
                "A9_",
                "1abc",
                "bad-name",
                "a b",
                "é",
                "a\n",
                "a:b",
                "a#0",
                "a23456789012345678901234567890123456789012345678901234567890abcd",
                "a23456789012345678901234567890123456789012345678901234567890abcde"
            })
    void takesExactlyTheNamesThatLakeSyncTakes(String name) {
        boolean expected = Pattern.matches("[a-zA-Z_][a-zA-Z0-9_]{0,63}", name);
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        assertThat(DeltaTable.isIdentifier(name)).isEqualTo(expected);
        assertThat(DeltaTable.isIdentifier(bytes, 0, bytes.length)).isEqualTo(expected);
        if (!expected) {
            assertThatThrownBy(() -> new DeltaTable(name, List.of())).hasMessageContaining("no table name");
        }
    }

    @Test
    void namesTheColumnTypesThereAre() {
        assertThat(DeltaColumn.Type.of("number")).isEqualTo(DeltaColumn.Type.NUMBER);
        assertThatThrownBy(() -> DeltaColumn.Type.of("Number"))
                .hasMessage("no column type \"Number\"; there are string, number, boolean, json, null");
    }

    @Test
    void isWrittenAsLakeSyncWritesItsSchemas() {
        assertThat(new DeltaTable(
                                "todos",
                                List.of(
                                        new DeltaColumn("title", DeltaColumn.Type.STRING),
                                        new DeltaColumn("done", DeltaColumn.Type.BOOLEAN)))
                        .json())
                .isEqualTo("{\"table\":\"todos\",\"columns\":[{\"name\":\"title\",\"type\":\"string\"},"
                        + "{\"name\":\"done\",\"type\":\"boolean\"}]}");
        assertThat(DeltaTable.undeclared("t").json()).isEqualTo("{\"table\":\"t\",\"columns\":[]}");
    }
}
