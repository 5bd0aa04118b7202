package dev.alluvium.decode;

import static dev.alluvium.decode.LedgerEvents.event;
import static dev.alluvium.decode.LedgerEvents.time;
import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.batch.KeyTemplate;
import dev.alluvium.decode.PartitionField.Range;
import dev.alluvium.decode.PartitionField.Slice;
import dev.alluvium.record.SourceRecord;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The keys that the data sets specify, of templates that can be written for them. */
class GoldenKeysTest {
    private static String key(String template, PartitionField field, byte[]... values) {
        Partitioning partitioning = new Partitioning(List.of(field), "ledger_sequence");
        ProtobufSettings settings = new ProtobufSettings(LedgerEvents.TYPE, partitioning, false);
        ProtobufDecoder decoder = new ProtobufDecoder(settings, 0);
        long least = -1;
        long greatest = 0;
        Map<String, String> keyValues = new HashMap<>();
        for (byte[] value : values) {
            assertThat(decoder.read(new SourceRecord(0, 0, null, value))).isNull();
            keyValues.putAll(decoder.group().attributes());
            least = Long.compareUnsigned(decoder.rangeValue(), least) < 0 ? decoder.rangeValue() : least;
            greatest = Long.compareUnsigned(decoder.rangeValue(), greatest) > 0 ? decoder.rangeValue() : greatest;
        }
        keyValues.putAll(Objects.requireNonNull(settings.keyRange()).values(least, greatest));
        keyValues.put("firstOffset", "1754399884");
        Set<String> known = new HashSet<>(KeyTemplate.OF_EVERY_CUT);
        known.addAll(partitioning.placeholders());
        return new KeyTemplate(template, known).expand(keyValues);
    }

    @Test
    void ofALedgerDay() {
        assertThat(key(
                        "contract_data/year={year}/month={month}/day={day}/stellar-data-{min}-{max}-{firstOffset}.parquet",
                        new Slice(TimePeriod.DAY, "closed_at", null),
                        event("closed_at", time("2025-07-13T09:36:17Z"), "ledger_sequence", 426_000),
                        event("closed_at", time("2025-07-13T09:46:17Z"), "ledger_sequence", 426_100)))
                .isEqualTo("contract_data/year=2025/month=07/day=13/stellar-data-426000-426100-1754399884.parquet");
    }

    @Test
    void ofALedgerRange() {
        assertThat(key(
                        "ledgers/{range}/stellar-data-{min}-{max}-{firstOffset}.parquet",
                        new Range("ledger_sequence", 10_000, "range"),
                        event("ledger_sequence", 426_007)))
                .isEqualTo("ledgers/420000-429999/stellar-data-426007-426007-1754399884.parquet");
    }

    @Test
    void ofAnHour() {
        assertThat(key(
                        "year={year}/month={month}/day={day}/hour={hour}/{firstOffset}.parquet",
                        new Slice(TimePeriod.HOUR, "closed_at", null),
                        event("closed_at", time("2025-07-13T14:05:00Z"))))
                .isEqualTo("year=2025/month=07/day=13/hour=14/1754399884.parquet");
    }

    @Test
    void ofADailyExport() {
        assertThat(key(
                        "knowledge/optimize/parquet/query_perf/year={year}/month={month}/query_perf_{year}{month}{day}.parquet",
                        new Slice(TimePeriod.DAY, "closed_at", null),
                        event("closed_at", time("2025-10-28T00:15:23Z"))))
                .isEqualTo("knowledge/optimize/parquet/query_perf/year=2025/month=10/query_perf_20251028.parquet");
    }

    @Test
    void ofAPrefixWithSlashesThatMeanNothing() {
        assertThat(key(
                        "//a//b/{firstOffset}.parquet",
                        new Range("ledger_sequence", 10_000, "range"),
                        event("ledger_sequence", 426_007)))
                .isEqualTo("a/b/1754399884.parquet");
    }
}
