package dev.alluvium.storage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContentTypeTest {
    @ParameterizedTest
    @CsvSource({
        "deltas/2026-02-06/gw-1/a.parquet, application/vnd.apache.parquet",
        "deltas/2026-02-06/gw-1/a.json, application/json",
        "a.parquet/b, application/octet-stream",
        "parquet, application/octet-stream"
    })
    void goesByTheExtensionOfTheKey(String key, String type) {
        assertThat(ContentType.of(key)).isEqualTo(type);
    }
}
