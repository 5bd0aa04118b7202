package dev.alluvium.decode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {
    @Test
    void agreesWithProtobufOnAllShortSequences() {
        byte[] bytes = new byte[3];
        for (int i = 0; i < 1 << 24; i += 7) {
            bytes[0] = (byte) (i >>> 16);
            bytes[1] = (byte) (i >>> 8);
            bytes[2] = (byte) i;
            if (Utf8.isValid(bytes, 0, 3) != ByteString.copyFrom(bytes).isValidUtf8()) {
                assertThat(Utf8.isValid(bytes, 0, 3))
                        .as("bytes %06x", i)
                        .isEqualTo(ByteString.copyFrom(bytes).isValidUtf8());
            }
        }
    }

    @Test
    void agreesWithProtobufOnDamagedText() {
        byte[] text = "plain ASCII first, then grüße, 日本語, 😀 and plain ASCII again".getBytes(UTF_8);
        assertThat(Utf8.isValid(text, 0, text.length)).isTrue();
        for (long seed = 0; seed < 5000; seed++) {
            Random random = new Random(seed);
            byte[] damaged = text.clone();
            damaged[random.nextInt(text.length)] = (byte) random.nextInt();
            int end = random.nextInt(text.length + 1);
            assertThat(Utf8.isValid(damaged, 0, end))
                    .as("seed " + seed)
                    .isEqualTo(ByteString.copyFrom(damaged, 0, end).isValidUtf8());
        }
    }
}
