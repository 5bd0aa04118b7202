package dev.alluvium.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PartitionTextTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "CA3D5KRYM6CB|CA3D5KRYM6CB",
                "a-b_c.d|a-b_c.d",
                "a/b|a%2Fb",
                "../../etc/passwd|%2E.%2F..%2Fetc%2Fpasswd",
                ".alluvium-tmp|%2Ealluvium-tmp",
                "%2Ealluvium-tmp|%252Ealluvium-tmp",
                ".|%2E",
                "..|%2E.",
                "...|%2E..",
                "a b+c%d~|a%20b%2Bc%25d%7E",
                "a=b{c}|a%3Db%7Bc%7D",
                "Zoë|Zo%C3%AB",
                "'a\nb'|a%0Ab",
                "''|__EMPTY__",
                "__EMPTY__|%5F_EMPTY__",
                "__HIVE_DEFAULT_PARTITION__|%5F_HIVE_DEFAULT_PARTITION__",
            })
    void makesOneFolderOfAValue(String value, String text) {
        assertThat(PartitionText.of(value)).isEqualTo(text);
    }

    @Test
    void keepsTheBeginningOfALongValueAndAHash() {
        assertThat(PartitionText.of("x".repeat(96))).isEqualTo("x".repeat(96));
        assertThat(PartitionText.of("x".repeat(97)))
                .startsWith("x".repeat(63) + "~")
                .hasSize(96);
        assertThat(PartitionText.of("é".repeat(49))).matches("(%C3%A9){10}%C3~[0-9a-f]{32}");
        assertThat(PartitionText.of("." + "x".repeat(96))).startsWith("%2Exxx").hasSize(96);
        assertThat(PartitionText.of("." + "x".repeat(94))).matches("%2Ex{60}~[0-9a-f]{32}");
        Set<String> texts = new TreeSet<>();
        for (int length = 90; length < 300; length++) {
            texts.add(PartitionText.of("x".repeat(length)));
        }
        assertThat(texts).hasSize(210).allMatch(text -> text.length() <= PartitionText.MAX_LENGTH);
        assertThat(texts).doesNotContain(PartitionText.of(PartitionText.of("x".repeat(97))));
    }
}
