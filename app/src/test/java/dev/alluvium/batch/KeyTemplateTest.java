package dev.alluvium.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alluvium.storage.ObjectKey;
import dev.alluvium.storage.StorageException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeyTemplateTest {
    @Test
    void putsValuesInPlaceOfNames() {
        KeyTemplate template = new KeyTemplate(
                "topics/{topic}/partition={partition}/{topic}+{partition}+{firstOffset}.parquet",
                KeyTemplate.OF_EVERY_CUT);

        assertThat(template.expand(Map.of("topic", "shop", "partition", "3", "firstOffset", "17")))
                .isEqualTo("topics/shop/partition=3/shop+3+17.parquet");
    }

    @Test
    void takesADateApart() {
        KeyTemplate template =
                new KeyTemplate("year={year}/month={month}/day={day}/{table}.parquet", KeyTemplate.ofOneDay("table"));
        Map<String, String> values = new HashMap<>(Map.of("table", "todos", "date", "2026-02-06"));
        values.putAll(KeyTemplate.partsOfDate(values));

        assertThat(template.expand(values)).isEqualTo("year=2026/month=02/day=06/todos.parquet");
    }

    @Test
    void takesADateApartWhoseYearIsUnusual() {
        assertThat(KeyTemplate.partsOfDate(Map.of("date", "+12026-02-06")))
                .isEqualTo(Map.of("year", "+12026", "month", "02", "day", "06"));
        assertThat(KeyTemplate.partsOfDate(Map.of("date", "-0001-12-31")))
                .isEqualTo(Map.of("year", "-0001", "month", "12", "day", "31"));
    }

    @Test
    void hasNoPartsWithoutADate() {
        assertThat(KeyTemplate.partsOfDate(Map.of("session", "s"))).isEmpty();
        assertThatThrownBy(() -> new KeyTemplate("{year}.parquet", KeyTemplate.OF_EVERY_CUT))
                .hasMessageContaining("no placeholder {year}");
    }

    // ---- keys that every store takes -------------------------------------------------------------------------------

    private static final String PREFIX = "p".repeat(512) + "/";

    private static String key(String template, String value) {
        return new KeyTemplate(template, Set.of("v")).expand(Map.of("v", value));
    }

    /** The key itself, which a store takes under the longest prefix, in its qualified form too. */
    private static String taken(String key) throws StorageException {
        String longest = KeyTemplate.qualify(key, Integer.MAX_VALUE, Long.MAX_VALUE);
        ObjectKey.requireSafe(PREFIX + longest);
        assertThat(longest.split("/"))
                .allSatisfy(name ->
                        assertThat(name.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(255));
        return key;
    }

    @Test
    void endsANameThatIsTooLongInAHash() throws Exception {
        String longest = "x".repeat(216) + ".parquet";
        assertThat(taken(key("{v}.parquet", "x".repeat(216)))).isEqualTo(longest);
        assertThat(taken(key("{v}.parquet", "x".repeat(217)))).matches("x{183}~[0-9a-f]{32}\\.parquet");
        assertThat(taken(key("{v}/a.parquet", "x".repeat(255)))).isEqualTo("x".repeat(255) + "/a.parquet");
        assertThat(taken(key("{v}/a.parquet", "x".repeat(256)))).matches("x{222}~[0-9a-f]{32}/a\\.parquet");
        assertThat(taken(key("{v}", "x.".repeat(300)))).matches("(x\\.){95}~[0-9a-f]{32}\\.");
        Set<String> keys = new HashSet<>();
        for (int length = 200; length < 400; length++) {
            keys.add(taken(key("{v}/{v}.json", "x".repeat(length))));
        }
        assertThat(keys).hasSize(200);
    }

    @Test
    void cutsNoCharacterInTwo() throws Exception {
        for (int length = 0; length < 4; length++) {
            String begin = "x".repeat(length);
            assertThat(taken(key(begin + "{v}.parquet", "\uD83D\uDE00".repeat(60))))
                    .matches(begin + "(\uD83D\uDE00){45}~[0-9a-f]{32}\\.parquet");
            assertThat(taken(key(begin + "{v}.parquet", "%C3".repeat(80))))
                    .matches(begin + "(%C3){" + (183 - length) / 3 + "}~[0-9a-f]{32}\\.parquet");
        }
    }

    @Test
    void leavesOutFoldersThatAKeyHasNoRoomFor() throws Exception {
        String name = "v=" + "x".repeat(96);
        String folder = "v={v}/";

        assertThat(taken(key(folder.repeat(4) + "1234567890.parquet", "x".repeat(96))))
                .isEqualTo((name + "/").repeat(4) + "1234567890.parquet");
        String fewer = taken(key(folder.repeat(5) + "17.parquet", "x".repeat(96)));
        assertThat(fewer).matches("(" + name + "/){4}~[0-9a-f]{32}\\.parquet");
        assertThat(taken(key(folder.repeat(5) + "18.parquet", "x".repeat(96)))).isNotEqualTo(fewer);
    }

    @Test
    void beginsWithNoNameThatIsAStoresOwn() throws Exception {
        assertThat(taken(key("{v}/1.parquet", ".alluvium-tmp"))).isEqualTo("%2Ealluvium-tmp/1.parquet");
        assertThat(taken(key("a/{v}/1.parquet", ".alluvium-tmp"))).isEqualTo("a/.alluvium-tmp/1.parquet");
    }
}
