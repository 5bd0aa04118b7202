package dev.alluvium.topology;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicHealthTest {
    @ParameterizedTest
    @CsvSource({
        "1, 1, 1, OK",
        "3, 2, 3, OK",
        "5, 3, 6, OK",
        "1, 1, 3, WARN",
        "3, 1, 3, WARN",
        "3, 3, 3, WARN",
        "2, 2, 2, WARN",
        "1, 2, 3, FAIL",
        "2, 3, 3, FAIL"
    })
    void judgesReplicasByWhatOneLostBrokerCosts(int factor, int minInSync, int brokers, Finding.Level level) {
        Findings findings = new Findings();

        TopicHealth.replication("topic a", factor, minInSync, brokers, findings);

        assertThat(findings.all())
                .singleElement()
                .satisfies(it -> assertThat(it.level()).isEqualTo(level));
    }
}
