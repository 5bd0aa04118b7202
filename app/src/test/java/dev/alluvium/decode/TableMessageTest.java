package dev.alluvium.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alluvium.schema.DeltaColumn;
import dev.alluvium.schema.DeltaTable;
import dev.alluvium.schema.TableVersion;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableMessageTest {
    private static TableVersion read(String key, String value) {
        return TableMessage.read(key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void readsAVersionAndIgnoresWhatItDoesNotKnow() {
        TableVersion version = read("users", """
                {"columns": [{"name": "name", "type": "string", "references": {"table": "x"}},
                             {"type": "json", "name": "meta"}],
                 "primaryKey": ["row_id"], "version": 12, "table": "users"}""");

        assertThat(version)
                .isEqualTo(new TableVersion(
                        new DeltaTable(
                                "users",
                                List.of(
                                        new DeltaColumn("name", DeltaColumn.Type.STRING),
                                        new DeltaColumn("meta", DeltaColumn.Type.JSON))),
                        12));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{                                                                   | NOT_JSON",
                "[]                                                                  | the value is no JSON object",
                "{\"version\":1,\"columns\":[]}                                      | \"table\" is missing",
                "{\"table\":7,\"version\":1,\"columns\":[]}                          | \"table\" is no string",
                "{\"table\":\"todos\",\"version\":1,\"columns\":[]}                  | the key is \"users\"",
                "{\"table\":\"users\",\"columns\":[]}                                | \"version\" is missing",
                "{\"table\":\"users\",\"version\":\"1\",\"columns\":[]}              | \"version\" is no whole",
                "{\"table\":\"users\",\"version\":1.5,\"columns\":[]}                | \"version\" is no whole",
                "{\"table\":\"users\",\"version\":1e99,\"columns\":[]}               | \"version\" is no whole",
                "{\"table\":\"users\",\"version\":0,\"columns\":[]}                  | versions begin at 1",
                "{\"table\":\"users\",\"version\":1}                                 | \"columns\" is missing",
                "{\"table\":\"users\",\"version\":1,\"columns\":{}}                  | \"columns\" is no list",
                "{\"table\":\"users\",\"version\":1,\"columns\":[1]}                 | a column is no JSON object",
                "{\"table\":\"users\",\"version\":1,\"columns\":[{\"name\":\"a\"}]}  | \"type\" is missing",
                "{\"table\":\"users\",\"version\":1,\"columns\":[{\"name\":\"a\",\"type\":\"int\"}]} | no column type"
            })
    void saysWhatIsWrong(String value, String problem) {
        assertThatThrownBy(() -> read("users", value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void refusesARecordWithoutAKey() {
        assertThatThrownBy(() -> TableMessage.read(
                        null, "{\"table\":\"users\",\"version\":1,\"columns\":[]}".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the key is \"\"");
    }
}
