package dev.alluvium.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
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
}
