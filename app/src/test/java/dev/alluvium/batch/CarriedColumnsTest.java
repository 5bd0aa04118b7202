package dev.alluvium.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.schema.Column;
import dev.alluvium.schema.ColumnType.Scalar;
import dev.alluvium.schema.TableSchema;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CarriedColumnsTest {
    private static final TableSchema SCHEMA = new TableSchema("t", List.of(Column.required("a", Scalar.INT32)));
    private static final Column UNKNOWN = Column.optional("_unknown", Scalar.BINARY);
    private static final Column BOOST = Column.optional("boost", Scalar.FLOAT64);

    private final CarriedColumns carried = new CarriedColumns();

    @Test
    void givesTheNextBatchWhatTheLastOneHadInItsOrder() {
        carried.keep("g", List.of(BOOST, UNKNOWN));

        assertThat(carried.of("g", SCHEMA)).containsExactly(BOOST, UNKNOWN);
        assertThat(carried.of("h", SCHEMA)).isEmpty();
    }

    @Test
    void leavesOutWhatTheGroupHasByNow() {
        carried.keep("g", List.of(BOOST, UNKNOWN));

        assertThat(carried.of("g", SCHEMA.with(List.of(BOOST)))).containsExactly(UNKNOWN);
    }

    @Test
    void forgetsAGroupThatIsComplete() {
        carried.keep("g", List.of(BOOST));
        carried.forget("g");
        carried.forget("g");

        assertThat(carried.of("g", SCHEMA)).isEmpty();
    }

    @Test
    void forgetsTheGroupUsedLeastRecentlyWhenTheyHaveTooManyColumns() {
        List<Column> half = columns(CarriedColumns.MAX_COLUMNS / 2);
        carried.keep("first", half);
        carried.keep("second", half);
        assertThat(carried.of("first", SCHEMA)).isEqualTo(half);

        carried.keep("third", List.of(BOOST));

        assertThat(carried.of("second", SCHEMA)).isEmpty();
        assertThat(carried.of("first", SCHEMA)).isEqualTo(half);
        assertThat(carried.of("third", SCHEMA)).containsExactly(BOOST);
    }

    @Test
    void keepsNothingOfAGroupThatHasMoreThanAllMayHave() {
        carried.keep("other", List.of(BOOST));
        carried.keep("g", columns(CarriedColumns.MAX_COLUMNS + 1));

        assertThat(carried.of("g", SCHEMA)).isEmpty();
        assertThat(carried.of("other", SCHEMA)).containsExactly(BOOST);
    }

    private static List<Column> columns(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Column.optional("c" + i, Scalar.FLOAT64))
                .toList();
    }
}
