package dev.alluvium.record;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class OffsetRangeTest {
    @Test
    void refusesAnEndBelowItsFirstOffset() {
        assertThatThrownBy(() -> new OffsetRange(5, 4)).hasMessageContaining("[5, 4)");
    }
}
