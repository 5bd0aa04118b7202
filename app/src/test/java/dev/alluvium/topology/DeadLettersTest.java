package dev.alluvium.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.decode.Rejection;
import dev.alluvium.record.SourceRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.Test;

/** The headers are public: tools that sort and replay dead letters go by them. */
class DeadLettersTest {
    private static final byte[] KEY = {1, 2};
    private static final byte[] VALUE = {3, 4, 5};
    private static final Rejection REJECTION = new Rejection(Rejection.Reason.BAD_JSON, "column é at byte 7");

    private final RecordHeaders headers = new RecordHeaders();

    @Test
    void haveExactlyTheseHeadersInThisOrder() {
        assertThat(text(letter()))
                .containsExactly(
                        "alluvium.reason=bad_json",
                        "alluvium.detail=column é at byte 7",
                        "alluvium.pipeline=archive",
                        "alluvium.topic=deltas",
                        "alluvium.partition=3",
                        "alluvium.offset=9007199254740993",
                        "alluvium.timestamp=1770336000000");
    }

    @Test
    void areDocumentedHeaderByHeader() throws IOException {
        List<String> documented = Pattern.compile("(?m)^\\| `(alluvium\\.[a-z]+)` \\|")
                .matcher(section(Files.readString(Path.of("../docs/formats.md")), "## Dead letters"))
                .results()
                .map(match -> match.group(1))
                .toList();

        assertThat(text(letter()))
                .extracting(header -> header.substring(0, header.indexOf('=')))
                .containsExactlyElementsOf(documented);
    }

    private static String section(String page, String heading) {
        String from = page.substring(page.indexOf(heading + "\n") + heading.length());
        return from.substring(0, from.indexOf("\n## "));
    }

    @Test
    void keepKeyValueTimeAndHeadersAsTheyCame() {
        headers.add("trace", "abc".getBytes(StandardCharsets.UTF_8));
        headers.add("trace", "def".getBytes(StandardCharsets.UTF_8));

        Record<byte[], byte[]> letter = letter();

        assertThat(letter.key()).isEqualTo(KEY);
        assertThat(letter.value()).isEqualTo(VALUE);
        assertThat(letter.timestamp()).isEqualTo(1_770_336_000_000L);
        assertThat(text(letter)).startsWith("trace=abc", "trace=def", "alluvium.reason=bad_json");
    }

    @Test
    void leaveTheHeadersOfTheSourceRecordAlone() {
        assertThat(text(letter())).isNotEmpty();

        assertThat(headers).isEmpty();
    }

    /** Of a letter that was sent back to its source and is bad again, the last header of a name is the newest. */
    @Test
    void comeAfterThoseOfAnEarlierLetter() {
        headers.add("alluvium.offset", "7".getBytes(StandardCharsets.UTF_8));

        assertThat(letter().headers().lastHeader("alluvium.offset").value())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("9007199254740993");
    }

    private Record<byte[], byte[]> letter() {
        return new DeadLetters("archive")
                .of(
                        new TopicPartition("deltas", 3),
                        new SourceRecord(9_007_199_254_740_993L, 1_770_336_000_000L, KEY, VALUE),
                        headers,
                        REJECTION);
    }

    private static List<String> text(Record<byte[], byte[]> record) {
        List<String> all = new ArrayList<>();
        for (Header header : record.headers()) {
            all.add(header.key() + "=" + new String(header.value(), StandardCharsets.UTF_8));
        }
        return all;
    }
}
