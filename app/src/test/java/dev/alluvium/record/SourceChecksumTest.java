package dev.alluvium.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SourceChecksumTest {
    private static final SourceRecord A = record(1, 10, "k", "v");
    private static final SourceRecord B = record(2, 20, null, "w");

    @Test
    void doesNotDependOnTheOrderOfRecords() {
        assertThat(sum(A, B)).isEqualTo(sum(B, A)).isEqualTo(sum(A) + sum(B));
    }

    @Test
    void noticesEveryPartOfARecord() {
        assertThat(List.of(
                        sum(A),
                        sum(record(2, 10, "k", "v")),
                        sum(record(1, 11, "k", "v")),
                        sum(record(1, 10, "l", "v")),
                        sum(record(1, 10, "k", "u")),
                        sum(record(1, 10, "v", "k")),
                        sum(record(1, 10, null, "v")),
                        sum(record(1, 10, "", "v")),
                        sum(record(1, 10, "k", null)),
                        sum(record(1, 10, "k", ""))))
                .doesNotHaveDuplicates();
    }

    @Test
    void noticesAValueThatSlippedIntoAnotherRecord() {
        assertThat(sum(record(1, 10, "k", "w"), record(2, 10, "k", "v")))
                .isNotEqualTo(sum(record(1, 10, "k", "v"), record(2, 10, "k", "w")));
    }

    @Test
    void staysWhatItIsInFootersWrittenBefore() {
        assertThat(Long.toHexString(sum(A, B))).isEqualTo("1732c9f4b74672a");
    }

    private static long sum(SourceRecord... records) {
        SourceChecksum checksum = new SourceChecksum();
        for (SourceRecord record : records) {
            checksum.add(record);
        }
        return checksum.value();
    }

    private static SourceRecord record(long offset, long time, @Nullable String key, @Nullable String value) {
        return new SourceRecord(offset, time, bytes(key), bytes(value));
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }
}
