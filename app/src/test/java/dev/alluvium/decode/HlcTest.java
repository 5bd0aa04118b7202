package dev.alluvium.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HlcTest {
    @ParameterizedTest
    @MethodSource("dev.alluvium.decode.Golden#clocks")
    void agreesWithTheGoldenClocks(Golden.Clock clock) {
        long hlc = Hlc.of(clock.wallMs(), clock.counter());

        assertThat(hlc).isEqualTo(clock.bits());
        assertThat(Hlc.wallMs(hlc)).isEqualTo(clock.wallMs());
        assertThat(Hlc.counter(hlc)).isEqualTo(clock.counter());
        assertThat(Hlc.toText(hlc)).isEqualTo(clock.text());
        assertThat(Hlc.parse(clock.text())).isEqualTo(hlc);
        assertThat(Hlc.isStorable(hlc)).isEqualTo(clock.bits() >= 0);
        byte[] wire = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(hlc)
                .array();
        assertThat(HexFormat.of().formatHex(wire)).isEqualTo(clock.littleEndianHex());
    }

    @Test
    void refusesPartsThatDoNotFit() {
        assertThatThrownBy(() -> Hlc.of(1L << 48, 0)).hasMessageContaining("281474976710656");
        assertThatThrownBy(() -> Hlc.of(-1, 0)).hasMessageContaining("wall -1");
        assertThatThrownBy(() -> Hlc.of(0, 65536)).hasMessageContaining("65536");
        assertThatThrownBy(() -> Hlc.parse("18446744073709551616")).isInstanceOf(NumberFormatException.class);
    }
}
