package dev.alluvium.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alluvium.schema.ColumnType.ListOf;
import dev.alluvium.schema.ColumnType.Scalar;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ColumnTest {
    @ParameterizedTest
    @EnumSource(Scalar.class)
    void findsAColumnOfAnyScalarBehindItsText(Scalar type) {
        Column column = Column.optional("a name, with: <signs>", type);

        assertThat(column.discoveredText()).isEqualTo(type.name() + " a name, with: <signs>");
        assertThat(Column.ofDiscoveredText(column.discoveredText())).isEqualTo(column);
    }

    @Test
    void findsTheColumnOfTheRestBehindItsText() {
        assertThat(ProtobufSchema.REST.discoveredText()).isEqualTo("MAP<UTF8,BINARY> _rest");
        assertThat(Column.ofDiscoveredText("MAP<UTF8,BINARY> _rest")).isEqualTo(ProtobufSchema.REST);
    }

    @Test
    void hasNoTextForColumnsThatDataNeverBrings() {
        assertThatThrownBy(() -> Column.required("n", Scalar.INT64).discoveredText())
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        Column.optional("l", new ListOf(Scalar.INT64, false)).discoveredText())
                .isInstanceOf(IllegalArgumentException.class);
    }
}
