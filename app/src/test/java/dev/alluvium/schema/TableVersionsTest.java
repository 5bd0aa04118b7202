package dev.alluvium.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TableVersionsTest {
    private static final DeltaColumn NAME = new DeltaColumn("name", DeltaColumn.Type.STRING);
    private static final DeltaColumn AGE = new DeltaColumn("age", DeltaColumn.Type.NUMBER);
    private static final DeltaColumn ACTIVE = new DeltaColumn("active", DeltaColumn.Type.BOOLEAN);

    private final TableVersions versions = new TableVersions(List.of(new DeltaTable("users", List.of(NAME))));

    private static TableVersion users(long version, DeltaColumn... columns) {
        return new TableVersion(new DeltaTable("users", List.of(columns)), version);
    }

    @Test
    void beginsWithFirstVersions() {
        assertThat(versions.inForce()).containsExactly(Map.entry("users", users(1, NAME)));
    }

    @Test
    void putsTheNextVersionInForce() {
        assertThat(versions.offer(users(2, NAME, AGE))).isEmpty();

        assertThat(versions.inForce()).containsEntry("users", users(2, NAME, AGE));
    }

    @Test
    void takesATableThatComesLateWithWhateverVersion() {
        TableVersion todos = new TableVersion(new DeltaTable("todos", List.of(ACTIVE)), 7);

        assertThat(versions.offer(todos)).isEmpty();
        assertThat(versions.inForce()).containsOnlyKeys("users", "todos").containsEntry("todos", todos);
    }

    @Test
    void takesALaterVersionWhereCompactionTookThoseInBetween() {
        assertThat(versions.offer(users(5, NAME, AGE, ACTIVE))).isEmpty();
        assertThat(versions.inForce()).containsEntry("users", users(5, NAME, AGE, ACTIVE));
    }

    @Test
    void refusesALaterVersionThatCouldNotHaveComeOfThisOne() {
        assertThat(versions.offer(users(5, AGE, ACTIVE))).contains("column name is gone; columns are not removed");
        assertThat(versions.inForce()).containsEntry("users", users(1, NAME));
    }

    @Test
    void staysTheSameInstanceWhenAVersionIsKnownOrRefused() {
        versions.offer(users(3, NAME, AGE));
        Map<String, TableVersion> before = versions.inForce();

        assertThat(versions.offer(users(1, NAME)))
                .as("an older one, read again")
                .isEmpty();
        assertThat(versions.offer(users(3, NAME, AGE))).as("the same").isEmpty();
        assertThat(versions.offer(users(3, NAME, ACTIVE)))
                .as("another of that number")
                .isPresent();

        assertThat(versions.inForce()).isSameAs(before);
    }
}
