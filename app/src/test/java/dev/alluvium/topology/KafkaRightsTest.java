package dev.alluvium.topology;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KafkaRightsTest {
    @ParameterizedTest
    @CsvSource({
        "payments\\.[a-z]+, payments.",
        "telemetry\\..*, telemetry.",
        "orders?-eu, order",
        "orders{2}, order",
        "orders+, orders",
        "(eu|us)\\.orders, ''",
        "eu\\.orders|us\\.orders, ''",
        ".*, ''",
        "\\d+, ''",
        "[ab]c, ''",
        "plain-name, plain-name"
    })
    void givesRightsOnWhatEveryMatchBeginsWith(String regex, String prefix) {
        assertThat(KafkaRights.literalPrefix(regex)).isEqualTo(prefix);
    }
}
