package dev.alluvium.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.schema.SchemaSourceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.errors.StreamsException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FaultCountTest {
    private final FaultCount faults = new FaultCount();

    private List<Long> secondsOfPauses(Throwable thrown, @Nullable Duration ran) {
        List<Long> pauses = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            faults.add(thrown, ran);
            pauses.add(faults.pause().toSeconds());
        }
        return pauses;
    }

    @Test
    void pausesGrowUntilItRunsWell() {
        assertThat(secondsOfPauses(new StreamsException("x"), null))
                .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L);

        faults.add(new StreamsException("x"), Duration.ofSeconds(1));

        assertThat(faults.count()).isEqualTo(1);
        assertThat(faults.pause()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void pausesGrowAlthoughItRunsWhileARegistryHalfWorks() {
        Throwable noAnswer = new StreamsException(new SchemaSourceException("no answer"));

        assertThat(secondsOfPauses(noAnswer, Duration.ofMinutes(2)))
                .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L);
    }

    @Test
    void aLongRunWasWellWhateverEndedIt() {
        Throwable noAnswer = new StreamsException(new SchemaSourceException("no answer"));
        secondsOfPauses(noAnswer, Duration.ofMinutes(2));

        faults.add(noAnswer, Duration.ofMinutes(11));

        assertThat(faults.count()).isEqualTo(1);
    }
}
