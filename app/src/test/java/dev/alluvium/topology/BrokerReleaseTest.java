package dev.alluvium.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.apache.kafka.server.common.MetadataVersion;
import org.junit.jupiter.api.Test;

class BrokerReleaseTest {
    @Test
    void knowsTheReleaseOfEveryLevelThatKafkaKnows() {
        List<MetadataVersion> production = Arrays.stream(MetadataVersion.VERSIONS)
                .filter(MetadataVersion::isProduction)
                .toList();

        assertThat(production)
                .hasSizeGreaterThan(15)
                .allSatisfy(version ->
                        assertThat(BrokerRelease.of(version.featureLevel())).isEqualTo(version.shortVersion()));
    }

    @Test
    void guessesNothingAboutNewerOnes() {
        assertThat(BrokerRelease.of(99)).isEqualTo("newer than 4.3");
    }
}
