package dev.alluvium.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FileFactsTest {

    private static final FileFacts FACTS = new FileFacts(
            "cluster",
            "deltas",
            "topic-id",
            3,
            "pipeline",
            "orders|2026-11-21",
            100,
            180,
            200,
            60,
            61,
            7,
            0xfedcba9876543210L,
            1_795_251_784_000L,
            1_795_251_785_000L,
            "00112233445566778899aabbccddeeff",
            1,
            "CgA=",
            "0.1.0",
            Map.of("z.last", "2", "lake.table", "orders"));

    /** These keys are public: a file that was ever written must stay readable. */
    @Test
    void writesExactlyTheseKeysInThisOrder() {
        Map<String, String> expected = new LinkedHashMap<>();
        expected.put("alluvium.format.version", "1");
        expected.put("alluvium.cluster.id", "cluster");
        expected.put("alluvium.topic", "deltas");
        expected.put("alluvium.topic.id", "topic-id");
        expected.put("alluvium.partition", "3");
        expected.put("alluvium.pipeline", "pipeline");
        expected.put("alluvium.group", "orders|2026-11-21");
        expected.put("alluvium.offset.first", "100");
        expected.put("alluvium.offset.last", "180");
        expected.put("alluvium.offset.end", "200");
        expected.put("alluvium.records", "60");
        expected.put("alluvium.rows", "61");
        expected.put("alluvium.undelivered", "7");
        expected.put("alluvium.source.checksum", "fedcba9876543210");
        expected.put("alluvium.timestamp.min", "1795251784000");
        expected.put("alluvium.timestamp.max", "1795251785000");
        expected.put("alluvium.schema.fingerprint", "00112233445566778899aabbccddeeff");
        expected.put("alluvium.layout.version", "1");
        expected.put("alluvium.descriptor.set", "CgA=");
        expected.put("alluvium.writer.version", "0.1.0");
        expected.put("lake.table", "orders");
        expected.put("z.last", "2");

        assertThat(FACTS.toFooter()).containsExactlyEntriesOf(expected);
    }

    @Test
    void areReadBackEqual() {
        assertThat(FileFacts.fromFooter(FACTS.toFooter())).isEqualTo(FACTS);
    }

    @Test
    void missAnyKeyLoudly() {
        for (String key : FACTS.toFooter().keySet()) {
            if (key.startsWith("alluvium.")) {
                Map<String, String> footer = FACTS.toFooter();
                footer.remove(key);
                assertThatThrownBy(() -> FileFacts.fromFooter(footer))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining(key);
            }
        }
    }

    @Test
    void refuseAFormatTheyDoNotKnow() {
        Map<String, String> footer = FACTS.toFooter();
        footer.put("alluvium.format.version", "2");
        assertThatThrownBy(() -> FileFacts.fromFooter(footer)).hasMessageContaining("footer format 2 is not known");
    }

    @Test
    void refuseFactsOfADataSetUnderTheirOwnPrefix() {
        Map<String, String> footer = FACTS.toFooter();
        footer.put("alluvium.rows.dropped", "1");
        assertThat(FileFacts.fromFooter(footer).extra()).doesNotContainKey("alluvium.rows.dropped");
        assertThatThrownBy(() -> new FileFacts(
                        "", "", "", 0, "", "", 0, 0, 0, 0, 0, 0, 0, 0, 0, "", 0, "", "", Map.of("alluvium.rows", "1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("alluvium.rows");
    }
}
