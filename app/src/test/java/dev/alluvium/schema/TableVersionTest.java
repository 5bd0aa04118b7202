package dev.alluvium.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The vectors of LakeSync's schema evolution, and the order of versions. */
class TableVersionTest {
    private static final DeltaColumn NAME = new DeltaColumn("name", DeltaColumn.Type.STRING);
    private static final DeltaColumn AGE = new DeltaColumn("age", DeltaColumn.Type.NUMBER);
    private static final DeltaColumn ACTIVE = new DeltaColumn("active", DeltaColumn.Type.BOOLEAN);

    private static final TableVersion FIRST = version("users", 1, NAME, AGE);

    private static TableVersion version(String table, long version, DeltaColumn... columns) {
        return new TableVersion(new DeltaTable(table, List.of(columns)), version);
    }

    @Test
    void takesAColumnAtTheEnd() {
        assertThat(FIRST.refusal(version("users", 2, NAME, AGE, ACTIVE))).isEmpty();
    }

    @Test
    void takesAVersionThatChangesNothing() {
        assertThat(FIRST.refusal(version("users", 2, NAME, AGE))).isEmpty();
    }

    @Test
    void refusesARemovedColumn() {
        assertThat(FIRST.refusal(version("users", 2, NAME))).contains("column age is gone; columns are not removed");
        assertThat(FIRST.refusal(version("users", 2, AGE))).contains("column name is gone; columns are not removed");
    }

    @Test
    void refusesARenamedColumn() {
        assertThat(FIRST.refusal(version("users", 2, NAME, new DeltaColumn("years", DeltaColumn.Type.NUMBER))))
                .contains("column age is named years; names do not change");
    }

    @Test
    void refusesAnotherType() {
        assertThat(FIRST.refusal(version("users", 2, NAME, new DeltaColumn("age", DeltaColumn.Type.STRING))))
                .contains("column age is string, not number; types do not change");
    }

    @Test
    void refusesAnotherTable() {
        assertThat(FIRST.refusal(version("todos", 2, NAME, AGE, ACTIVE))).contains("it is another table, todos");
    }

    @Test
    void refusesAColumnInBetween() {
        assertThat(FIRST.refusal(version("users", 2, NAME, ACTIVE, AGE)))
                .contains("column age is at another position; new columns come at the end");
    }

    @Test
    void refusesAVersionThatIsNotTheNext() {
        assertThat(FIRST.refusal(version("users", 3, NAME, AGE, ACTIVE)))
                .contains("version 3 does not follow version 1");
        assertThat(FIRST.refusal(version("users", 1, NAME, AGE, ACTIVE)))
                .contains("version 1 does not follow version 1");
    }

    @Test
    void refusesAVersionBelowTheFirst() {
        assertThatThrownBy(() -> version("users", 0, NAME))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("version 0");
    }
}
